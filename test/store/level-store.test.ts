import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ClassicLevel } from 'classic-level'
import { afterAll, describe, expect, test, vi } from 'vitest'
import type { SwarmchatError } from '../../src/base/errors.js'
import { LevelStore } from '../../src/store/level-store.js'
import { kept } from '../support/kept.js'
import { acceptanceOf } from './acceptance.js'

const root = mkdtempSync(join(tmpdir(), 'swarmchat-'))
const newDirectory = () => mkdtempSync(join(root, 'store-'))

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

  test('is opened by one at a time', async () => {
    const directory = newDirectory()
    const store = await LevelStore.open(directory)
    await expect(LevelStore.open(directory)).rejects.toMatchObject({ code: 'STORE_IN_USE' })
    await store.close()
    await (await LevelStore.open(directory)).close()
  })

  test('of a later version is refused, and left as it is', async () => {
    const directory = newDirectory()
    const options = { keyEncoding: 'view', valueEncoding: 'view' } as const
    const later = new ClassicLevel<Uint8Array, Uint8Array>(directory, options)
    await later.put(Buffer.from('v'), Uint8Array.of(2))
    await later.close()
    await expect(LevelStore.open(directory)).rejects.toMatchObject({ code: 'STORE_NEWER' })
    await later.open()
    expect(await later.get(Buffer.from('v'))).toEqual(Buffer.of(2))
    await later.close()
  })

  test('that cannot be made says so', async () => {
    const file = join(newDirectory(), 'file')
    writeFileSync(file, 'no directory')
    await expect(LevelStore.open(file)).rejects.toMatchObject({ code: 'STORE_FAILED' })
  })

  test('that cannot be written says so once, and keeps what it had', async () => {
    const directory = newDirectory()
    const told: SwarmchatError[] = []
    const store = await LevelStore.open(directory, error => told.push(error))
    store.put(kept(1, 1))
    await store.flush()
    const full = Object.assign(new Error('No space left on device'), { code: 'ENOSPC' })
    const batch = vi.spyOn(ClassicLevel.prototype, 'batch').mockRejectedValue(full)
    for (const at of [2, 3]) {
      store.put(kept(at, at))
      await store.flush()
    }
    batch.mockRestore()
    expect(told.map(({ code }) => code)).toEqual(['STORE_FAILED'])
    expect(told[0]?.message).toContain('No space left on device')
    await store.close()
    const again = await LevelStore.open(directory)
    expect(await again.load()).toEqual([kept(1, 1)])
    await again.close()
  })

  test('on a disk that is far too slow gives up instead of filling the memory', async () => {
    const told: SwarmchatError[] = []
    const store = await LevelStore.open(newDirectory(), error => told.push(error))
    for (let at = 0; at < 20_002; at++) store.put(kept(at, at, 1))
    expect(told).toHaveLength(1)
    await store.close()
  })
})
