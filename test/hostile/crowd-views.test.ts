import { EventEmitter } from 'node:events'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { IdentityKey, MessageId } from '../../src/base/ids.js'
import { systemClock } from '../../src/bot/clock.js'
import { logTo } from '../../src/bot/log.js'
import { type BotRoom, RoomDesk } from '../../src/bot/room-desk.js'
import type { Update } from '../../src/bot/updates.js'
import { SETTLE_MILLIS } from '../../src/room/arrival.js'
import type { Room } from '../../src/room/room.js'
import type { ChatIo } from '../../src/ui/chat-io.js'
import { noHabits } from '../../src/ui/habits.js'
import { namesOf } from '../../src/ui/names.js'
import { pipeChat } from '../../src/ui/pipe-chat.js'
import { whoRows } from '../../src/ui/slash/who.js'
import { viewOf } from '../../src/ui/view-of.js'
import { fakeIo } from '../ui/fake-room.js'

// A crowd as people and bots see it.
// The attacker spends: as many identities as a roster holds, which come, and go, at once.
// The room suffers: a line a second that counts them. What a line costs does not grow with the room.

const CROWD = 16_384

interface Somebody {
  readonly identity: IdentityKey
  readonly nick: string
  readonly bot: boolean
}

/** A room of many, which counts how often it was asked for all of them. */
class Crowded extends EventEmitter {
  readonly name = 'lobby'
  readonly nick = 'ada'
  readonly identity = 'a'.repeat(64) as IdentityKey
  readonly ready = Promise.resolve(true)
  readonly #members = new Map<IdentityKey, Somebody>()
  asked = 0

  members(): Somebody[] {
    this.asked += 1
    return [...this.#members.values()]
  }

  member(identity: IdentityKey): Somebody | undefined {
    return this.#members.get(identity)
  }

  say = () => '0'.repeat(64) as MessageId
  reply = this.say
  edit = this.say
  delete = this.say
  react = this.say
  unreact = this.say

  offerCommands(): void {}

  comes(n: number): void {
    const who = { identity: identityAt(n), nick: `member ${n}`, bot: n % 2 === 1 }
    this.#members.set(who.identity, who)
    this.emit('update', { type: 'join', identity: who.identity, nick: who.nick })
  }

  goes(n: number): void {
    const who = this.#members.get(identityAt(n))
    this.#members.delete(identityAt(n))
    this.emit('update', { type: 'leave', identity: who?.identity, nick: who?.nick })
  }
}

function identityAt(n: number): IdentityKey {
  return `${n.toString(16).padStart(8, '0')}${'b'.repeat(56)}` as IdentityKey
}

function forAll(what: (n: number) => void): void {
  for (let n = 0; n < CROWD; n++) what(n)
}

/** Somebody looks at the room through a pipe, and knows who was there before. */
async function watch(room: Crowded, io: ChatIo): Promise<{ done: Promise<void> }> {
  const done = pipeChat(room as unknown as Room, io, false)
  await vi.advanceTimersByTimeAsync(SETTLE_MILLIS)
  return { done }
}

/** How often strings were normalised meanwhile: what comparing nicks costs. */
function normalisations(work: () => void): number {
  const spy = vi.spyOn(String.prototype, 'normalize')
  work()
  const calls = spy.mock.calls.length
  spy.mockRestore()
  return calls
}

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

test('16,384 who come and go at once are counted, not listed, and cost no more each than three do', async () => {
  const room = new Crowded()
  const { interrupt, io, written } = fakeIo()
  const { done } = await watch(room, io)
  const { asked } = room
  const work = normalisations(() => {
    forAll(n => room.comes(n))
    vi.advanceTimersByTime(1_000)
    forAll(n => room.goes(n))
    vi.advanceTimersByTime(2_000)
  })
  interrupt()
  await done
  const lines = written().trim().split('\n')
  expect(lines.length).toBeLessThan(20)
  expect(lines.join('\n')).toMatch(/\* member 0 joined\n.*\* member 1 joined/)
  const counts = (word: string) =>
    [...written().matchAll(new RegExp(`(\\d+) others ${word}`, 'g'))].map(([, n]) => Number(n))
  const single = (word: string) => lines.filter(line => line.endsWith(word)).length
  for (const word of ['joined', 'left']) {
    const counted = counts(word).reduce((sum, n) => sum + n, 0)
    expect(counted + single(word) - counts(word).length).toBe(CROWD)
  }
  expect(room.asked - asked).toBeLessThanOrEqual(1)
  expect(work).toBeLessThan(10 * CROWD)
})

test('a few who come and go are told one by one, at once', async () => {
  const room = new Crowded()
  const { interrupt, io, written } = fakeIo()
  const { done } = await watch(room, io)
  for (let n = 0; n < 3; n++) room.comes(n)
  for (let second = 3; second < 60; second++) {
    vi.advanceTimersByTime(1_000)
    room.comes(second)
  }
  interrupt()
  await done
  expect(written().match(/member \d+ joined/g)).toHaveLength(60)
  expect(written()).not.toContain('others')
})

test('who speaks meanwhile is heard at once', async () => {
  const room = new Crowded()
  const { interrupt, io, written } = fakeIo()
  const { done } = await watch(room, io)
  forAll(n => room.comes(n))
  const message = { from: identityAt(7), nick: 'member 7', text: 'hi', time: 0, history: false }
  room.emit('update', { type: 'message', message: { ...message, id: '1'.repeat(64) } })
  vi.advanceTimersByTime(1_000)
  interrupt()
  await done
  const lines = written().trim().split('\n')
  expect(lines.at(-2)).toMatch(/member 7: hi$/)
  expect(lines.at(-1)).toMatch(/\* \d+ others joined$/)
})

test('a crowd that comes and goes for an hour is a line a minute in the end', async () => {
  const room = new Crowded()
  const { interrupt, io, written } = fakeIo()
  const { done } = await watch(room, io)
  for (let second = 0; second < 3_600; second++) {
    for (let n = 0; n < 10; n++) room.comes(10 * second + n)
    vi.advanceTimersByTime(1_000)
  }
  interrupt()
  await done
  expect(written().trim().split('\n').length).toBeLessThan(80)
})

test('/who in a crowd names some, and costs what that does', () => {
  const crowd = new Crowded()
  const room = Object.assign(crowd, { peers: () => [] }) as unknown as Room
  namesOf(room)
  forAll(n => crowd.comes(n))
  const habits = noHabits()
  const talk = { room, habits, view: viewOf(room, habits), waiting: () => 0 }
  let rows: string[] = []
  const work = normalisations(() => {
    rows = whoRows({ ...talk, say: () => {}, put: () => {}, quit: () => {} })
  })
  expect(rows[0]).toBe('16,384 in the room:')
  expect(rows.length).toBeLessThan(100)
  expect(work).toBeLessThan(CROWD)
})

test('a bot that hears 16,384 come and go looks up each, and not all for each', () => {
  const room = new Crowded()
  const heard: Update[] = []
  const desk = new RoomDesk({
    room: room as unknown as BotRoom,
    clock: systemClock,
    log: logTo(() => {}),
    onupdate: update => void (update && heard.push(update))
  })
  forAll(n => room.comes(n))
  forAll(n => room.goes(n))
  desk.outbox.stop()
  const bots = heard.filter(update => 'author' in update && update.author.isBot)
  expect(heard).toHaveLength(2 * CROWD)
  expect(bots).toHaveLength(CROWD)
  expect(room.asked).toBeLessThanOrEqual(1)
})
