import { execFileSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ClassicLevel } from 'classic-level'
import { afterAll, describe, expect, test, vi } from 'vitest'
import { freshIdentity, loadIdentity } from '../../../src/home/identity.js'
import { tryLock } from '../../../src/home/lock.js'
import { roomDirectory } from '../../../src/home/room-directory.js'
import { forgetRoom } from '../../../src/room/kept/forget-room.js'
import { historyDirectory } from '../../../src/room/kept/history-place.js'
import { isDirect, keptHistory, keptLines, keptRooms } from '../../../src/room/kept/kept-rooms.js'
import { streamKept } from '../../../src/room/kept/kept-source.js'
import { transcriptOf } from '../../../src/room/kept/transcripts.js'
import { writablePlace } from '../../../src/room/kept/writable-place.js'
import { roomKeys, roomTopic } from '../../../src/room/keys.js'
import { keptCard } from '../../../src/room/records/room-cards.js'
import { sendOnce, setCardOnce } from '../../../src/room/sending/send-once.js'
import type { TranscriptLine } from '../../../src/store/archive/transcript.js'
import { ALL_MESSAGES, keyOf } from '../../../src/store/layout.js'
import { LevelStore } from '../../../src/store/level-store.js'
import { useRooms } from '../../support/rooms.js'

const ENCODINGS = { keyEncoding: 'view', valueEncoding: 'view' } as const

const { enter, testnet } = useRooms()
const root = mkdtempSync(join(tmpdir(), 'swarmchat-'))
const newHome = () => mkdtempSync(join(root, 'home-'))

const [MOUNT, UNMOUNT] = ['mount', 'umount']
const canMount = process.platform === 'linux' && process.getuid?.() === 0
const mount = (args: readonly string[]) => execFileSync(MOUNT, args, { stdio: 'ignore' })
const isOurs = (name: string) => name.startsWith('swarmchat-read-')

afterAll(() => rmSync(root, { recursive: true, force: true }))

const open = (home: string, name: string) => enter('ada', { name, home, identity: undefined })

/** A home in which this was said in the lobby, one after the other. */
async function homeWith(...texts: string[]): Promise<{ home: string; times: number[] }> {
  const home = newHome()
  const { messages, room } = await open(home, 'lobby')
  for (const text of texts) room.say(text)
  await room.written()
  await room.leave()
  return { home, times: messages.map(({ time }) => time) }
}

const textsOf = async (...of: Parameters<typeof keptHistory>) =>
  (await keptHistory(...of)).map(({ text }) => text)

describe('what a program says that joins for that alone', () => {
  const once = (home: string) => {
    const networks = { mode: 'isolated', bootstrap: testnet().bootstrap } as const
    return { name: 'lobby', home, networks, nick: 'deploy', quiet: true }
  }
  const delivery = { wanted: 1, timeout: 50 }

  test('is kept at home though nobody is there, and others get it from whoever is next there', async () => {
    const home = newHome()
    const nobody = { code: 'NOBODY_GOT_IT', facts: { have: 0, wanted: 1, kept: true } }
    await expect(sendOnce(once(home), 'built', delivery)).rejects.toMatchObject(nobody)
    const card = { title: 'The lobby', description: '', rules: '' }
    await expect(setCardOnce(once(home), card, delivery)).rejects.toMatchObject(nobody)
    expect(await textsOf('lobby', { home })).toEqual(['built'])
    expect(await keptCard(roomKeys('lobby'), home)).toMatchObject(card)
    const [bob] = [await enter('bob'), await open(home, 'lobby')]
    await bob.hears('built')
    expect(bob.messages).toMatchObject([{ nick: 'deploy', text: 'built' }])
  })

  test('is no name that we go by there from now on', async () => {
    const home = newHome()
    await expect(sendOnce(once(home), 'built', delivery)).rejects.toThrow()
    const { room } = await enter('ada', {
      name: 'lobby',
      home,
      identity: undefined,
      nick: undefined,
      fallbackNick: 'ada'
    })
    expect(room.nick).toBe('ada')
  })
})

describe('what is kept of a room', () => {
  test('is read without joining it: all, the newest, or from a time on', async () => {
    const { home, times } = await homeWith('one', 'two', 'three')
    expect(await textsOf('#Lobby', { home })).toEqual(['one', 'two', 'three'])
    expect(await textsOf('lobby', { home, limit: 2 })).toEqual(['two', 'three'])
    expect(await textsOf('lobby', { home, limit: 9 })).toEqual(['one', 'two', 'three'])
    expect(await textsOf('lobby', { home, since: times[1] })).toEqual(['two', 'three'])
    const [first] = await keptHistory('lobby', { home })
    expect(first).toMatchObject({ nick: 'ada', text: 'one', time: times[0], history: true })
  })

  test('is searched by words, author and time', async () => {
    const { home, times } = await homeWith('The plan', 'no', 'another PLAN')
    expect(await textsOf('lobby', { home, grep: 'plan' })).toEqual(['The plan', 'another PLAN'])
    expect(await textsOf('lobby', { home, grep: 'plan the' })).toEqual(['The plan', 'another PLAN'])
    expect(await textsOf('lobby', { home, grep: 'plan another' })).toEqual(['another PLAN'])
    expect(await textsOf('lobby', { home, until: times[1] })).toEqual(['The plan'])
    expect(await textsOf('lobby', { home, from: 'ADA', limit: 1 })).toEqual(['another PLAN'])
    expect(await textsOf('lobby', { home, from: 'ben' })).toEqual([])
  })

  test('has private messages for who has the identity of one of the two', async () => {
    const home = newHome()
    const ada = await open(home, 'lobby')
    const identity = loadIdentity(home)
    const [bob, eve] = await Promise.all([enter('bob'), enter('eve')])
    await Promise.all([bob.meets('ada'), eve.meets('ada'), ada.meets('bob'), ada.meets('eve')])
    ada.room.say('to all')
    ada.room.direct(bob.room.identity, 'for bob')
    bob.room.direct(identity.key, 'for ada')
    eve.room.direct(identity.key, 'from a stranger')
    eve.room.direct(bob.room.identity, 'not for ada')
    await expect
      .poll(async () => textsOf('lobby', { home, identity }), { timeout: 30_000 })
      .toEqual(expect.arrayContaining(['to all', 'for bob', 'for ada', 'from a stranger']))
    expect(await textsOf('lobby', { home })).toEqual(['to all'])
    const kept = await keptHistory('lobby', { home, identity })
    const privates = kept.filter(isDirect)
    expect(privates).toHaveLength(3)
    expect(Object.fromEntries(privates.map(({ text, isRequest }) => [text, isRequest]))).toEqual({
      'for bob': false,
      'for ada': false,
      'from a stranger': true
    })
    expect(kept.map(({ time }) => time)).toEqual(kept.map(({ time }) => time).sort())
    expect(
      await textsOf('lobby', { home, identity: freshIdentity() }).catch(() => [])
    ).not.toContain('for bob')
  })

  test('is read as far as it is wanted: the newest, and what changes them', async () => {
    const home = newHome()
    const { messages, room } = await open(home, 'lobby')
    for (let n = 0; n < 300; n++) room.say(`line ${n}`)
    const idOf = (n: number) => messages[n]?.id ?? expect.fail(`line ${n}`)
    room.edit(idOf(299), 'the last one')
    room.edit(idOf(2), 'the third')
    room.delete(idOf(297))
    await room.leave()
    const identity = loadIdentity(home)
    const all = await textsOf('lobby', { home, identity })
    expect(all).toHaveLength(299)
    const iterator = vi.spyOn(ClassicLevel.prototype, 'iterator')
    for (const limit of [0, 1, 3, 120, 298, 400])
      expect(await textsOf('lobby', { home, identity, limit })).toEqual(
        limit === 0 ? [] : all.slice(-limit)
      )
    const found = await textsOf('lobby', { home, limit: 1, grep: 'third' })
    const ranges = iterator.mock.calls.map(([range]) => String(range?.gte))
    iterator.mockRestore()
    expect(found).toEqual(['the third'])
    expect(ranges).not.toContain(String(ALL_MESSAGES.gte))
    const cursors = await keptLines(roomKeys('lobby'), { home, limit: 3 })
    const full = await keptLines(roomKeys('lobby'), { home })
    expect(cursors).toEqual({
      ...full,
      lines: full.lines.slice(-3),
      cursors: full.cursors.slice(-3)
    })
  })

  test('is exported bit by bit, and free for others when nobody wants more', async () => {
    const { home } = await homeWith(...Array.from({ length: 1_200 }, (_, n) => `line ${n}`))
    let lines = 0
    for await (const _ of transcriptOf(roomKeys('lobby'), true, home)) {
      lines += 1
      if (lines === 900) break
    }
    const parts: number[] = []
    const damaged = () => expect.fail('it is whole')
    for await (const part of streamKept(home, roomKeys('lobby'), damaged)) parts.push(part.length)
    expect(parts).toEqual([1_000, 200])
  })

  test.skipIf(!canMount)(
    'is read where nothing can be written, and leaves nothing behind',
    async () => {
      const { home } = await homeWith('one', 'two')
      const before = readdirSync(tmpdir()).filter(isOurs)
      mount(['--bind', home, home])
      try {
        mount(['-o', 'remount,ro,bind', home])
        expect(await textsOf('lobby', { home })).toEqual(['one', 'two'])
        expect(await textsOf('lobby', { home, limit: 1 })).toEqual(['two'])
        expect(await keptRooms(home)).toMatchObject([{ name: 'lobby', messages: 2 }])
        let lines = 0
        for await (const _ of transcriptOf(roomKeys('lobby'), true, home)) lines += 1
        expect(lines).toBe(4)
      } finally {
        execFileSync(UNMOUNT, [home])
      }
      expect(readdirSync(tmpdir()).filter(isOurs)).toEqual(before)
    }
  )

  test('is nothing if nobody was there, and nothing is made by looking', async () => {
    const home = newHome()
    await expect(keptHistory('lobby', { home })).rejects.toMatchObject({ code: 'ROOM_NOT_KEPT' })
    expect(await keptRooms(home)).toEqual([])
    expect(() => forgetRoom('lobby', home)).toThrow(
      expect.objectContaining({ code: 'ROOM_NOT_KEPT' })
    )
    expect(existsSync(join(home, 'rooms'))).toBe(false)
  })

  test('waits for a program that has it open and does not answer yet, as one that is just starting', async () => {
    const { home } = await homeWith('one', 'two')
    const keys = roomKeys('lobby')
    const directory = historyDirectory(home, keys, loadIdentity(home))
    const starting = async <T>(read: () => Promise<T>) => {
      const store = await LevelStore.open(directory)
      const [result] = await Promise.all([read(), sleep(50).then(() => store.close())])
      return result
    }
    expect(await starting(() => textsOf('lobby', { home }))).toEqual(['one', 'two'])
    expect(await starting(() => textsOf('lobby', { home, limit: 1 }))).toEqual(['two'])
    const streamed = async () => {
      let count = 0
      for await (const part of streamKept(home, keys, () => {})) count += part.length
      return count
    }
    expect(await starting(streamed)).toBe(2)
  })

  test('is listed by name, and read of the program that is there', async () => {
    const { home, times } = await homeWith('one', 'two')
    await (await open(home, 'empty')).room.leave()
    const { messages, room } = await open(home, 'open')
    room.say('so far')
    expect(await keptRooms(home)).toEqual([
      { name: 'empty', access: 'public', messages: 0 },
      { name: 'lobby', access: 'public', messages: 2, last: times[1] },
      { name: 'open', access: 'public', messages: 1, last: messages[0]?.time }
    ])
    expect(await textsOf('open', { home })).toEqual(['so far'])
    expect(() => forgetRoom('open', home)).toThrow(
      expect.objectContaining({ code: 'STORE_IN_USE' })
    )
    room.say('still kept')
    await room.leave()
    expect(await textsOf('open', { home })).toEqual(['so far', 'still kept'])
  })

  test('is told without what was altered on the disk, and how much that is', async () => {
    const { home, times } = await homeWith('one', 'two', 'three')
    const keys = roomKeys('lobby')
    const [, two] = await keptHistory('lobby', { home })
    const directory = historyDirectory(home, keys, loadIdentity(home))
    const database = new ClassicLevel<Uint8Array, Uint8Array>(directory, ENCODINGS)
    const key = keyOf({ clock: times[1] ?? 0, id: two?.id ?? expect.fail() })
    const bytes = (await database.get(key)) ?? expect.fail()
    bytes[bytes.length - 1] = ~(bytes.at(-1) ?? 0)
    await database.put(key, bytes)
    await database.close()
    const { damaged, lines } = await keptLines(keys, { home })
    expect([damaged, lines.map(({ text }) => text)]).toEqual([1, ['one', 'three']])
    let told = 0
    for await (const _ of transcriptOf(keys, false, home, () => (told += 1)));
    expect(told).toBe(1)
  })

  test('is told with what is missing, whatever byte of it was flipped', async () => {
    const { home } = await homeWith('one', 'two', 'three')
    const keys = roomKeys('lobby')
    const directory = historyDirectory(home, keys, loadIdentity(home))
    const log = readdirSync(directory).find(file => file.endsWith('.log')) ?? expect.fail()
    const bytes = readFileSync(join(directory, log))
    bytes.writeUInt8(bytes.readUInt8(bytes.byteLength >> 1) ^ 0x40, bytes.byteLength >> 1)
    writeFileSync(join(directory, log), bytes)
    let told = 0
    for await (const _ of transcriptOf(keys, false, home, () => (told += 1)));
    expect(told).toBe(1)
  })

  test('is told with what is missing of the newest', async () => {
    const { home, times } = await homeWith('one', 'two', 'three')
    const keys = roomKeys('lobby')
    const [, two] = await keptHistory('lobby', { home })
    const directory = historyDirectory(home, keys, loadIdentity(home))
    const database = new ClassicLevel<Uint8Array, Uint8Array>(directory, ENCODINGS)
    await database.del(keyOf({ clock: times[1] ?? 0, id: two?.id ?? expect.fail() }))
    await database.close()
    const { damaged, lines } = await keptLines(keys, { home, limit: 2 })
    expect([damaged, lines.map(({ text }) => text)]).toEqual([1, ['one', 'three']])
  })

  test('cannot be copied where nothing can be written: that is told', () => {
    vi.stubEnv('TMPDIR', join(root, 'nowhere'))
    try {
      const copy = () => writablePlace(join(root, 'neither'))
      expect(copy).toThrow(expect.objectContaining({ code: 'STORE_FAILED' }))
    } finally {
      vi.unstubAllEnvs()
    }
  })

  test('leaves no copy for long, if its reader was killed', () => {
    const temporary = mkdtempSync(join(root, 'temporary-'))
    vi.stubEnv('TMPDIR', temporary)
    const copyOf = (name: string, age: number) => {
      const around = join(temporary, name)
      mkdirSync(join(around, 'messages'), { recursive: true })
      const lock = tryLock(join(around, 'lock'))
      utimesSync(around, new Date(), Date.now() / 1_000 - age)
      return lock ?? expect.fail()
    }
    copyOf('swarmchat-read-killed', 3_600).release()
    copyOf('swarmchat-read-begun', 1).release()
    copyOf('somebody-elses', 3_600).release()
    const inUse = copyOf('swarmchat-read-used', 3_600)
    try {
      expect(() => writablePlace(join(root, 'neither'))).toThrow()
      const left = ['somebody-elses', 'swarmchat-read-begun', 'swarmchat-read-used']
      expect(readdirSync(temporary).toSorted()).toEqual(left)
    } finally {
      inUse.release()
      vi.unstubAllEnvs()
    }
  })

  test('is exported of the program that is there', async () => {
    const home = newHome()
    const { room } = await open(home, 'open')
    const id = room.say('so far')
    const exported = async () => {
      const lines: TranscriptLine[] = []
      for await (const line of transcriptOf(roomKeys('open'), false, home)) lines.push(line)
      return lines
    }
    const during = await exported()
    expect(during.map(line => line.type)).toEqual(['transcript', 'message', 'end'])
    expect(during[1]).toMatchObject({ id, said: expect.objectContaining({ text: 'so far' }) })
    await room.leave()
    expect(await exported()).toEqual(during)
  })

  test('is gone for good once it is forgotten, and other rooms are not', async () => {
    const { home } = await homeWith('one')
    await (await open(home, 'other')).room.leave()
    forgetRoom('lobby', home)
    expect(existsSync(roomDirectory(home, roomTopic('lobby')))).toBe(false)
    expect((await keptRooms(home)).map(({ name }) => name)).toEqual(['other'])
    const again = await open(home, 'lobby')
    await again.room.ready
    expect(again.texts).toEqual([])
  })
})
