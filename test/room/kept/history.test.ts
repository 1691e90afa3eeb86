import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative, sep } from 'node:path'
import { ClassicLevel } from 'classic-level'
import { afterAll, describe, expect, test, vi } from 'vitest'
import type { MessageId, Topic } from '../../../src/base/ids.js'
import { loadIdentity } from '../../../src/home/identity.js'
import type { Input } from '../../../src/protocol/events.js'
import { RoomMachine } from '../../../src/protocol/machine/room-machine.js'
import { messageId } from '../../../src/protocol/wire/message.js'
import type { HistoryEvent, UnkeptEvent } from '../../../src/room/events.js'
import { historyDirectory } from '../../../src/room/kept/history-place.js'
import { keptHistory } from '../../../src/room/kept/kept-rooms.js'
import { readHistory } from '../../../src/room/kept/read-history.js'
import { roomKeys } from '../../../src/room/keys.js'
import { keyOf } from '../../../src/store/layout.js'
import { LevelStore } from '../../../src/store/level-store.js'
import { useRooms, type Visit } from '../../support/rooms.js'

const { enter } = useRooms()
const root = mkdtempSync(join(tmpdir(), 'swarmchat-'))
const newHome = () => mkdtempSync(join(root, 'home-'))
const keptIn = (home: string) => historyDirectory(home, roomKeys('lobby'), loadIdentity(home))

afterAll(() => rmSync(root, { recursive: true, force: true }))

/** A member whose history is kept in this home. */
const enterFrom = (home: string, nick: string, more = {}) =>
  enter(nick, { home, identity: undefined, ...more })

const toldOf = ({ messages }: Visit) => messages.map(({ history, text }) => [text, history])

function problemsOf({ room }: Visit): UnkeptEvent[] {
  const problems: UnkeptEvent[] = []
  room.on('unkept', problem => problems.push(problem))
  return problems
}

describe('what an open room has', () => {
  test('is read from either end, in part, and searched', async () => {
    const { messages, room } = await enter('ada')
    for (const text of ['one', 'two', 'three', 'four']) room.say(text)
    room.delete(room.say('gone'))
    room.edit(messages[1]?.id as MessageId, 'two again')
    const texts = async (range = {}) => {
      const found: string[] = []
      for await (const { text } of room.history(range)) found.push(text)
      return found
    }
    expect(await texts()).toEqual(['one', 'two again', 'three', 'four'])
    expect(await texts({ reverse: true, limit: 2 })).toEqual(['four', 'three'])
    expect(await texts({ since: messages[1]?.time, until: messages[3]?.time })).toEqual([
      'two again',
      'three'
    ])
    expect(room.search('t').map(({ text }) => text)).toEqual(['two again', 'three'])
    expect(room.search('t', { limit: 1 }).map(({ text }) => text)).toEqual(['three'])
    expect(room.search('', { from: 'nobody' })).toEqual([])
  })
})

function newsOf({ room }: Visit): HistoryEvent[] {
  const news: HistoryEvent[] = []
  for (const event of ['unkept', 'kept', 'damaged'] as const)
    room.on(event, (told: HistoryEvent) => news.push(told))
  return news
}

describe('a room that is opened again', () => {
  test('has lost what was taken back, and keeps what others need to know of it', async () => {
    const home = newHome()
    const before = await enterFrom(home, 'ada')
    const id = before.room.say('secret')
    before.room.edit(id, 'secret, too')
    before.room.say('kept')
    before.room.delete(id)
    await before.room.leave()
    const store = await LevelStore.open(keptIn(home))
    const { messages } = await readHistory(store, roomKeys('lobby'))
    await store.close()
    expect(messages.map(({ isBare, kind }) => [kind, isBare])).toEqual([
      [1, true],
      [3, true],
      [1, false],
      [4, false]
    ])
    const after = await enterFrom(home, 'ada')
    await after.hears('kept')
    expect(after.messages.map(({ text }) => text)).toEqual(['kept'])
  })

  test('has what was said before, as history, and goes on after it', async () => {
    const home = newHome()
    const before = await enterFrom(home, 'ada')
    for (const text of ['one', 'two', 'three']) before.room.say(text)
    const last = before.messages.at(-1)?.time ?? 0
    await before.room.leave()
    const after = await enterFrom(home, 'ada')
    after.room.say('four')
    await after.hears('three')
    expect(toldOf(after).sort()).toEqual([
      ['four', false],
      ['one', true],
      ['three', true],
      ['two', true]
    ])
    const restored = after.messages.filter(({ history }) => history).map(({ text }) => text)
    expect(restored).toEqual(['one', 'two', 'three'])
    expect(after.messages.find(({ text }) => text === 'four')?.time).toBeGreaterThan(last)
    expect(after.messages.every(({ missing }) => missing === undefined)).toBe(true)
  })

  test('fetches what it has not, and is told nothing twice', async () => {
    const home = newHome()
    const ben = await enter('ben')
    const before = await enterFrom(home, 'ada')
    await Promise.all([before.meets('ben'), ben.meets('ada')])
    before.room.say('from ada')
    ben.room.say('from ben')
    await Promise.all([before.hears('from ben'), ben.hears('from ada')])
    await before.room.leave()
    ben.room.say('meanwhile')
    const known = new Set(before.messages.map(({ id }) => id))
    expect(known.size).toBe(2)
    const handle = vi.spyOn(RoomMachine.prototype, 'handle')
    const after = await enterFrom(home, 'ada')
    await after.hears('meanwhile')
    await after.meets('ben')
    ben.room.say('at last')
    await after.hears('at last')
    const fetched = handle.mock.calls.flatMap(([input]) => storedIn(input, ben.room.topic))
    handle.mockRestore()
    expect(after.texts.toSorted()).toEqual(['at last', 'from ada', 'from ben', 'meanwhile'])
    expect(ben.texts.toSorted()).toEqual(['at last', 'from ada', 'from ben', 'meanwhile'])
    expect(fetched.filter(id => known.has(id))).toEqual([])
  })

  test('brings what was said while alone to whoever comes then', async () => {
    const home = newHome()
    const before = await enterFrom(home, 'ada')
    before.room.say('is anybody there?')
    await before.room.leave()
    const ben = await enter('ben')
    await enterFrom(home, 'ada')
    await ben.hears('is anybody there?')
  })

  test('has nothing if it was ephemeral, and leaves nothing', async () => {
    const home = newHome()
    const before = await enterFrom(home, 'ada', { ephemeral: true })
    before.room.say('forget me')
    await before.room.leave()
    expect(existsSync(keptIn(home))).toBe(false)
    const after = await enterFrom(home, 'ada')
    await after.room.ready
    expect(after.texts).toEqual([])
  })
})

test('there is no plain text on the disk, and nobody else may look there', async () => {
  const home = newHome()
  const { room } = await enterFrom(home, 'ada')
  room.say('xylophone')
  await room.leave()
  const files = readdirSync(keptIn(home)).map(file => readFileSync(join(keptIn(home), file)))
  expect(Buffer.concat(files).byteLength).toBeGreaterThan(200)
  expect(Buffer.concat(files).includes('xylophone')).toBe(false)
  if (process.platform === 'win32') return
  // The home is the test's: what is below it was made by the room.
  const below = relative(home, keptIn(home)).split(sep)
  for (const at of below.keys())
    expect(statSync(join(home, ...below.slice(0, at + 1))).mode & 0o777).toBe(0o700)
})

test('what another program kept from being written is, as soon as that one leaves', async () => {
  const home = newHome()
  const first = await enterFrom(home, 'ada')
  const second = await enterFrom(home, 'ada')
  second.room.say('from the second')
  expect(second.room.log?.isKept).toBe(false)
  await Promise.all([second.room.written(60_000), first.room.leave()])
  expect(second.room.log?.isKept).toBe(true)
})

describe('the room goes on in memory, and says so once,', () => {
  test('if another program keeps its history', async () => {
    const home = newHome()
    const first = await enterFrom(home, 'ada')
    const second = await enterFrom(home, 'ada')
    const problems = problemsOf(second)
    await first.when(() => first.room.links === 1)
    second.room.say('from the second')
    await first.hears('from the second')
    expect(problems.map(({ code }) => code)).toEqual(['STORE_IN_USE'])
    await second.room.leave()
    await first.room.leave()
    const third = await enterFrom(home, 'ada')
    await third.hears('from the second')
  })

  test('if a later version wrote its history', async () => {
    const home = newHome()
    await (await enterFrom(home, 'ada')).room.leave()
    const options = { keyEncoding: 'view', valueEncoding: 'view' } as const
    const later = new ClassicLevel<Uint8Array, Uint8Array>(keptIn(home), options)
    await later.put(Buffer.from('v'), Uint8Array.of(9))
    await later.close()
    const ada = await enterFrom(home, 'ada')
    const problems = problemsOf(ada)
    await ada.room.ready
    expect(problems).toMatchObject([{ code: 'STORE_NEWER' }])
    expect(problems[0]?.text).toContain('format 9')
  })

  test('if its directory cannot be used', async () => {
    const home = newHome()
    const directory = keptIn(home)
    mkdirSync(dirname(directory), { recursive: true })
    writeFileSync(directory, 'in the way')
    const ada = await enterFrom(home, 'ada')
    const problems = problemsOf(ada)
    await ada.room.ready
    expect(problems.map(({ code }) => code)).toEqual(['NO_HOME'])
  })

  test('if the disk is full, and has all of it when it can be written again', async () => {
    const home = newHome()
    const ada = await enterFrom(home, 'ada')
    const news = newsOf(ada)
    ada.room.say('before')
    await ada.room.written()
    const full = new Error('No space left on device')
    const batch = vi.spyOn(ClassicLevel.prototype, 'batch').mockRejectedValue(full)
    for (const text of ['one', 'two']) {
      ada.room.say(text)
      await ada.room.written()
    }
    await ada.when(() => news.length > 0)
    const kept = await keptHistory('lobby', { home })
    expect(kept.map(({ text }) => text)).toEqual(['before', 'one', 'two'])
    batch.mockRestore()
    ada.room.say('three')
    expect(ada.texts).toEqual(['before', 'one', 'two', 'three'])
    await ada.when(() => news.length > 1)
    expect(news.map(({ type }) => type)).toEqual(['unkept', 'kept'])
    await ada.room.leave()
    const again = await enterFrom(home, 'ada')
    await again.hears('three')
    expect(again.texts).toEqual(['before', 'one', 'two', 'three'])
  })

  test('until the other program that keeps it has ended: then both have said it', async () => {
    const home = newHome()
    const first = await enterFrom(home, 'ada')
    first.room.say('from the first')
    const second = await enterFrom(home, 'ada')
    const news = newsOf(second)
    await second.hears('from the first')
    await first.room.leave()
    second.room.say('from the second')
    await second.when(() => news.length > 1)
    await second.room.leave()
    const third = await enterFrom(home, 'ada')
    await third.hears('from the second')
    expect(third.texts.toSorted()).toEqual(['from the first', 'from the second'])
  })
})

describe('a damaged history', () => {
  test('is put aside, whatever byte was flipped, and members have the rest', async () => {
    const home = newHome()
    const ben = await enter('ben')
    const ada = await enterFrom(home, 'ada')
    await Promise.all([ada.meets('ben'), ben.meets('ada')])
    const lines = Array.from({ length: 20 }, (_, at) => `line ${at}`)
    for (const text of lines) {
      ben.room.say(text)
      await ada.hears(text)
      await ada.room.written()
    }
    await ada.room.leave()
    const log = readdirSync(keptIn(home)).find(file => file.endsWith('.log')) ?? expect.fail()
    const file = join(keptIn(home), log)
    const bytes = readFileSync(file)
    bytes.writeUInt8(bytes.readUInt8(bytes.byteLength >> 1) ^ 0x40, bytes.byteLength >> 1)
    writeFileSync(file, bytes)
    const again = await enterFrom(home, 'ada')
    const news = newsOf(again)
    for (const text of lines) await again.hears(text)
    const [damage] = news
    if (damage?.type !== 'damaged') expect.fail('nobody noticed')
    expect(readFileSync(join(damage.path, log)).equals(bytes)).toBe(true)
    await again.room.leave()
    const third = await enterFrom(home, 'ada')
    for (const text of lines) await third.hears(text)
  })
})

describe('a message that is not what it was on the disk', () => {
  test('is noticed when it is read: all is put aside, and members have it', async () => {
    const home = newHome()
    const ben = await enter('ben')
    const ada = await enterFrom(home, 'ada')
    await Promise.all([ada.meets('ben'), ben.meets('ada')])
    const lines = Array.from({ length: 20 }, (_, at) => `line ${at}`)
    for (const text of lines) ben.room.say(text)
    await ada.hears('line 19')
    await ada.room.leave()
    const altered = ada.messages[7] ?? expect.fail()
    const views = { keyEncoding: 'view', valueEncoding: 'view' } as const
    const database = new ClassicLevel<Uint8Array, Uint8Array>(keptIn(home), views)
    const key = keyOf({ clock: altered.time, id: altered.id })
    const value = Uint8Array.from((await database.get(key)) ?? expect.fail())
    value[120] = (value[120] ?? 0) ^ 1
    await database.put(key, value)
    await database.close()
    const again = await enterFrom(home, 'ada')
    const news = newsOf(again)
    for (const text of lines) await again.hears(text)
    expect(news.map(({ type }) => type)).toEqual(['damaged'])
    expect(again.texts.toSorted()).toEqual(lines.toSorted())
    await again.room.leave()
    expect((await keptHistory('lobby', { home })).map(({ text }) => text)).toEqual(lines)
  })
})

/** The message that a neighbour sends as history, if it does. */
function storedIn(input: Input, topic: Topic): MessageId[] {
  if (input.type !== 'frame' || input.frame.type !== 'stored') return []
  return [messageId(input.frame.sealed, topic) ?? expect.fail('a message of no room')]
}
