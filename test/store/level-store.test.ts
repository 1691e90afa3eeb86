import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ClassicLevel } from 'classic-level'
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest'
import { deferred } from '../../src/async/deferred.js'
import type { SwarmchatError } from '../../src/base/errors.js'
import { keyOf, LAYOUT_VERSION, recordKey } from '../../src/store/layout.js'
import { LevelStore } from '../../src/store/level-store.js'
import type { Kept } from '../../src/store/store.js'
import { kept } from '../support/kept.js'
import { acceptanceOf } from './acceptance.js'

const VIEWS = { keyEncoding: 'view', valueEncoding: 'view' } as const
const root = mkdtempSync(join(tmpdir(), 'swarmchat-'))
const newDirectory = () => mkdtempSync(join(root, 'store-'))

const closing: LevelStore[] = []
afterEach(async () => {
  vi.useRealTimers()
  vi.restoreAllMocks()
  await Promise.all(closing.splice(0).map(store => store.close()))
})

/** A store, what it has told of failures, and whether everything was complete when it went on. */
async function watched(directory: string) {
  const told: SwarmchatError[] = []
  const resumed = deferred<boolean>()
  const store = await LevelStore.open(directory, {
    onfail: error => told.push(error),
    onresume: resumed.resolve
  })
  closing.push(store)
  return { store, told, resumed: resumed.promise }
}

/** A database with these, half of them in a table and half in the log. */
async function written(directory: string, all: readonly Kept[]): Promise<void> {
  for (const half of [all.slice(0, all.length / 2), all.slice(all.length / 2)]) {
    const store = await LevelStore.open(directory)
    for (const message of half) {
      store.put(message)
      await store.flush()
    }
    await store.close()
  }
}

/** The next one to read a database waits before it reads anything. */
function slowIterator() {
  const [reading, going] = [deferred<void>(), deferred<void>()]
  const original = ClassicLevel.prototype.iterator
  const spy = vi.spyOn(ClassicLevel.prototype, 'iterator').mockImplementationOnce(function (
    this: ClassicLevel,
    ...of: Parameters<typeof original>
  ) {
    spy.mockRestore()
    const iterator = original.apply(this, of)
    const nextv = iterator.nextv.bind(iterator)
    iterator.nextv = async (...how: [number]) => {
      reading.resolve()
      await going.promise
      return nextv(...how)
    }
    return iterator
  })
  return { isReading: reading.promise, goOn: going.resolve }
}

/** The files of a database that have these bytes. */
function filesWith(directory: string, bytes: Buffer): string[] {
  return readdirSync(directory).filter(file => readFileSync(join(directory, file)).includes(bytes))
}

/** Flips a bit of the file of this kind, so far from its beginning. */
function flip(directory: string, kind: string, part: number): void {
  const name = readdirSync(directory).find(each => each.includes(kind)) ?? expect.fail(kind)
  const file = join(directory, name)
  const bytes = readFileSync(file)
  const at = Math.floor(bytes.byteLength * part)
  bytes.writeUInt8(bytes.readUInt8(at) ^ 0x10, at)
  writeFileSync(file, bytes)
}

afterAll(() => rmSync(root, { recursive: true, force: true }))

acceptanceOf('level', () => LevelStore.open(newDirectory()))

describe('a database', () => {
  test('has after a restart what was put before', async () => {
    const directory = newDirectory()
    const first = await LevelStore.open(directory)
    for (const at of [1, 2, 3]) first.put(kept(at, at))
    first.delete(kept(2, 2))
    await first.close()
    const second = await LevelStore.open(directory)
    expect(await second.load()).toEqual([kept(1, 1), kept(3, 3)])
    await second.close()
  })

  test('is written by itself, soon', async () => {
    const directory = newDirectory()
    const store = await LevelStore.open(directory)
    const batch = vi.spyOn(ClassicLevel.prototype, 'batch')
    store.put(kept(1, 1))
    await vi.waitFor(() => expect(batch).toHaveBeenCalledOnce(), { timeout: 10_000 })
    batch.mockRestore()
    await store.close()
  })

  test('is whole after it was read and written at the same time', async () => {
    const directory = newDirectory()
    const store = await LevelStore.open(directory)
    for (let at = 0; at < 3_000; at++) store.put(kept(at, at))
    await store.flush()
    for (let at = 3_000; at < 3_020; at++) {
      const reading = store.load()
      await store.flush()
      store.put(kept(at, at))
      store.delete(kept(at - 3_000, at - 3_000))
      await store.flush()
      await reading
      expect(store.isDamaged).toBe(false)
    }
    await store.close()
    const again = await LevelStore.open(directory)
    closing.push(again)
    expect(await again.load()).toHaveLength(3_000)
    expect(again.isDamaged).toBe(false)
  })

  test.each([
    ['in one run', 0],
    ['after a restart', 1],
    ['after two restarts', 2]
  ])('has no byte left of a body that was taken back, %s', async (_, restarts) => {
    const directory = newDirectory()
    const around = Array.from({ length: 50 }, (_, at) => kept(at, at))
    const secret = Buffer.from('a secret that was taken back')
    let store = await LevelStore.open(directory)
    for (const message of around) store.put(message)
    store.put({ ...kept(25, 100), sealed: secret })
    for (let restart = 0; restart < restarts; restart++) {
      await store.close()
      store = await LevelStore.open(directory)
    }
    await store.flush()
    expect(filesWith(directory, secret)).not.toEqual([])
    store.put(kept(25, 100, 20))
    await store.flush()
    await store.close()
    expect(filesWith(directory, secret)).toEqual([])
    const again = await LevelStore.open(directory)
    closing.push(again)
    expect(await again.load()).toHaveLength(51)
    expect(again.isDamaged).toBe(false)
  })

  test('is rid of what was taken back before it was killed', async () => {
    const directory = newDirectory()
    const secret = Buffer.from('a secret that was taken back')
    const store = await LevelStore.open(directory)
    closing.push(store)
    store.put({ ...kept(1, 1), sealed: secret })
    await store.flush()
    store.put(kept(1, 1, 20))
    await store.flush()
    const copy = newDirectory()
    cpSync(directory, copy, { recursive: true })
    expect(filesWith(copy, secret)).not.toEqual([])
    const after = await LevelStore.open(copy)
    expect(await after.load()).toEqual([kept(1, 1, 20)])
    await after.close()
    expect(filesWith(copy, secret)).toEqual([])
  })

  test('is opened by one at a time', async () => {
    const directory = newDirectory()
    const store = await LevelStore.open(directory)
    await expect(LevelStore.open(directory)).rejects.toMatchObject({ code: 'STORE_IN_USE' })
    await store.close()
    await (await LevelStore.open(directory)).close()
  })

  test('of a later version is refused, and left as it is', async () => {
    const directory = newDirectory()
    const later = new ClassicLevel<Uint8Array, Uint8Array>(directory, VIEWS)
    await later.put(Buffer.from('v'), Uint8Array.of(LAYOUT_VERSION + 1))
    await later.close()
    await expect(LevelStore.open(directory)).rejects.toMatchObject({ code: 'STORE_NEWER' })
    await later.open()
    expect(await later.get(Buffer.from('v'))).toEqual(Buffer.of(LAYOUT_VERSION + 1))
    await later.close()
  })

  test('that cannot be made says so', async () => {
    const file = join(newDirectory(), 'file')
    writeFileSync(file, 'no directory')
    await expect(LevelStore.open(file)).rejects.toMatchObject({
      code: 'STORE_FAILED',
      // Where nobody chats, no chat goes on.
      hint: 'Is the disk full or read-only? Make room, or make it writable, and try again.'
    })
  })

  test('that cannot be written says so once, and writes all of it when it can', async () => {
    const directory = newDirectory()
    const { resumed, store, told } = await watched(directory)
    store.put(kept(1, 1))
    await store.flush()
    const full = Object.assign(new Error('No space left on device'), { code: 'ENOSPC' })
    const batch = vi.spyOn(ClassicLevel.prototype, 'batch').mockRejectedValue(full)
    for (const at of [2, 3]) {
      store.put(kept(at, at))
      await store.flush()
    }
    expect(store.isBehind).toBe(false)
    batch.mockRestore()
    expect(told.map(({ code }) => code)).toEqual(['STORE_FAILED'])
    expect(told[0]?.message).toContain('No space left on device')
    store.delete(kept(1, 1))
    expect(await resumed).toBe(true)
    expect(await store.load()).toEqual([kept(2, 2), kept(3, 3)])
    await store.close()
    const again = await LevelStore.open(directory)
    expect(await again.load()).toEqual([kept(2, 2), kept(3, 3)])
    expect(again.isDamaged).toBe(false)
    await again.close()
  })

  test('of which much is to be read lets others do something first, and no other', async () => {
    const directory = newDirectory()
    const store = await LevelStore.open(directory)
    closing.push(store)
    const first = vi.fn(async () => {})
    store.put(kept(1, 1))
    await store.flush()
    expect(await store.index(first)).toHaveLength(1)
    expect(first).not.toHaveBeenCalled()
    for (let at = 2; at <= 6_000; at++) store.put(kept(at, at))
    await store.flush()
    expect(await store.index(first)).toHaveLength(6_000)
    expect(first).toHaveBeenCalledOnce()
  })

  test('is read to the end before it is opened anew', async () => {
    const { resumed, store } = await watched(newDirectory())
    for (const at of [1, 2]) store.put(kept(at, at))
    await store.flush()
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const full = Object.assign(new Error('No space left on device'), { code: 'ENOSPC' })
    const batch = vi.spyOn(ClassicLevel.prototype, 'batch').mockRejectedValue(full)
    store.put(kept(3, 3))
    await store.flush()
    batch.mockRestore()
    const { isReading, goOn } = slowIterator()
    const index = store.index()
    await isReading
    await vi.advanceTimersByTimeAsync(1_000)
    vi.useRealTimers()
    // Time enough to open it, for whoever does not wait.
    await Promise.race([resumed, sleep(200)])
    goOn()
    expect([...(await index)].map(({ clock }) => clock)).toEqual([1, 2])
    expect(await resumed).toBe(true)
    expect([...(await store.index())].map(({ clock }) => clock)).toEqual([1, 2, 3])
    expect(store.isDamaged).toBe(false)
  })

  test('is not taken for damaged if a write that took too long ends while it is read', async () => {
    const { store, told } = await watched(newDirectory())
    for (const at of [1, 2]) store.put(kept(at, at))
    await store.flush()
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const [going, written] = [deferred<void>(), deferred<void>()]
    const original = ClassicLevel.prototype.batch as (of: never[]) => Promise<void>
    const slow = async function (this: ClassicLevel, of: never[]) {
      await going.promise
      await original.call(this, of)
      written.resolve()
    }
    vi.spyOn(ClassicLevel.prototype, 'batch').mockImplementationOnce(slow as never)
    store.put(kept(3, 3))
    const flushed = store.flush()
    // Ten looks: it has failed, and is not yet tried again.
    await vi.advanceTimersByTimeAsync(5_000)
    await flushed
    expect(told).toHaveLength(1)
    vi.useRealTimers()
    const { isReading, goOn } = slowIterator()
    const load = store.load()
    // Time enough to begin, for whoever does not wait.
    await Promise.race([isReading, sleep(200)])
    going.resolve()
    await written.promise
    goOn()
    expect(await load).toEqual([1, 2, 3].map(at => kept(at, at)))
    expect(store.isDamaged).toBe(false)
  })

  test.each(['and goes on', 'before it is closed'])(
    'whose files vanish is made anew, with all that they had, %s',
    async when => {
      const directory = newDirectory()
      const { resumed, store, told } = await watched(directory)
      store.put(kept(1, 1))
      await store.flush()
      rmSync(directory, { recursive: true })
      store.put(kept(2, 2))
      await store.flush()
      expect(told).toHaveLength(1)
      expect(store.recall(kept(1, 1))).toEqual(kept(1, 1).sealed)
      if (when === 'and goes on') expect(await resumed).toBe(true)
      await store.close()
      const again = await LevelStore.open(directory)
      expect(await again.load()).toEqual([kept(1, 1), kept(2, 2)])
      await again.close()
    }
  )

  test('is not made anew in a home that was deleted, and says so once', async () => {
    const home = newDirectory()
    const directory = join(home, 'rooms', 'messages')
    mkdirSync(directory, { recursive: true })
    const { store, told } = await watched(directory)
    rmSync(home, { recursive: true })
    store.put(kept(1, 1))
    await store.flush()
    await store.close()
    expect(told).toHaveLength(1)
    expect(existsSync(home)).toBe(false)
  })

  test('of the first version, which had no index, gets one', async () => {
    const directory = newDirectory()
    const former = new ClassicLevel<Uint8Array, Uint8Array>(directory, VIEWS)
    await former.put(Buffer.from('v'), Uint8Array.of(1))
    for (const at of [1, 2]) await former.put(keyOf(kept(at, at)), kept(at, at).sealed)
    await former.close()
    for (const puts of [[], [kept(3, 3)]]) {
      const store = await LevelStore.open(directory)
      for (const message of puts) store.put(message)
      expect([...(await store.index())].map(({ clock }) => clock)).toEqual([
        1,
        2,
        ...puts.map(() => 3)
      ])
      expect(store.isDamaged).toBe(false)
      await store.close()
    }
  })

  test('has the same index after restarts, deletions and replacements, however long its log has grown', async () => {
    const directory = newDirectory()
    const wanted = new Map<number, number>()
    for (let restart = 0; restart < 3; restart++) {
      const store = await LevelStore.open(directory)
      for (let at = 0; at < (restart === 0 ? 11_500 : 1_000); at++) {
        const clock = at % 400
        if (at % 7 === 0) store.delete(kept(clock, clock))
        else store.put(kept(clock, clock, 10 + ((at + restart) % 50)))
        if (at % 7 === 0) wanted.delete(clock)
        else wanted.set(clock, 10 + ((at + restart) % 50))
        if (at % 100 === 0) await store.flush()
      }
      await store.close()
      const again = await LevelStore.open(directory)
      const index = await again.index()
      expect([...index].map(({ bytes, clock }) => [clock, bytes])).toEqual(
        [...wanted].sort(([a], [b]) => a - b)
      )
      expect(await again.load()).toHaveLength(wanted.size)
      expect(again.isDamaged).toBe(false)
      await again.close()
    }
  })

  test('notices a record of its index that is missing or altered, and makes it anew of the messages', async () => {
    for (const alter of [
      (database: ClassicLevel<Uint8Array, Uint8Array>, key: Uint8Array) => database.del(key),
      async (database: ClassicLevel<Uint8Array, Uint8Array>, key: Uint8Array) => {
        const value = Uint8Array.from((await database.get(key)) ?? [])
        value[60] = (value[60] ?? 0) ^ 1
        await database.put(key, value)
      }
    ]) {
      const directory = newDirectory()
      await written(
        directory,
        [1, 2, 3, 4].map(at => kept(at, at))
      )
      const database = new ClassicLevel<Uint8Array, Uint8Array>(directory, VIEWS)
      await alter(database, recordKey(1))
      await database.close()
      const store = await LevelStore.open(directory)
      closing.push(store)
      expect([...(await store.index())].map(({ clock }) => clock)).toEqual([1, 2, 3, 4])
      expect(store.isDamaged).toBe(true)
    }
  })

  test('that somebody else has is taken over when it is free', async () => {
    const directory = newDirectory()
    const first = await LevelStore.open(directory)
    first.put(kept(1, 1))
    const second = new Promise<boolean>(onresume => {
      const store = LevelStore.later(directory, { onresume })
      closing.push(store)
      store.put(kept(2, 2))
    })
    await first.close()
    expect(await second).toBe(false)
    expect(await closing[0]?.load()).toEqual([kept(1, 1), kept(2, 2)])
  })

  test.each(['log', 'ldb', 'MANIFEST', 'CURRENT'])(
    'of which a byte was flipped (in a file called %s) has everything, or says so, or has what is not its id',
    { timeout: 60_000 },
    async kind => {
      const all = Array.from({ length: 50 }, (_, at) => kept(at, at, 200))
      for (const part of [0.1, 0.3, 0.5, 0.7, 0.9]) {
        const directory = newDirectory()
        await written(directory, all)
        flip(directory, kind, part)
        const store = await LevelStore.open(directory)
        const found = await store.load()
        const isNoticed = store.isDamaged || store.aside !== undefined
        const isGood = found.every(({ clock, id, sealed }) => {
          const wanted = all[clock]
          return wanted?.id === id && wanted.sealed.equals(sealed)
        })
        expect([part, isNoticed || (isGood && found.length === all.length) || !isGood]).toEqual([
          part,
          true
        ])
        await store.close()
      }
    }
  )

  test('on a disk that is far too slow gives up instead of filling the memory', async () => {
    const { store, told } = await watched(newDirectory())
    for (let at = 0; at < 20_002; at++) store.put(kept(at, at, 1))
    expect(told).toHaveLength(1)
    await store.close()
  })
})
