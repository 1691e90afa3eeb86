import { EventEmitter } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest'
import { deferred } from '../../../src/async/deferred.js'
import { Meeting, type MeetingOptions } from '../../../src/room/device/meeting.js'
import { openParts } from '../../../src/room/open.js'
import type { ReadyRoom } from '../../../src/room/ready-room.js'
import { Room } from '../../../src/room/room.js'
import { Rooms } from '../../../src/room/rooms.js'
import { LevelStore } from '../../../src/store/level-store.js'
import { useRooms } from '../../support/rooms.js'
import { until } from '../../support/until.js'

const { enter, testnet } = useRooms()
const root = mkdtempSync(join(tmpdir(), 'swarmchat-'))
const newHome = () => mkdtempSync(join(root, 'home-'))
afterEach(() => vi.restoreAllMocks())
afterAll(() => rmSync(root, { recursive: true, force: true }))

const on = () => ({ networks: { mode: 'isolated', bootstrap: testnet().bootstrap } }) as const
const at = (home: string) => ({ home, identity: undefined })

/** The next history is not read before this is resolved. */
function slowDisk(until: Promise<unknown>): void {
  const { index } = LevelStore.prototype
  vi.spyOn(LevelStore.prototype, 'index').mockImplementationOnce(async function (
    this: LevelStore,
    ...given
  ) {
    await until
    return index.apply(this, given)
  })
}

describe('whoever is met before anybody can be told', () => {
  class Stream extends EventEmitter {
    destroying = false
    constructor(readonly isInitiator = false) {
      super()
    }
    destroy() {
      this.destroying = true
      this.emit('close')
    }
  }

  function meeting() {
    const swarm = new EventEmitter()
    const options = { swarm, topic: 'f'.repeat(64), observer: false }
    const met = new Meeting(options as unknown as MeetingOptions)
    const meet = (stream: Stream) => {
      swarm.emit('connection', stream)
      return stream
    }
    const told: unknown[] = []
    const take = () =>
      met.take({ onstream: stream => void told.push(stream), onpeer: peer => void told.push(peer) })
    return { swarm, meet, told, take }
  }

  test('makes room when others have come since, as in a room that is open: of who dialled us, and of whom we dialled', () => {
    const { meet, take, told } = meeting()
    const ours = meet(new Stream(true))
    const theirs = Array.from({ length: 100 }, () => meet(new Stream()))
    expect(theirs.map(({ destroying }) => destroying)).toEqual(theirs.map((_, at) => at < 68))
    take()
    expect(told).toEqual([ours, ...theirs.slice(68)])
    const late = Array.from({ length: 100 }, () => meet(new Stream()))
    expect(told).toEqual([ours, ...theirs.slice(68), ...late])
  })

  test('takes no place when gone', () => {
    const { meet, take, told } = meeting()
    const stays = meet(new Stream())
    for (let n = 0; n < 100; n++) meet(new Stream()).destroy()
    take()
    expect(told).toEqual([stays])
  })
})

describe('a room whose history is still being read', () => {
  test('is announced, and says so', async () => {
    const [ready, rooms] = [deferred<ReadyRoom>(), new Rooms(on())]
    slowDisk(ready.promise)
    const { device, identity, name, topic } = await rooms.open(
      { name: 'lobby', nick: 'ann', home: newHome() },
      ready.resolve
    )
    expect(await ready.promise).toMatchObject({ device, identity, name, topic, access: 'public' })
    await rooms.leave()
  })

  test('dials whom it has met, and answers when it knows what it has', async () => {
    const home = newHome()
    const parts = await openParts({ name: 'lobby', nick: 'ann', ...at(newHome()), ...on() })
    const ann = new Room(parts)
    const before = await enter('bob', at(home))
    await before.meets('ann')
    const one = before.room.say('one')
    await until([ann], 'update', () => parts.machine.has(one))
    await before.room.leave()
    const connected = deferred()
    parts.swarm.once('connection', () => connected.resolve())
    slowDisk(connected.promise)
    const bob = await enter('bob', at(home))
    await bob.meets('ann')
    expect(bob.texts).toEqual(['one'])
    const two = bob.room.say('two')
    await until([ann], 'update', () => parts.machine.has(two))
    expect(parts.machine.read(two)?.message.parents).toEqual([one])
    await ann.leave()
  })

  test('that cannot be opened is announced no more', async () => {
    const ready = deferred<ReadyRoom>()
    const mistake = new Error('a mistake of ours')
    vi.spyOn(LevelStore.prototype, 'index').mockImplementationOnce(async () => {
      await ready.promise
      throw mistake
    })
    const rooms = new Rooms(on())
    const opening = rooms.open({ name: 'lobby', nick: 'ann', home: newHome() }, ready.resolve)
    await expect(opening).rejects.toBe(mistake)
    expect(rooms.networks).toEqual([])
    const { topic } = await ready.promise
    const named: unknown[] = []
    const dht = testnet().createNode()
    for await (const { peers } of dht.lookup(Buffer.from(topic, 'hex'))) named.push(...peers)
    await dht.destroy()
    expect(named).toEqual([])
  })
})
