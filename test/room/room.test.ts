import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { takeCensus } from '../../src/room/census.js'
import { deliver } from '../../src/room/deliver.js'
import { Room } from '../../src/room/room.js'
import { useRooms } from '../support/rooms.js'

const { enter } = useRooms()

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

test('a census finds members and is not seen', async () => {
  const [ada, bob] = [await enter('ada'), await enter('bob')]
  await Promise.all([ada.meets('bob'), bob.meets('ada')])
  const observer = await enter('observer', { observer: true })
  const found = await takeCensus(observer.room, { timeout: 10_000 })
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

test('a bad name or nick is refused before anything is opened', async () => {
  await expect(Room.open({ name: '' })).rejects.toMatchObject({ code: 'BAD_ROOM_NAME' })
  await expect(Room.open({ name: 'lobby', nick: '\n' })).rejects.toMatchObject({ code: 'BAD_NICK' })
})
