import { expect, test } from 'vitest'
import type { IdentityKey, MessageId } from '../../../src/base/ids.js'
import type { RoomUpdate } from '../../../src/room/events.js'
import { mentions } from '../../../src/room/view/mention.js'
import { RoomView, type RoomViewOptions, type ViewLine } from '../../../src/room/view/room-view.js'

const NOW = new Date(2026, 10, 27, 12).getTime()
const [MINUTE, DAY] = [60_000, 86_400_000]
const keyOf = (digit: string) => digit.repeat(64) as IdentityKey
const [ME, ANA, BEN] = [keyOf('a'), keyOf('b'), keyOf('c')]

let ids = 0
const said = (from: IdentityKey, text: string, time = NOW, history = false): RoomUpdate => {
  ids += 1
  const id = ids.toString(16).padStart(64, '0') as MessageId
  return { type: 'message', message: { id, from, nick: 'x', text, time, history } }
}
const idOf = (update: RoomUpdate) =>
  update.type === 'message' ? update.message.id : ('' as MessageId)

const viewOf = (options: Partial<RoomViewOptions> = {}) =>
  new RoomView({ room: { identity: ME, nick: 'ada' }, now: NOW, ...options })

/** What is shown, one word or text each. */
function shown(view: RoomView, ...updates: RoomUpdate[]): string[] {
  return updates
    .flatMap(update => view.take(update, NOW))
    .map(item => (item.type === 'line' ? item.line.text : item.type))
}

/** The lines alone. */
function linesOf(view: RoomView, ...updates: RoomUpdate[]): ViewLine[] {
  const items = updates.flatMap(update => view.take(update, NOW))
  return items.flatMap(item => (item.type === 'line' ? item.line : []))
}

test('a nick is named by a word of its own, in any case; one of a letter after @ only', () => {
  for (const text of ['ada', 'hi Ada!', '@ADA: x', 'ask ada, she knows', 'x (ada)'])
    expect(mentions(text, 'ada')).toBe(true)
  for (const text of ['adamant', 'Canada', 'ada_2', 'adaé', ''])
    expect(mentions(text, 'ada')).toBe(false)
  expect(mentions('a dog', 'a')).toBe(false)
  expect(mentions('@a dog', 'a')).toBe(true)
  expect(mentions('c++ (x) rocks', 'c++ (x)')).toBe(true)
  expect(mentions('cx', 'c.')).toBe(false)
})

test('a mention counts if it is said now, by somebody else', () => {
  const view = viewOf()
  const lines = [said(ANA, 'ada?'), said(ME, 'ada!'), said(ANA, 'ada', NOW, true), said(BEN, 'no')]
  expect(linesOf(view, ...lines).map(({ mention }) => mention)).toEqual([true, false, true, false])
  expect(view.unread).toEqual({ lines: 2, mentions: 1 })
  view.markRead()
  expect(view.unread).toEqual({ lines: 0, mentions: 0 })
})

test('what is said to us alone counts as naming us, if it is said now by somebody else', () => {
  const view = viewOf({ isIgnored: identity => identity === BEN })
  const direct = (from: IdentityKey, to: IdentityKey, history = false): RoomUpdate => {
    const line = said(from, 'psst', NOW, history)
    if (line.type !== 'message') throw new Error('no message')
    return { type: 'direct', message: { ...line.message, to, isRequest: false } }
  }
  const all = [direct(ANA, ME), direct(ME, ANA), direct(ANA, ME, true), direct(BEN, ME)]
  const items = all.flatMap(update => view.take(update, NOW))
  expect(items.map(item => item.type === 'event' && item.isForUs)).toEqual([true, false, false])
  expect(view.unread).toEqual({ lines: 1, mentions: 1 })
})

test('/me is what somebody does; its beginning is not shown', () => {
  const view = viewOf()
  const lines = linesOf(view, said(ANA, '/me waves'), said(ANA, '/me'), said(ANA, '/meow'))
  expect(lines.map(({ text }) => text)).toEqual(['waves', '/me', '/meow'])
  expect(lines.map(({ action }) => action)).toEqual([true, false, false])
})

test('days are marked where they change, and what was said after we left once', () => {
  const view = viewOf({ seen: NOW - 2 * MINUTE })
  const lines = [
    said(ANA, 'old', NOW - DAY, true),
    said(ANA, 'seen', NOW - 3 * MINUTE, true),
    said(ME, 'own', NOW - MINUTE, true),
    said(ANA, 'missed', NOW - MINUTE, true),
    said(BEN, 'too', NOW - MINUTE, true),
    said(BEN, 'now')
  ]
  expect(shown(view, ...lines)).toEqual([
    'day',
    'old',
    'day',
    'seen',
    'own',
    'unseen',
    'missed',
    'too',
    'now'
  ])
})

test('without a mark of where we left, nothing is called new', () => {
  expect(shown(viewOf(), said(ANA, 'long ago', NOW - MINUTE, true))).toEqual(['long ago'])
})

test('who is ignored is marked, remembered nowhere and counted nowhere', () => {
  const view = viewOf({ isIgnored: identity => identity === BEN })
  const [item] = view.take(said(BEN, 'ada, buy this'), NOW)
  expect(item).toMatchObject({ type: 'line', line: { ignored: true } })
  expect(view.lines.size).toBe(0)
  expect(view.unread).toEqual({ lines: 0, mentions: 0 })
  expect(view.take({ type: 'join', identity: BEN, nick: 'ben' }, NOW)).toEqual([])
})

test('who comes and goes is quiet until they have spoken', () => {
  const view = viewOf()
  const join: RoomUpdate = { type: 'join', identity: ANA, nick: 'ana' }
  const quiet = () => view.take(join, NOW).map(item => item.type === 'event' && item.quiet)
  expect(quiet()).toEqual([true])
  view.take(said(ANA, 'hello'), NOW)
  expect(quiet()).toEqual([false])
})

test('people: since when, and who spoke last first', () => {
  const view = viewOf()
  view.take({ type: 'join', identity: ANA, nick: 'ana' }, NOW)
  view.take({ type: 'join', identity: BEN, nick: 'ben' }, NOW + MINUTE)
  view.take(said(BEN, 'hi'), NOW)
  view.take({ type: 'rename', identity: ANA, nick: 'anna', previous: 'ana' }, NOW + 2 * MINUTE)
  expect(view.people.byLastWord().map(({ nick }) => nick)).toEqual(['ben', 'ada', 'anna'])
  expect(view.people.sinceOf(ANA)).toBe(NOW)
  view.take({ type: 'leave', identity: ANA, nick: 'anna' }, NOW)
  expect(view.people.count).toBe(2)
})

test('our lines wait until somebody has them, under whatever id', () => {
  const view = viewOf()
  const [first, second] = [said(ME, 'one'), said(ME, 'two')]
  for (const update of [first, second]) {
    shown(view, update)
    view.deliveries.said(idOf(update), NOW)
  }
  expect([view.deliveries.waiting(NOW, 0), view.deliveries.last]).toEqual([2, undefined])
  const message = { ...(second.type === 'message' && second.message), id: 'f' as MessageId }
  view.take({ type: 'redated', previous: idOf(second), message } as RoomUpdate, NOW)
  view.take({ type: 'receipt', id: 'f' as MessageId, have: 1, members: 3 }, NOW)
  const { deliveries } = view
  expect([deliveries.waiting(NOW, 0), deliveries.last]).toEqual([0, { have: 1, members: 3 }])
})

test('whoever has a line has those before it, which may have no receipts of their own', () => {
  const { deliveries } = viewOf()
  const ids = ['a', 'b', 'c'] as MessageId[]
  for (const id of ids) deliveries.said(id, NOW)
  deliveries.received('b' as MessageId, { have: 0, members: 2 })
  expect(deliveries.waiting(NOW, 0)).toBe(3)
  deliveries.received('b' as MessageId, { have: 1, members: 2 })
  expect(deliveries.waiting(NOW, 0)).toBe(1)
  expect([deliveries.waiting(NOW, 1), deliveries.waiting(NOW + 1, 1)]).toEqual([0, 1])
})

test('what we say on another device does not wait here', () => {
  const view = viewOf()
  shown(view, said(ME, 'elsewhere'))
  expect(view.deliveries.waiting(NOW + MINUTE, 0)).toBe(0)
})

test('if the clock is set back, what came before that is not new for the time in between', () => {
  const view = viewOf()
  view.deliveries.said(idOf(said(ME, 'one')), NOW)
  shown(view, said(ANA, 'old', NOW - MINUTE, true))
  expect(view.catchingUp(NOW)).toBeDefined()
  expect(view.catchingUp(NOW - 60 * MINUTE)).toBeUndefined()
  expect(view.deliveries.waiting(NOW - 60 * MINUTE, MINUTE)).toBe(1)
})

test('lines that turn out to be forged are not remembered', () => {
  const view = viewOf()
  const [bad, good] = [said(ANA, 'bad'), said(ANA, 'good')]
  shown(view, bad, good)
  view.take({ type: 'forged', identity: ANA, ids: [idOf(bad)] }, NOW)
  expect([...view.lines].map(({ text }) => text)).toEqual(['good'])
})

test('history that comes in is catching up, for a moment, as far as is told', () => {
  const view = viewOf()
  expect(view.catchingUp(NOW)).toBeUndefined()
  view.take(said(ANA, 'old', NOW - MINUTE, true), NOW)
  expect(view.catchingUp(NOW + 1)).toEqual({ have: 0, total: 0 })
  view.take({ type: 'catching-up', have: 12_400, total: 40_000 }, NOW + 2)
  view.take(said(ANA, 'older', NOW - MINUTE, true), NOW + 3)
  expect(view.catchingUp(NOW + 4)).toMatchObject({ have: 12_400, total: 40_000 })
  expect(view.catchingUp(NOW + MINUTE)).toBeUndefined()
  view.take(said(ANA, 'oldest', NOW - MINUTE, true), NOW + MINUTE)
  expect(view.catchingUp(NOW + MINUTE)).toEqual({ have: 0, total: 0 })
})

test('a flood leaves the newest thousand lines', () => {
  const view = viewOf()
  for (let i = 0; i < 3_000; i += 1) view.take(said(ANA, `${i}`), NOW)
  expect(view.lines.size).toBe(1_000)
  expect(view.lines.back(1, () => true)?.text).toBe('2999')
  expect(view.unread.lines).toBe(3_000)
})

test('what the room is about is what somebody says whom we do not ignore', () => {
  const view = viewOf({ isIgnored: identity => identity === BEN })
  const by = (from: IdentityKey, subject: string) =>
    ({ type: 'subject', id: '', from, nick: 'x', subject, time: NOW, history: false }) as RoomUpdate
  expect(shown(view, by(ANA, 'lunch'), by(BEN, 'spam'))).toEqual(['event'])
  expect(view.subject?.subject).toBe('lunch')
  shown(view, by(ANA, ''))
  expect(view.subject).toBeUndefined()
})

test('who is writing: until they say it, go, or are not heard of any more; none of who is ignored', () => {
  const view = viewOf({ isIgnored: identity => identity === BEN })
  const typing = (identity: IdentityKey, writing = true): RoomUpdate => ({
    type: 'typing',
    identity,
    writing
  })
  const CYD = keyOf('d')
  for (const who of [ANA, BEN, CYD]) view.take(typing(who), NOW)
  expect(view.writers(NOW)).toEqual([ANA, CYD])
  view.take(said(ANA, 'old', NOW, true), NOW)
  expect(view.writers(NOW)).toEqual([ANA, CYD])
  view.take(said(ANA, 'hi'), NOW)
  expect(view.writers(NOW)).toEqual([CYD])
  view.take(typing(CYD, false), NOW)
  expect(view.writers(NOW)).toEqual([])
  view.take(typing(ANA), NOW)
  expect([view.writers(NOW + 5_999), view.writers(NOW + 6_000)]).toEqual([[ANA], []])
  view.take({ type: 'leave', identity: ANA, nick: 'ana' }, NOW)
  expect(view.writers(NOW)).toEqual([])
})

test('a line that a clock set back dated anew is the same line, also to who answers it', () => {
  const view = viewOf()
  const [before, after] = [said(ME, 'mine'), said(ME, 'mine', NOW - MINUTE)]
  shown(view, before)
  if (after.type !== 'message') throw new Error('no message')
  view.take({ type: 'redated', previous: idOf(before), message: after.message }, NOW)
  expect([...view.lines].map(({ id }) => id)).toEqual([idOf(after)])
  const answer = said(ANA, 'yes')
  if (answer.type !== 'message') throw new Error('no message')
  const message = { ...answer.message, replyTo: idOf(after) }
  const [line] = linesOf(view, { type: 'message', message })
  expect(line).toMatchObject({ mention: true, answers: { text: 'mine' } })
})

test('what a change is about is the line as it was; those of who is ignored are followed unseen', () => {
  const ignored = new Set<IdentityKey>()
  const view = viewOf({ isIgnored: identity => ignored.has(identity) })
  const line = said(ANA, 'first')
  shown(view, line)
  const edit = (text: string): RoomUpdate => {
    const change = { id: idOf(line), by: idOf(said(ANA, '')), from: ANA, nick: 'x', time: NOW }
    return { type: 'edit', ...change, text, history: false }
  }
  expect(view.take(edit('second'), NOW)).toMatchObject([{ about: { text: 'first' } }])
  expect(view.take(edit('third'), NOW)).toMatchObject([{ about: { text: 'second' } }])
  ignored.add(ANA)
  expect(view.take(edit('fourth'), NOW)).toEqual([])
  expect(view.lines.get(idOf(line))?.text).toBe('fourth')
})
