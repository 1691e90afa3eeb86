import { expect, test } from 'vitest'
import type { IdentityKey, MessageId, PeerKey } from '../../src/base/ids.js'
import { Names } from '../../src/base/names.js'
import type { RoomUpdate } from '../../src/room/events.js'
import { eventLine } from '../../src/ui/lines.js'
import { clockTime } from '../../src/ui/notice.js'

const key = (digit: string) => digit.repeat(64) as IdentityKey
const ada = { identity: key('a'), nick: 'ada' }
const bob = { identity: key('b'), nick: 'bob' }
const at = new Date(2026, 0, 2, 9, 5).getTime()
const redatedLine = {
  id: key('1') as string as MessageId,
  from: ada.identity,
  nick: ada.nick,
  text: 'hi',
  time: at,
  history: false
}

test('who comes, goes and changes the nick is shown', () => {
  expect(eventLine({ type: 'join', ...bob }, new Names([ada, bob]), at)).toBe('09:05 * bob joined')
  expect(eventLine({ type: 'leave', ...bob }, new Names([ada]), at)).toBe('09:05 * bob left')
  const rename = { type: 'rename' as const, identity: bob.identity, nick: 'rob', previous: 'bob' }
  expect(eventLine(rename, new Names([ada]), at)).toBe('09:05 * bob is now rob')
  const pinned = new Names([ada])
  pinned.pin(bob.identity, 'robert')
  expect(eventLine(rename, pinned, at)).toBe('09:05 * robert is now called rob by the others')
})

test('a clock that was set back is told, with what became of the lines', () => {
  const back = (redated: number) =>
    eventLine({ type: 'clock-back', by: 7_200_000, redated }, new Names(), at)
  expect(back(0)).toBe('09:05 * your clock was set back by 120 minutes')
  expect(back(1)).toMatch(/: a message that nobody had got is sent again with the new time$/)
  expect(back(3)).toMatch(/: 3 messages that nobody had got are sent again with the new time$/)
  const redated = { type: 'redated', previous: redatedLine.id, message: redatedLine } as const
  expect(eventLine(redated, new Names([ada]), at)).toBeUndefined()
})

test('forged history is told of, with how much of it was shown', () => {
  const line = (...ids: string[]) =>
    eventLine(
      { type: 'forged', identity: ada.identity, ids: ids as MessageId[] },
      new Names([ada]),
      at
    )
  expect(line()).toBe('09:05 * ada has forged history; nothing of ada is taken any more')
  expect(line('a')).toContain('ada has forged history: a line of theirs is none; nothing')
  expect(line('a', 'b')).toContain(': 2 lines of theirs are none; nothing')
})

test('a clock that is off, and a device that changed, are told in one line each', () => {
  const line = (event: Exclude<RoomUpdate, { type: 'message' }>) =>
    eventLine(event, new Names(), at)
  expect(line({ type: 'clock-off', behind: 7_200_000 })).toMatch(/120 minutes behind those of/)
  expect(line({ type: 'clock-off', behind: -7_200_000 })).toMatch(/120 minutes ahead of those of/)
  const device = key('d') as string as PeerKey
  for (const why of ['copied', 'taken'] as const)
    expect(line({ type: 'device-changed', device, why })).toMatch(/^09:05 \* (this|another) /)
})

test('a mistake of ours is one line, without its stack', () => {
  const cause = new RangeError('too deep')
  const fault = { type: 'fault', count: 1, text: 'Something went\u001b[2J wrong.', cause } as const
  const line = eventLine(fault, new Names(), at)
  expect(line).toMatch(/^09:05 \* Something went.* wrong\.$/)
  expect(line).not.toContain('\u001b')
})

test('the clock has two digits each', () => {
  expect(clockTime(new Date(2026, 0, 2, 0, 0).getTime())).toBe('00:00')
})

test('words for one member are marked', () => {
  const names = new Names([ada, bob])
  const line = { id: key('1') as string as MessageId, from: ada.identity, nick: 'ada', text: 'hi' }
  const message = { ...line, time: at, history: false, to: bob.identity, isRequest: false }
  expect(eventLine({ type: 'direct', message }, names, at)).toBe('09:05 [private] ada to bob: hi')
  const request = { ...message, isRequest: true }
  expect(eventLine({ type: 'direct', message: request }, names, at)).toBe(
    '09:05 [private] ada to bob: hi (new to you: /accept or /ignore aaaaaaaa)'
  )
  const held = { type: 'direct-held' as const, ...ada, count: 2, people: 1 }
  expect(eventLine(held, names, at)).toMatch(/^09:05 \* 2 private messages of ada wait: \/accept/)
  expect(eventLine({ ...held, people: 3 }, names, at)).toMatch(/; \/requests lists all 3 whose/)
})
