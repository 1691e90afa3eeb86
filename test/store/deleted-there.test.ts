import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import type { MessageId } from '../../src/base/ids.js'
import { LevelStore } from '../../src/store/level-store.js'
import { kept } from '../support/kept.js'

const root = mkdtempSync(join(tmpdir(), 'swarmchat-'))
const newDirectory = () => join(mkdtempSync(join(root, 'store-')), 'messages')

afterAll(() => rmSync(root, { recursive: true, force: true }))

/** Deletions are dated to the millisecond. */
function aMomentLater(): void {
  for (const from = performance.now(); performance.now() < from + 5; );
}

/** A store that has a database, and another one that waits for it and has the same message. */
async function two(directory = newDirectory()) {
  const stays: MessageId[][] = []
  const ondeleted = (_: number, ids: ReadonlySet<MessageId>) => stays.push([...ids])
  const first = await LevelStore.open(directory)
  const second = LevelStore.later(directory, { ondeleted })
  for (const store of [first, second]) store.put(kept(1, 1))
  await first.flush()
  aMomentLater()
  return { directory, first, second, stays }
}

const idsIn = async (store: LevelStore) => (await store.load()).map(({ id }) => id)

describe('what another program has deleted', () => {
  test('is not written back by one that had it, which hears what stays', async () => {
    const { first, second, stays } = await two()
    await first.clear(() => {})
    aMomentLater()
    for (const store of [first, second]) store.put(kept(2, 2))
    second.put(kept(3, 3))
    await first.close()
    await second.retry()
    const ids = [kept(2, 2).id, kept(3, 3).id]
    expect(await idsIn(second)).toEqual(ids)
    expect(stays.map(each => each.toSorted())).toEqual([ids])
    await second.close()
  })

  test('counts as deleted when it was heard of: nothing is dropped twice', async () => {
    const { first, second, stays } = await two()
    await first.clear(() => {})
    second.deletions.heard(first.deletions.at)
    aMomentLater()
    second.put(kept(3, 3))
    expect(stays).toEqual([[]])
    await first.close()
    await second.retry()
    expect(await idsIn(second)).toEqual([kept(3, 3).id])
    expect(stays).toHaveLength(1)
    await second.close()
  })

  test('stays deleted if it was copied before, however long that took', async () => {
    const { first, second } = await two()
    const asked = performance.now()
    aMomentLater()
    await first.clear(() => {})
    aMomentLater()
    second.put(kept(2, 2), asked)
    await first.close()
    await second.retry()
    expect(await idsIn(second)).toEqual([])
    await second.close()
  })

  test('is that of before: a deletion that was over when a program began costs it nothing', async () => {
    const directory = newDirectory()
    const before = await LevelStore.open(directory)
    await before.clear(() => {})
    aMomentLater()
    await before.close()
    const { first, second, stays } = await two(directory)
    second.deletions.heard(first.deletions.at)
    second.put(kept(2, 2))
    await first.close()
    await second.retry()
    expect(await idsIn(second)).toEqual([kept(1, 1).id, kept(2, 2).id])
    expect(stays).toEqual([])
    await second.close()
  })

  test('is known after its database was damaged and put aside', async () => {
    const { first, second } = await two()
    await first.clear(() => {})
    await first.quarantine([])
    await first.close()
    await second.retry()
    expect(await idsIn(second)).toEqual([])
    await second.close()
  })
})

describe('a program that is killed while it deletes', () => {
  // As the files are after each step of it.
  const steps: [string, (directory: string, deleted: string) => void][] = [
    ['once the files have another name', (directory, deleted) => renameSync(directory, deleted)],
    [
      'when some of them are gone',
      (directory, deleted) => {
        renameSync(directory, deleted)
        rmSync(join(deleted, 'CURRENT'))
      }
    ],
    [
      'before the new database has the time of it',
      (directory, deleted) => {
        rmSync(directory, { recursive: true })
        mkdirSync(deleted)
      }
    ]
  ]
  test.each(steps)('%s: nothing comes back, and nothing new is lost', async (_, step) => {
    const { directory, first, second, stays } = await two()
    await first.close()
    step(directory, `${directory}.deleted-${Date.now()}`)
    aMomentLater()
    second.put(kept(2, 2))
    await second.retry()
    expect(await idsIn(second)).toEqual([kept(2, 2).id])
    expect(stays).toEqual([[kept(2, 2).id]])
    expect(readdirSync(join(directory, '..'))).toEqual(['messages'])
    await second.close()
    const third = await LevelStore.open(directory)
    expect(await idsIn(third)).toEqual([kept(2, 2).id])
    expect(third.deletions.at).toBe(second.deletions.at)
    await third.close()
  })

  test('before that: nothing is deleted', async () => {
    const { first, second, stays } = await two()
    await first.close()
    await second.retry()
    expect(await idsIn(second)).toEqual([kept(1, 1).id])
    expect(stays).toEqual([])
    await second.close()
  })
})
