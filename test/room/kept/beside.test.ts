import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ClassicLevel } from 'classic-level'
import { afterAll, describe, expect, test, vi } from 'vitest'
import { deferred } from '../../../src/async/deferred.js'
import { loadIdentity } from '../../../src/home/identity.js'
import { tryLock } from '../../../src/home/lock.js'
import { roomDirectory } from '../../../src/home/room-directory.js'
import type { VerifiedMessage } from '../../../src/protocol/wire/message.js'
import type { ForgottenEvent, HistoryEvent } from '../../../src/room/events.js'
import { checkForgettable, forgetHereOrThere } from '../../../src/room/kept/forget-room.js'
import type { HistoryOwner } from '../../../src/room/kept/history.js'
import { historyDirectory, sharingPath } from '../../../src/room/kept/history-place.js'
import { openImporter } from '../../../src/room/kept/importing.js'
import { keptHistory } from '../../../src/room/kept/kept-rooms.js'
import { openHistory } from '../../../src/room/kept/open-history.js'
import { readHistory } from '../../../src/room/kept/read-history.js'
import { isWaitedFor } from '../../../src/room/kept/waiting.js'
import { roomKeys } from '../../../src/room/keys.js'
import { LevelStore } from '../../../src/store/level-store.js'
import { forgetShared } from '../../../src/store/shared-changes.js'
import { useRooms } from '../../support/rooms.js'

const { enter } = useRooms()
const root = mkdtempSync(join(tmpdir(), 'swarmchat-'))
const newHome = () => mkdtempSync(join(root, 'h-'))
const keys = roomKeys('lobby')

afterAll(() => rmSync(root, { recursive: true, force: true }))

const enterFrom = (home: string, nick: string) => enter(nick, { home, identity: undefined })
const textsIn = async (home: string) => (await keptHistory(keys, { home })).map(({ text }) => text)

/** The answer to whoever reads or follows is no log, and to whoever watches that nothing was deleted. */
function tellNothing(this: Socket): void {
  this.write(new Uint8Array(8))
}

/** The store of a program that does not tell what it does, as one that is killed just then. */
async function muteStore(home: string) {
  const identity = loadIdentity(home)
  const store = await LevelStore.open(historyDirectory(home, keys, identity))
  const sockets: Socket[] = []
  const server = createServer(socket => void sockets.push(socket.on('data', tellNothing)))
  await new Promise<void>(resolve => server.listen(sharingPath(home, keys, identity), resolve))
  const end = async () => {
    await store.close()
    server.close()
    for (const socket of sockets) socket.destroy()
  }
  return { store, end }
}

/** True if nobody is in the room. */
function checkedNow(home: string): boolean {
  const lock = tryLock(join(roomDirectory(home, keys.topic), 'lock'))
  lock?.release()
  return lock !== undefined
}

/** Resolves if this rejects. */
const refusalOf = (asked: Promise<unknown>) =>
  asked.then(
    () => Promise.reject(new Error('it was done')),
    () => {}
  )

/** Deletions are dated to the millisecond. */
const aMoment = () => sleep(5)

/** What is kept of somebody's talk, the messages as they are. */
async function talk(...texts: string[]) {
  const home = newHome()
  const { room } = await enterFrom(home, 'eve')
  const ids = texts.map(text => room.say(text))
  const [first] = ids
  if (first !== undefined) room.delete(first)
  await room.written()
  await room.leave()
  const store = await LevelStore.open(historyDirectory(home, keys, loadIdentity(home)))
  const { messages } = await readHistory(store, keys)
  await store.close()
  return messages
}

describe.skipIf(process.platform === 'win32')('beside a chat that runs', () => {
  test('one that is ready and still reads what it has kept is waited for, and deletes it', async () => {
    const home = newHome()
    const before = await enterFrom(home, 'ann')
    before.room.say('one')
    await before.room.written()
    await before.room.leave()
    const reading = deferred()
    const { index } = LevelStore.prototype
    vi.spyOn(LevelStore.prototype, 'index').mockImplementationOnce(async function (
      this: LevelStore,
      ...given
    ) {
      await reading.promise
      return index.apply(this, given)
    })
    const entering = enterFrom(home, 'ann')
    const isEntering = () => checkedNow(home)
    await expect.poll(isEntering).toBe(false)
    const asked = [checkForgettable(keys, home), forgetHereOrThere(keys, home)] as const
    await Promise.race([Promise.any(asked.map(refusalOf)), sleep(300)])
    reading.resolve()
    expect(await Promise.all(asked)).toEqual([undefined, 1])
    await (await entering).room.leave()
    expect(await textsIn(home)).toEqual([])
  })

  test('what is asked of one before its room is there is done when it is', async () => {
    const home = newHome()
    const identity = loadIdentity(home)
    const history = await openHistory(home, keys, identity)
    const asked = forgetShared(sharingPath(home, keys, identity))
    expect(await Promise.race([asked, sleep(200)])).toBeUndefined()
    const owner = { tell: () => {}, forget: () => 7 } as Partial<HistoryOwner> as HistoryOwner
    history.follow(owner)
    expect(await asked).toBe(7)
    await history.close()
  })

  test('what is asked of one whose room never was is not done', async () => {
    const home = newHome()
    const identity = loadIdentity(home)
    const history = await openHistory(home, keys, identity)
    const asked = forgetShared(sharingPath(home, keys, identity))
    expect(await Promise.race([asked, sleep(100)])).toBeUndefined()
    await history.close()
    expect(await asked).toBe('refused')
  })

  test('whoever is about to wait for a database says so before reading what that has', async () => {
    const home = newHome()
    const identity = loadIdentity(home)
    const directory = historyDirectory(home, keys, identity)
    mkdirSync(directory, { recursive: true })
    const store = await LevelStore.open(directory)
    const path = sharingPath(home, keys, identity)
    const wasWaitedFor: boolean[] = []
    const server = createServer(socket => {
      wasWaitedFor.push(isWaitedFor(path))
      socket.destroy()
    })
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    await new Promise<void>(resolve => server.listen(path, resolve))
    const { room } = await enterFrom(home, 'ann')
    await room.leave()
    server.close()
    await store.close()
    expect(wasWaitedFor[0]).toBe(true)
    expect(isWaitedFor(path)).toBe(false)
  })

  test('a transcript is merged there: on the disk, as history, and once', async () => {
    const messages = await talk('oops', 'two', 'three')
    const home = newHome()
    const ann = await enterFrom(home, 'ann')
    ann.room.say('here')
    const merge = async () => {
      const importer = await openImporter(keys.topic, keys, home)
      for (const message of messages) if (importer.take(message)) await importer.flush()
      const merged = await importer.finish()
      await importer.close()
      return merged
    }
    expect(await merge()).toEqual({ imported: 4, known: 0, refused: 0 })
    const told = ann.messages.map(({ history, text }) => [text, history])
    expect(told).toEqual([
      ['here', false],
      ['two', true],
      ['three', true]
    ])
    expect(await merge()).toEqual({ imported: 0, known: 4, refused: 0 })
    expect(ann.texts).toHaveLength(3)
    await ann.room.leave()
    expect(await textsIn(home)).toEqual(['two', 'three', 'here'])
  })

  test('what nobody has signed is not taken there', async () => {
    const [message] = (await talk('one', 'two')).slice(-1)
    if (message === undefined) expect.fail('it was said')
    const home = newHome()
    await enterFrom(home, 'ann')
    const importer = await openImporter(keys.topic, keys, home)
    const forged = { ...message, sealed: message.sealed.map(byte => byte ^ 1) }
    importer.take(forged as VerifiedMessage)
    expect(await importer.finish()).toEqual({ imported: 0, known: 0, refused: 1 })
    await importer.close()
  })

  test('forgetting deletes there, says so, and nothing comes back while it runs', async () => {
    const home = newHome()
    const [ann, ben] = [await enterFrom(home, 'ann'), await enter('ben')]
    await Promise.all([ann.meets('ben'), ben.meets('ann')])
    for (const text of ['one', 'two']) ben.room.say(text)
    await ann.hears('two')
    ann.room.setSubject('secret plans')
    await ann.room.written()
    const told: ForgottenEvent[] = []
    ann.room.on('forgotten', event => told.push(event))
    const count = await forgetHereOrThere(keys, home)
    expect(count).toBeGreaterThanOrEqual(3)
    expect(told).toMatchObject([{ count, text: expect.stringContaining(`${count} messages`) }])
    expect(ann.room.search('')).toEqual([])
    expect(ann.room.subject()).toBeUndefined()
    expect(await textsIn(home)).toEqual([])
    ben.room.say('three')
    await ann.hears('three')
    await ann.room.leave()
    expect(await textsIn(home)).toEqual(['three'])
    expect(await forgetHereOrThere(keys, home)).toBeUndefined()
    await expect(keptHistory(keys, { home })).rejects.toMatchObject({ code: 'ROOM_NOT_KEPT' })
  })

  test('a second program of ours deletes what it has at once, says so, and writes none of it back', async () => {
    const home = newHome()
    const first = await enterFrom(home, 'ann')
    first.room.say('one')
    await first.room.written()
    const second = await enterFrom(home, 'ann')
    await second.hears('one')
    await second.when(() => second.room.links === 1)
    const told: HistoryEvent['type'][] = []
    for (const event of ['forgotten', 'kept'] as const)
      second.room.on(event, ({ type }: HistoryEvent) => told.push(type))
    const count = await forgetHereOrThere(keys, home)
    expect(count).toBeGreaterThan(0)
    await second.when(() => told.length > 0)
    expect(told).toEqual(['forgotten'])
    expect(second.room.search('')).toEqual([])
    second.room.say('two')
    await first.hears('two')
    await first.room.leave()
    await second.when(() => told.includes('kept'))
    await second.room.leave()
    expect(told).toEqual(['forgotten', 'kept'])
    expect(await textsIn(home)).toEqual(['two'])
  })

  test('a second program that heard of nothing until it has the database drops what is older, too', async () => {
    const home = newHome()
    await (await enterFrom(home, 'ann')).room.leave()
    const first = await muteStore(home)
    const second = await enterFrom(home, 'ann')
    const told: ForgottenEvent[] = []
    second.room.on('forgotten', event => told.push(event))
    second.room.say('before')
    await aMoment()
    await first.store.clear(() => {})
    await aMoment()
    second.room.say('after')
    await first.end()
    await second.when(() => second.room.log?.isKept === true)
    expect(told).toMatchObject([{ count: 1, text: expect.stringMatching(/: a message\.$/) }])
    expect(second.room.search('').map(({ text }) => text)).toEqual(['after'])
    await second.room.leave()
    expect(await textsIn(home)).toEqual(['after'])
  })

  test('forgetting is asked of a program that has taken the place of the one that was first', async () => {
    const home = newHome()
    const first = await enterFrom(home, 'ann')
    const second = await enterFrom(home, 'ann')
    second.room.say('one')
    await first.room.leave()
    await second.when(() => second.room.log?.isKept === true)
    const told: ForgottenEvent[] = []
    second.room.on('forgotten', event => told.push(event))
    expect(await forgetHereOrThere(keys, home)).toBe(1)
    expect(told).toMatchObject([{ count: 1 }])
    second.room.say('two')
    await second.room.leave()
    expect(await textsIn(home)).toEqual(['two'])
  })

  test('forgetting waits for a program that is about to take that place', async () => {
    const home = newHome()
    await (await enterFrom(home, 'ann')).room.leave()
    const first = await muteStore(home)
    const second = await enterFrom(home, 'ann')
    second.room.say('one')
    await second.room.written()
    await first.end()
    expect(await forgetHereOrThere(keys, home)).toBe(1)
    second.room.say('two')
    await second.room.leave()
    expect(await textsIn(home)).toEqual(['two'])
    expect(await forgetHereOrThere(keys, home)).toBeUndefined()
    expect(readdirSync(join(home, 'run'))).toEqual([])
  })

  test('forgetting deletes there though the disk is full, and what is said then is kept when there is room', async () => {
    const home = newHome()
    const ann = await enterFrom(home, 'ann')
    ann.room.say('one')
    await ann.room.written()
    const full = new Error('No space left on device')
    const batch = vi.spyOn(ClassicLevel.prototype, 'batch').mockRejectedValue(full)
    const told: HistoryEvent['type'][] = []
    for (const event of ['unkept', 'forgotten', 'kept'] as const)
      ann.room.on(event, ({ type }: HistoryEvent) => told.push(type))
    ann.room.say('two')
    await ann.when(() => told.includes('unkept'))
    expect(await forgetHereOrThere(keys, home)).toBe(2)
    expect(ann.room.search('')).toEqual([])
    ann.room.say('three')
    batch.mockRestore()
    await ann.when(() => told.includes('kept'))
    await ann.room.leave()
    expect(told).toEqual(['unkept', 'forgotten', 'kept'])
    expect(await textsIn(home)).toEqual(['three'])
  })
})
