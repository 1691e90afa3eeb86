import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import b4a from 'b4a'
import { ClassicLevel } from 'classic-level'
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { hash } from '../../src/base/crypto.js'
import { idToBytes } from '../../src/base/ids.js'
import { firstHeardIn } from '../../src/protocol/history/first-heard.js'
import { IdSum, indexedOf } from '../../src/store/index-rows.js'
import { keyOf, recordKey } from '../../src/store/layout.js'
import { LevelStore } from '../../src/store/level-store.js'
import { RowBytes } from '../../src/store/row-bytes.js'
import type { Kept } from '../../src/store/store.js'
import { EPOCH, identityOf } from '../support/harness.js'
import { messageOf } from '../support/hostile.js'

const MINUTE = 60_000
const YEAR = 365 * 24 * 60 * MINUTE
const VIEWS = { keyEncoding: 'view', valueEncoding: 'view' } as const

const root = mkdtempSync(join(tmpdir(), 'swarmchat-'))
const newDirectory = () => mkdtempSync(join(root, 'heard-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

const opened: LevelStore[] = []
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'], now: EPOCH })
})
afterEach(async () => {
  vi.useRealTimers()
  await Promise.all(opened.splice(0).map(store => store.close()))
})

async function openedAt(directory: string, time: number): Promise<LevelStore> {
  vi.setSystemTime(time)
  const store = await LevelStore.open(directory)
  opened.push(store)
  return store
}

const line = (name: string, clock: number, body = 'x') =>
  messageOf(name, { clock, body: Buffer.from(body) })

async function put(store: LevelStore, time: number, ...messages: readonly Kept[]): Promise<void> {
  vi.setSystemTime(time)
  for (const message of messages) store.put(message)
  await store.flush()
}

/** When these were first heard, as the index says it; undefined for who is not there. */
async function heardIn(store: LevelStore, ...names: string[]): Promise<(number | undefined)[]> {
  const heard = firstHeardIn(await store.index(), Date.now())
  return names.map(name => heard.get(identityOf(name)))
}

/** What a database of layout 2 had of these: its index said nothing of when their authors were heard. */
async function writeFormer(directory: string, messages: readonly Kept[]): Promise<void> {
  const former = new ClassicLevel<Uint8Array, Uint8Array>(directory, VIEWS)
  await former.put(Buffer.from('v'), Uint8Array.of(2))
  const [rows, sum] = [new RowBytes(), new IdSum()]
  for (const message of messages) {
    const { author, bytes, clock, id, kind } = indexedOf(message)
    rows.uint8(1).bytes(idToBytes(id)).uint64(clock).uint32(bytes).uint8(kind)
    rows.uint32(0xffffffff).bytes(idToBytes(author)).uint8(0)
    sum.toggle(id)
    await former.put(keyOf(message), message.sealed)
  }
  const tally = new RowBytes().uint64(messages.length).bytes(sum.bytes).finish()
  const content = b4a.concat([tally, rows.finish()])
  await former.put(recordKey(0), b4a.concat([hash([content]).subarray(0, 8), content]))
  await former.close()
}

describe('when an author was first heard', () => {
  test('is when it came to the store, whatever it is dated and says later, after a restart too', async () => {
    const directory = newDirectory()
    const store = await openedAt(directory, EPOCH)
    await put(store, EPOCH, line('ann', EPOCH - YEAR))
    await put(store, EPOCH + MINUTE, line('bob', EPOCH - 2 * YEAR), line('ann', EPOCH + MINUTE))
    await store.close()
    const again = await openedAt(directory, EPOCH + 2 * MINUTE)
    expect(await heardIn(again, 'ann', 'bob', 'cyd')).toEqual([EPOCH, EPOCH + MINUTE, undefined])
    await put(again, EPOCH + 3 * MINUTE, line('bob', EPOCH + 3 * MINUTE))
    expect(await heardIn(again, 'ann', 'bob')).toEqual([EPOCH, EPOCH + MINUTE])
    expect(again.isDamaged).toBe(false)
  })

  test('stays when the index is written anew', async () => {
    const directory = newDirectory()
    const store = await openedAt(directory, EPOCH)
    const lines = Array.from({ length: 100 }, (_, at) => line('ann', EPOCH - at, 'x'.repeat(at)))
    await put(store, EPOCH, line('bob', EPOCH))
    for (let at = 0; at < 110; at++) await put(store, EPOCH + MINUTE + at, ...lines)
    await store.close()
    const again = await openedAt(directory, EPOCH + YEAR)
    expect(await again.index()).toHaveLength(101)
    expect((await again.index()).rows).toBeLessThan(11_000)
    expect(await heardIn(again, 'ann', 'bob')).toEqual([EPOCH + MINUTE, EPOCH])
  })

  test('is forgotten with the last of what it said, and begins anew', async () => {
    const directory = newDirectory()
    const store = await openedAt(directory, EPOCH)
    const [one, other] = [line('ann', EPOCH), line('bob', EPOCH)]
    await put(store, EPOCH, one, other)
    store.delete(one)
    await store.flush()
    expect(await heardIn(store, 'ann', 'bob')).toEqual([undefined, EPOCH])
    for (let at = 0; at < 10_100; at++) {
      store.put(other)
      await store.flush()
    }
    await put(store, EPOCH + MINUTE, line('ann', EPOCH))
    await store.close()
    const again = await openedAt(directory, EPOCH + YEAR)
    expect(await heardIn(again, 'ann', 'bob')).toEqual([EPOCH + MINUTE, EPOCH])
  })

  test('is the date of its oldest line in a database of an earlier version, noted once', async () => {
    const directory = newDirectory()
    await writeFormer(directory, [line('ann', EPOCH - MINUTE), line('bob', EPOCH + YEAR)])
    const store = await openedAt(directory, EPOCH)
    expect(await heardIn(store, 'ann', 'bob')).toEqual([EPOCH - MINUTE, EPOCH])
    expect(store.isDamaged).toBe(false)
    await vi.advanceTimersByTimeAsync(10_000)
    await put(store, EPOCH + MINUTE, line('ann', EPOCH - YEAR), line('cyd', EPOCH - YEAR))
    await store.close()
    const again = await openedAt(directory, EPOCH + 2 * MINUTE)
    const heard = [EPOCH - MINUTE, EPOCH + 10_000, EPOCH + MINUTE]
    expect(await heardIn(again, 'ann', 'bob', 'cyd')).toEqual(heard)
  })

  test('is now if the clock was set back since, and noted, so that it is not now for ever', async () => {
    const directory = newDirectory()
    const store = await openedAt(directory, EPOCH + YEAR)
    await put(store, EPOCH + YEAR, line('ann', EPOCH))
    await store.close()
    const again = await openedAt(directory, EPOCH)
    expect(await heardIn(again, 'ann')).toEqual([EPOCH])
    await vi.advanceTimersByTimeAsync(10_000)
    await again.close()
    const later = await openedAt(directory, EPOCH + MINUTE)
    expect(await heardIn(later, 'ann')).toEqual([EPOCH + 10_000])
  })

  test.each([
    ['cut off', (record: Uint8Array) => record.subarray(0, -20), EPOCH - 2 * MINUTE],
    ['gone', () => undefined, EPOCH]
  ])(
    'is still known, as far as the index can be read, when a record of it is %s',
    async (_, left, last) => {
      const directory = newDirectory()
      const store = await openedAt(directory, EPOCH)
      await put(store, EPOCH, line('ann', EPOCH - YEAR))
      await put(store, EPOCH, line('bob', EPOCH - 3 * MINUTE))
      await put(store, EPOCH, line('cyd', EPOCH - 2 * MINUTE))
      await store.close()
      const database = new ClassicLevel<Uint8Array, Uint8Array>(directory, VIEWS)
      const record = left((await database.get(recordKey(1))) as Uint8Array)
      if (record === undefined) await database.del(recordKey(1))
      else await database.put(recordKey(1), record)
      await database.close()
      const again = await openedAt(directory, EPOCH + MINUTE)
      const heard = [EPOCH, EPOCH - 3 * MINUTE, last]
      expect(await heardIn(again, 'ann', 'bob', 'cyd')).toEqual(heard)
      expect(again.isDamaged).toBe(true)
      await again.quarantine(await again.load())
      expect(await heardIn(again, 'ann', 'bob', 'cyd')).toEqual(heard)
    }
  )

  test('stays where what is good goes to another database, and goes where all is deleted', async () => {
    const directory = newDirectory()
    const store = await openedAt(directory, EPOCH)
    const lines = ['ann', 'bob'].map(name => line(name, EPOCH))
    await put(store, EPOCH, ...lines)
    vi.setSystemTime(EPOCH + MINUTE)
    await store.quarantine(lines)
    expect(await heardIn(store, 'ann', 'bob')).toEqual([EPOCH, EPOCH])
    await store.clear(() => {})
    await put(store, EPOCH + 2 * MINUTE, ...lines)
    expect(await heardIn(store, 'ann', 'bob')).toEqual([EPOCH + 2 * MINUTE, EPOCH + 2 * MINUTE])
  })

  test('stays when the files vanish and are written anew', async () => {
    const directory = newDirectory()
    const store = await openedAt(directory, EPOCH)
    await put(store, EPOCH, line('ann', EPOCH))
    rmSync(directory, { recursive: true })
    await put(store, EPOCH + MINUTE, line('bob', EPOCH))
    await store.retry()
    expect(await heardIn(store, 'ann')).toEqual([EPOCH])
    expect(await store.load()).toHaveLength(2)
  })
})
