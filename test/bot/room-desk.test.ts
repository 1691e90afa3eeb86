import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import type { IdentityKey, MessageId, PeerKey } from '../../src/base/ids.js'
import { systemClock } from '../../src/bot/clock.js'
import { logTo } from '../../src/bot/log.js'
import type { Progress } from '../../src/bot/progress.js'
import { type BotRoom, RoomDesk } from '../../src/bot/room-desk.js'
import type { Update } from '../../src/bot/updates.js'
import type { RoomUpdate } from '../../src/room/events.js'
import { type LogPlace, RoomLog } from '../../src/room/kept/room-log.js'

const me = 'a'.repeat(64) as IdentityKey
const ana = 'b'.repeat(64) as IdentityKey
const id = 'c'.repeat(64) as MessageId

class FakeRoom extends EventEmitter<{ update: [update: RoomUpdate] }> implements BotRoom {
  readonly name = 'lobby'
  readonly identity = me
  readonly nick = 'bot'
  readonly offered: (readonly string[])[] = []

  members() {
    return [
      { identity: me, nick: 'bot', bot: true },
      { identity: ana, nick: 'ana', bot: false }
    ]
  }

  member(wanted: IdentityKey) {
    return this.members().find(({ identity }) => identity === wanted)
  }

  say = () => id
  direct = () => id
  reply = () => id
  edit = () => id
  delete = () => id
  react = () => id
  unreact = () => id
  setSubject = () => id
  setCard = () => id

  offerCommands(commands: readonly string[]): void {
    this.offered.push(commands)
  }
}

/** `progress`: that of a bot whose room is kept on the disk. */
function deskOn(room: FakeRoom, progress?: Progress) {
  const heard: Update[] = []
  const logged: string[] = []
  const log = logTo((_, message) => logged.push(message))
  const desk = new RoomDesk({
    room,
    clock: systemClock,
    log,
    progress,
    onupdate: update => update && heard.push(update)
  })
  return { desk, heard, logged }
}

/** A room that would be kept on a disk, but it cannot be written now: what is said is told at once. */
class KeptRoom extends FakeRoom {
  readonly log = new RoomLog({} as LogPlace)

  constructor() {
    super()
    this.log.isKept = false
    this.log.attach(this, () => ({ read: () => undefined }))
  }
}

const saidBy = (from: IdentityKey, text: string): RoomUpdate => ({
  type: 'message',
  message: { id, from, nick: 'x', text, time: 1, history: false }
})

test('a bot does not hear itself, from whatever device', () => {
  const room = new FakeRoom()
  const { heard } = deskOn(room)
  room.emit('update', saidBy(me, 'mine'))
  room.emit('update', saidBy(ana, 'hers'))
  expect(heard.map(update => update.type === 'message' && update.message.text)).toEqual(['hers'])
})

test('another program with its device key, and a wrong clock, are in its log', () => {
  const room = new FakeRoom()
  const { heard, logged } = deskOn(room)
  room.emit('update', { type: 'device-changed', device: id as string as PeerKey, why: 'taken' })
  room.emit('update', { type: 'clock-off', behind: 7_200_000 })
  expect(logged).toEqual([
    'the bot goes on under a new device key',
    'the clock of this machine is off'
  ])
  expect(heard).toEqual([])
})

test.each([
  ['is not kept', () => deskOn(new FakeRoom())],
  ['is kept', () => deskOn(new KeptRoom(), { cursor: undefined } as Progress)]
])('a bot that has ended says no more, in a room that %s', async (_, make) => {
  const { desk } = make()
  await desk.end()
  await expect(desk.post({ type: 'say', text: 'late' }, 'person')).rejects.toMatchObject({
    code: 'BOT_STOPPED'
  })
})

test('a bot in a room that is kept hears of it until it has ended, and no more', async () => {
  const room = new KeptRoom()
  const { desk, heard } = deskOn(room, { cursor: undefined } as Progress)
  room.emit('update', saidBy(ana, 'in time'))
  await desk.end()
  room.emit('update', saidBy(ana, 'too late'))
  expect(heard.map(update => update.type === 'message' && update.message.text)).toEqual(['in time'])
})
