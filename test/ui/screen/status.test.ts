import { expect, test } from 'vitest'
import type { IdentityKey } from '../../../src/base/ids.js'
import type { PeerReport } from '../../../src/room/reach/report.js'
import { countReached, NOBODY } from '../../../src/ui/reached.js'
import { type StatusFacts, statusText } from '../../../src/ui/screen/status.js'
import { widthOf } from '../../../src/ui/width.js'

const online = (name: string) => ({ name, state: 'online' })
const keyOf = (digit: string) => digit.repeat(64) as IdentityKey
/** How devices are reached, each of whom this digit means; members are a, b and c. */
const reached = (...devices: [reach: string, of?: string][]) => {
  const reports = devices.map(([reach, of]) => ({ reach, identity: of && keyOf(of) }))
  const members = ['a', 'b', 'c'].map(keyOf)
  return countReached(reports as PeerReport[], identity => members.includes(identity))
}
const FACTS: StatusFacts = {
  room: 'lobby',
  hint: '',
  here: 3,
  isReady: true,
  catchingUp: undefined,
  waiting: 0,
  delivery: undefined,
  others: [],
  reached: NOBODY,
  networks: []
}
const status = (facts: Partial<StatusFacts>, columns = 200) =>
  statusText({ ...FACTS, ...facts }, columns)

test('a room in one row', () => {
  expect(status({})).toBe('lobby | 3 here')
  expect(status({ access: 'private' })).toBe('lobby (private) | 3 here')
  expect(status({ access: 'password' })).toBe('lobby (password) | 3 here')
  expect(status({ isReady: false })).toBe('lobby | looking for others')
  expect(status({ catchingUp: { have: 0, total: 0 } })).toBe('lobby | 3 here, catching up')
  expect(status({ catchingUp: { have: 12_400, total: 40_000 } })).toBe(
    'lobby | 3 here, catching up: 12,400 of 40,000'
  )
  expect(status({ delivery: { have: 12, members: 14 } })).toBe('lobby | 3 here | sent 12/14')
  expect(status({ waiting: 2, delivery: { have: 0, members: 14 } })).toBe(
    'lobby | 3 here | 2 waiting'
  )
  expect(status({ networks: [{ name: 'lan', state: 'offline' }] })).toBe('lobby | offline')
})

test('how others are reached, over which networks, and what is new elsewhere', () => {
  const others = [
    { number: 2, name: 'builds', unread: { lines: 5, mentions: 1 } },
    { number: 3, name: 'quiet', unread: { lines: 0, mentions: 0 } }
  ]
  const ways = reached(['direct', 'a'], ['lan', 'b'], ['relayed', 'c'], ['unreachable'])
  const networks = [online('lan'), online('local'), { name: 'public', state: 'offline' }]
  expect(status({ others, reached: ways, networks })).toBe(
    'lobby | Alt-2 builds: 5 (1 for you) | 3 here | Alt-3 quiet | 2 direct, 1 relayed, 1 unreachable | lan, local'
  )
})

test('rooms with something new come first, what is for you before that; keys go up to 9', () => {
  const other = (number: number, name: string, lines = 0, mentions = 0) => {
    return { number, name, unread: { lines, mentions } }
  }
  const others = [
    other(2, 'calm'),
    other(3, 'busy', 9),
    other(10, 'asks', 1, 1),
    other(4, 'late', 2)
  ]
  expect(status({ others })).toBe(
    'lobby | asks: 1 (1 for you) | 3 here | Alt-3 busy: 9 | Alt-4 late: 2 | Alt-2 calm'
  )
})

test('whoever only looks on, or has left, is no member that is reached or missed', () => {
  expect(reached(['direct', 'e'], ['relayed', 'e'], ['unreachable', 'f'], ['direct'])).toEqual(
    NOBODY
  )
})

test('a member counts once, by the best way to any of its devices', () => {
  const ways = reached(['unreachable', 'a'], ['relayed', 'a'], ['loopback', 'a'], ['members', 'b'])
  expect(ways).toEqual({ ...NOBODY, direct: 1 })
})

test('what there is no place for is left out, the least important first', () => {
  const facts = { networks: [online('lan')], delivery: { have: 1, members: 1 } }
  expect(status(facts, 30)).toBe('lobby | 3 here | sent 1/1')
  expect(status(facts, 20)).toBe('lobby | 3 here')
  expect(status(facts, 4)).toBe('lobb')
  expect(status({ room: '漢字漢字' }, 5)).toBe('漢字')
})

test('nothing of it can act on a terminal', () => {
  const others = [{ number: 2, name: 'b\u001b[2J', unread: { lines: 0, mentions: 0 } }]
  const text = status({ room: 'a\u202e\n\u0007', others })
  expect(text).not.toMatch(/[\p{Cc}\u202e]/u)
  expect(widthOf(text)).toBeLessThan(60)
})

test('what the room is about is left out where there is no place for it', () => {
  expect(status({ subject: 'lunch' })).toBe('lobby | 3 here | "lunch"')
  expect(status({ subject: 'lunch' }, 20)).toBe('lobby | 3 here')
})

test('who is writing is named, and counted where they are many', () => {
  expect(status({ writers: ['ana'] })).toBe('lobby | 3 here | ana is writing')
  expect(status({ writers: ['ana', 'bob'] })).toBe('lobby | 3 here | ana and bob are writing')
  expect(status({ writers: ['a', 'b', 'c'] })).toBe('lobby | 3 here | 3 are writing')
})
