import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { LevelStore } from '../../src/store/level-store.js'
import { putAll } from '../../src/store/put-all.js'
import { kept } from '../support/kept.js'

const root = mkdtempSync(join(tmpdir(), 'swarmchat-'))
const newDirectory = () => join(mkdtempSync(join(root, 'store-')), 'messages')

afterAll(() => rmSync(root, { recursive: true, force: true }))

test('a store that is cleared has nothing left in its files, or beside them, and goes on', async () => {
  const directory = newDirectory()
  const store = await LevelStore.open(directory)
  const messages = Array.from({ length: 100 }, (_, at) => kept(at, at, 1_000))
  await putAll(store, messages)
  const { epoch } = await store.arrived()
  mkdirSync(`${directory}.damaged-1`)
  await store.clear(() => messages.forEach(message => void store.delete(message)))
  expect(await store.load()).toEqual([])
  expect(readdirSync(join(directory, '..'))).toEqual(['messages'])
  const files = readdirSync(directory).map(file => readFileSync(join(directory, file)))
  expect(files.filter(bytes => bytes.includes(Buffer.alloc(50, 7)))).toEqual([])
  store.put(kept(1, 1_000))
  await store.flush()
  // Nobody is told twice of a number: it goes on where it was.
  expect(await store.arrived()).toEqual({
    epoch,
    last: 101,
    arrivals: [{ id: kept(1, 1_000).id, number: 101 }]
  })
  await store.close()
  const again = await LevelStore.open(directory)
  expect(await again.load()).toHaveLength(1)
  expect(again.isDamaged).toBe(false)
  await again.close()
})

test('what a program that was killed has not deleted to the end goes when the store is opened next', async () => {
  const directory = newDirectory()
  mkdirSync(`${directory}.deleted`, { recursive: true })
  await (await LevelStore.open(directory)).close()
  expect(readdirSync(join(directory, '..'))).toEqual(['messages'])
})

test('deleting very many messages at once does not look like a disk that is too slow', async () => {
  const told: unknown[] = []
  const store = await LevelStore.open(newDirectory(), { onfail: error => told.push(error) })
  const messages = Array.from({ length: 25_000 }, (_, at) => kept(at, at, 1))
  await putAll(store, messages)
  for (const message of messages) store.delete(message)
  store.put(kept(1, 30_000))
  await store.flush()
  expect(told).toEqual([])
  // As many as may wait; the others are deleted when the room is opened next.
  expect((await store.load()).length).toBeLessThanOrEqual(5_001)
  await store.close()
})
