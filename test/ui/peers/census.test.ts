import { expect, test } from 'vitest'
import type { IdentityKey, PeerKey } from '../../../src/base/ids.js'
import type { Counted } from '../../../src/room/census/tally.js'
import { censusJson } from '../../../src/ui/peers/census-json.js'
import { censusLines } from '../../../src/ui/peers/census-lines.js'

const NOW = 1_000_000_000

const device = (digit: string) => digit.repeat(64) as PeerKey
const invented: Counted = {
  device: device('1'),
  state: 'announced',
  announcedAt: NOW,
  unreachable: true
}
const ada: Counted = {
  device: device('2'),
  state: 'verified',
  identity: 'a'.repeat(64) as IdentityKey,
  nick: 'a\u001bda',
  provenAt: NOW,
  unreachable: false
}
const cyd: Counted = {
  device: device('3'),
  state: 'gone',
  nick: 'cyd',
  heardAt: NOW - 14_000,
  unreachable: true
}
const dan: Counted = {
  device: device('4'),
  state: 'present',
  nick: 'dan',
  heardAt: NOW - 180_000,
  unreachable: false
}

const eve: Counted = { ...dan, device: device('5'), nick: 'eve' }

test('an empty room says so', () => {
  expect(censusLines({ peers: [], members: 0, announced: 0 }, NOW)).toEqual([
    'Nobody is in the room.'
  ])
})

test('the surest come first, with nick, short key, state, and when they were last heard of', () => {
  const peers = [invented, ada, cyd, dan]
  expect(censusLines({ peers, members: 2, announced: 173, estimate: 200 }, NOW)).toEqual([
    'ada  aaaaaaaa  verified',
    'dan  44444444  present, last heard 3 min ago',
    'cyd  33333333  gone, last heard 14 s ago, does not answer',
    '?  11111111  announced, does not answer',
    '2 members here; 4 found: 1 verified, 1 present, 1 gone, 1 announced',
    'announced: 173 seen, about 200'
  ])
})

test('no estimate is told if all were seen', () => {
  const lines = censusLines({ peers: [ada], members: 1, announced: 1, estimate: 1 }, NOW)
  expect(lines.at(-1)).toBe('announced: 1 seen')
})

test('programs get exact nicks, null for what is not known, and a summary that adds up', () => {
  const objects = censusJson({ peers: [invented, ada], members: 1, announced: 2 })
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line))
  const never = {
    announcedAt: null,
    reachedAt: null,
    provenAt: null,
    heardAt: null,
    recordedAt: null
  }
  const states = { verified: 1, present: 0, gone: 0, reachable: 0, announced: 1 }
  const nobody = { identity: null, nick: null }
  expect(objects).toEqual([
    { type: 'peer', ...nobody, ...never, ...invented },
    { type: 'peer', ...never, ...ada },
    { type: 'summary', count: 2, members: 1, states, announced: 2, estimate: null }
  ])
})

test('who is linked to whom is drawn as a tree for each member', () => {
  const links = [
    { a: ada.device, b: dan.device, toldBy: 'both' },
    { a: dan.device, b: eve.device, toldBy: 'a' }
  ] as const
  const peers = [ada, cyd, dan, eve]
  expect(censusLines({ peers, members: 3, announced: 4, links }, NOW).slice(4, -2)).toEqual([
    '',
    '2 links among 3 devices:',
    'ada  aaaaaaaa',
    '└─ dan  44444444',
    'dan  44444444',
    '├─ ada  aaaaaaaa',
    '└─ eve  55555555  (one of the two says so)',
    'eve  55555555',
    '└─ dan  44444444  (one of the two says so)',
    ''
  ])
  const objects = censusJson({ peers, members: 3, announced: 4, links })
  expect(objects.split('\n')).toContain(JSON.stringify({ type: 'link', ...links[1] }))
})
