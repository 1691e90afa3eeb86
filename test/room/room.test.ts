import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { freshIdentity } from '../../src/home/identity.js'
import type { RoomMachine } from '../../src/protocol/machine/room-machine.js'
import { takeCensus } from '../../src/room/census/census.js'
import { systemClock } from '../../src/room/clock.js'
import type { FaultEvent, RoomUpdate } from '../../src/room/events.js'
import { openParts } from '../../src/room/open.js'
import { Room } from '../../src/room/room.js'
import { deliver } from '../../src/room/sending/deliver.js'
import { useRooms } from '../support/rooms.js'

const { enter, testnet } = useRooms()

test('two who enter the same room chat', async () => {
  const [ada, bob] = [await enter('ada'), await enter('bob')]
  await Promise.all([ada.meets('bob'), bob.meets('ada')])
  ada.room.say('hi')
  await bob.hears('hi')
  bob.room.say('hello')
  await ada.hears('hello')
  expect([ada.texts, bob.texts]).toEqual([
    ['hi', 'hello'],
    ['hi', 'hello']
  ])
  expect(new Set(ada.room.members().map(({ nick }) => nick))).toEqual(new Set(['ada', 'bob']))
})

test('who leaves is missed', async () => {
  const [ada, bob] = [await enter('ada'), await enter('bob')]
  await Promise.all([ada.meets('bob'), bob.meets('ada')])
  await bob.room.leave()
  await ada.misses('bob')
  expect(() => bob.room.say('too late')).toThrow(expect.objectContaining({ code: 'ROOM_LEFT' }))
})

test('what was said before somebody came is heard by them', async () => {
  const ada = await enter('ada')
  ada.room.say('first')
  const bob = await enter('bob')
  await bob.hears('first')
})

test('a delivery counts who has it', async () => {
  const ada = await enter('ada')
  const bob = await enter('bob')
  expect(await deliver(bob.room, 'one', { wanted: 1, timeout: 10_000 })).toBe(1)
  expect(ada.texts).toEqual(['one'])
})

test('a delivery to nobody fails with exit code 1', async () => {
  const ada = await enter('ada')
  await ada.room.ready
  const delivery = deliver(ada.room, 'one', { wanted: 1, timeout: 50 })
  await expect(delivery).rejects.toMatchObject({ code: 'NOBODY_GOT_IT', exitCode: 1 })
})

test('an interrupted delivery ends with what there is', async () => {
  const ada = await enter('ada')
  const stop = new AbortController()
  const options = { wanted: 1, timeout: 60_000, interrupted: stop.signal }
  const delivery = deliver(ada.room, 'one', options)
  stop.abort()
  expect(await delivery).toBe(0)
})

test('a delivery that was interrupted before it began ends at once, and says nothing', async () => {
  const ada = await enter('ada')
  const interrupted = AbortSignal.abort()
  expect(await deliver(ada.room, 'one', { wanted: 1, timeout: 60_000, interrupted })).toBe(0)
  expect(ada.texts).toEqual([])
})

test('a census finds members and is not seen', async () => {
  const [ada, bob] = [await enter('ada'), await enter('bob')]
  await Promise.all([ada.meets('bob'), bob.meets('ada')])
  const observer = await enter('observer', { observer: true })
  const census = await takeCensus(observer.room, { timeout: 10_000 })
  expect(census).toMatchObject({ members: 2, announced: 2, estimate: 2 })
  const found = census.peers
  expect(found.map(({ nick, state }) => `${nick} ${state}`).sort()).toEqual([
    'ada verified',
    'bob verified'
  ])
  expect(found.map(({ device }) => device).sort()).toEqual(
    [ada.room.device, bob.room.device].sort()
  )
  expect(ada.room.members()).toHaveLength(2)
})

test('one identity on two devices is one member', async () => {
  const home = mkdtempSync(join(tmpdir(), 'swarmchat-'))
  const kept = { home, identity: undefined }
  const [left, right] = [await enter('me', kept), await enter('me', kept)]
  const ada = await enter('ada')
  await Promise.all([ada.meets('me'), left.meets('ada'), right.meets('ada')])
  expect(left.room.identity).toBe(right.room.identity)
  expect(left.room.device).not.toBe(right.room.device)
  left.room.say('from the left')
  await right.hears('from the left')
  expect(ada.room.members()).toHaveLength(2)
})

test('after leaving there is nothing to say, and no name to change', async () => {
  const ada = await enter('ada')
  await ada.room.leave()
  const left = expect.objectContaining({ code: 'ROOM_LEFT' })
  expect(() => ada.room.say('too late')).toThrow(left)
  expect(() => ada.room.rename('eve')).toThrow(left)
  expect(ada.room.nick).toBe('ada')
})

test('a mistake in the machine is told once, and the room goes on', async () => {
  const bootstrap = testnet().bootstrap
  const networks = { mode: 'isolated', bootstrap } as const
  const parts = await openParts({ name: 'lobby', nick: 'ada', identity: freshIdentity(), networks })
  const broken = { ...parts, machine: brokenFor(parts.machine, 'boom') }
  const room = new Room(broken)
  const faults: FaultEvent[] = []
  room.on('fault', fault => faults.push(fault))
  for (let i = 0; i < 3; i++) {
    expect(() => room.say('boom')).toThrow(expect.objectContaining({ code: 'ROOM_FAULT' }))
  }
  expect(faults).toHaveLength(1)
  expect(room.say('well')).toMatch(/^[0-9a-f]{64}$/)
  await room.leave()
})

test('a line that is said just after the clock was set back has its own id', async () => {
  const networks = { mode: 'isolated', bootstrap: testnet().bootstrap } as const
  const parts = await openParts({ name: 'lobby', nick: 'ada', identity: freshIdentity(), networks })
  const wrong = 2 * 3_600_000
  let wall = Date.now() + wrong
  const room = new Room({ ...parts, clock: { now: systemClock.now, wall: () => wall } })
  const told: RoomUpdate[] = []
  room.on('update', update => told.push(update))
  const early = room.say('early')
  wall -= wrong
  const id = room.say('now')
  const messages = told.flatMap(update => (update.type === 'message' ? [update.message] : []))
  expect(messages.map(({ text }) => text)).toEqual(['early', 'now'])
  expect(messages.at(-1)?.id).toBe(id)
  expect(told).toContainEqual(expect.objectContaining({ type: 'redated', previous: early }))
  expect(told).toContainEqual(expect.objectContaining({ type: 'clock-back', redated: 1 }))
  await room.leave()
})

/** The machine, but it throws for this text. */
function brokenFor(machine: RoomMachine, text: string): RoomMachine {
  const handle: RoomMachine['handle'] = (input, now, wall) => {
    if (input.type === 'say' && input.text === text) throw new RangeError('too many children')
    return machine.handle(input, now, wall)
  }
  return new Proxy(machine, {
    get: (target, name) => {
      if (name === 'handle') return handle
      const value = Reflect.get(target, name, target)
      return typeof value === 'function' ? value.bind(target) : value
    }
  })
}

test('a bad name or nick is refused before anything is opened', async () => {
  await expect(Room.open({ name: '' })).rejects.toMatchObject({ code: 'BAD_ROOM_NAME' })
  await expect(Room.open({ name: 'lobby', nick: '\n' })).rejects.toMatchObject({ code: 'BAD_NICK' })
})
