import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import type { MessageId } from '../../src/base/ids.js'
import type { Arrival } from '../../src/store/arrivals.js'
import { LevelStore } from '../../src/store/level-store.js'
import { kept } from '../support/kept.js'

const root = mkdtempSync(join(tmpdir(), 'swarmchat-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))
const newDirectory = () => mkdtempSync(join(root, 'store-'))

/** A store, and what it says has come. */
async function open(directory: string, isHeld = (_: MessageId) => false) {
  const told: Arrival[] = []
  const onarrive = (arrived: readonly Arrival[]) => void told.push(...arrived)
  return { store: await LevelStore.open(directory, { onarrive, isHeld }), told }
}

const names = (arrivals: readonly Arrival[]) => arrivals.map(({ id }) => Number.parseInt(id, 16))

describe('the order of arrival', () => {
  test('is that in which messages came, whatever their clocks say, also after a restart', async () => {
    const directory = newDirectory()
    const first = await open(directory)
    for (const [clock, name] of [
      [50, 1],
      [10, 2],
      [90, 3]
    ] as const)
      first.store.put(kept(clock, name))
    await first.store.flush()
    expect(names(first.told)).toEqual([1, 2, 3])
    first.store.put(kept(5, 4))
    await first.store.close()
    const second = await open(directory)
    second.store.put(kept(1, 5))
    const { arrivals } = await second.store.arrived()
    expect(names(arrivals)).toEqual([1, 2, 3, 4, 5])
    expect(arrivals.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5])
    await second.store.close()
  })

  test('gives a number once: what is deleted takes its own along', async () => {
    const directory = newDirectory()
    const first = await open(directory)
    for (const at of [1, 2, 3]) first.store.put(kept(at, at))
    await first.store.flush()
    first.store.delete(kept(3, 3))
    await first.store.close()
    const second = await open(directory)
    second.store.put(kept(4, 4))
    const { arrivals } = await second.store.arrived()
    expect(arrivals.map(({ number }) => number)).toEqual([1, 2, 4])
    await second.store.close()
  })

  test('keeps the number of a message that left its body behind', async () => {
    const { store, told } = await open(newDirectory())
    store.put(kept(1, 1))
    store.put(kept(2, 2))
    await store.flush()
    store.put(kept(1, 1, 10))
    await store.flush()
    expect(names(told)).toEqual([1, 2])
    expect(names((await store.arrived()).arrivals)).toEqual([1, 2])
    await store.close()
  })

  test('lets a message that is held back come when it is released', async () => {
    const held = new Set([kept(1, 1).id])
    const { store, told } = await open(newDirectory(), id => held.has(id))
    store.put(kept(1, 1))
    store.put(kept(2, 2))
    await store.flush()
    expect(names(told)).toEqual([2])
    held.clear()
    store.released(kept(1, 1).id)
    store.put(kept(3, 3))
    await store.flush()
    expect(names(told)).toEqual([2, 1, 3])
    await store.close()
  })

  test('has what was held back when its program ended', async () => {
    const directory = newDirectory()
    const first = await open(directory, () => true)
    first.store.put(kept(1, 1))
    await first.store.close()
    const second = await open(directory)
    expect(names((await second.store.arrived()).arrivals)).toEqual([1])
    await second.store.close()
  })

  test('belongs to one store: another one has another epoch', async () => {
    const directory = newDirectory()
    const [one, other] = [await open(directory), await open(newDirectory())]
    const { epoch } = await one.store.arrived()
    expect(epoch).toMatch(/^[0-9a-f]{16}$/)
    expect((await other.store.arrived()).epoch).not.toBe(epoch)
    one.store.put(kept(1, 1))
    await Promise.all([one.store.close(), other.store.close()])
    const again = await open(directory)
    expect((await again.store.arrived()).epoch).toBe(epoch)
    await again.store.close()
  })

  test('goes on when a damaged database is put aside', async () => {
    const { store, told } = await open(newDirectory())
    for (const at of [3, 1, 2]) store.put(kept(at, at))
    const { epoch } = await store.arrived()
    await store.quarantine([kept(1, 1), kept(3, 3)])
    store.put(kept(4, 4))
    const { arrivals, epoch: after } = await store.arrived()
    expect(after).toBe(epoch)
    expect(arrivals.map(({ id, number }) => [Number.parseInt(id, 16), number])).toEqual([
      [3, 1],
      [1, 2],
      [4, 4]
    ])
    expect(names(told).at(-1)).toBe(4)
    await store.close()
  })

  test('goes on when a database is damaged that was just opened', async () => {
    const directory = newDirectory()
    const first = await open(directory)
    for (const at of [3, 1, 2]) first.store.put(kept(at, at))
    const before = await first.store.arrived()
    await first.store.close()
    const { store } = await open(directory)
    await store.quarantine(await store.load())
    expect(await store.arrived()).toEqual(before)
    await store.close()
  })

  test('whatever comes, goes and restarts: each number means one message, and higher ones came later', async () => {
    const step = fc.oneof(
      {
        weight: 6,
        arbitrary: fc.record({
          type: fc.constant('put' as const),
          name: fc.integer({ min: 1, max: 12 })
        })
      },
      {
        weight: 2,
        arbitrary: fc.record({
          type: fc.constant('delete' as const),
          name: fc.integer({ min: 1, max: 12 })
        })
      },
      { weight: 2, arbitrary: fc.constant({ type: 'flush' as const, name: 0 }) },
      { weight: 1, arbitrary: fc.constant({ type: 'restart' as const, name: 0 }) }
    )
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async steps => {
        const directory = newDirectory()
        let { store, told } = await open(directory)
        const seen = new Map<number, MessageId>()
        let highest = 0
        const note = () => {
          for (const { id, number } of told.splice(0)) {
            expect(number).toBeGreaterThan(highest)
            highest = number
            seen.set(number, id)
          }
        }
        for (const { name, type } of steps) {
          if (type === 'put') store.put(kept(1_000 - name, name))
          if (type === 'delete') store.delete(kept(1_000 - name, name))
          if (type === 'flush') await store.flush()
          if (type === 'restart') await store.close()
          note()
          if (type === 'restart') ({ store, told } = await open(directory))
        }
        const all = await store.load()
        const { arrivals } = await store.arrived()
        note()
        await store.close()
        expect(new Set(arrivals.map(({ id }) => id))).toEqual(new Set(all.map(({ id }) => id)))
        for (const { id, number } of arrivals) expect(seen.get(number)).toBe(id)
      }),
      { numRuns: 12 }
    )
  })
})
