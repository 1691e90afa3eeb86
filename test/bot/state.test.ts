import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync
} from 'node:fs'
import { open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, test, vi } from 'vitest'
import { State } from '../../src/bot/state.js'
import { fileStorage, memoryStorage } from '../../src/bot/state-file.js'

const newFile = () => join(mkdtempSync(join(tmpdir(), 'swarmchat-')), 'state', 'room.json')

test('what was set is there after a restart, in a private file', async () => {
  const file = newFile()
  const state = await State.open(fileStorage(file))
  await state.set('a', { deep: [1, 2] })
  expect(await state.update('n', 1, n => n + 1)).toBe(2)
  await state.set('gone', true)
  await state.delete('gone')
  const again = await State.open(fileStorage(file))
  expect(again.get('a')).toEqual({ deep: [1, 2] })
  expect(again.get('n')).toBe(2)
  expect(again.get('gone', 'nothing')).toBe('nothing')
  expect(again.keys().sort()).toEqual(['a', 'n'])
  expect(statSync(file).mode & 0o777).toBe(0o600)
})

test('writes at once are one write after the one under way, and the last value wins', async () => {
  const saved: unknown[] = []
  const storage = memoryStorage()
  const state = await State.open({
    load: storage.load,
    save: async values => void saved.push(structuredClone(values))
  })
  await Promise.all([1, 2, 3, 4].map(n => state.set('n', n)))
  expect(saved).toEqual([{ n: 1 }, { n: 4 }])
})

test('what is changed after a get is not in the state', async () => {
  const state = await State.open(memoryStorage())
  await state.set('list', [1])
  state.get<number[]>('list', []).push(2)
  expect(state.get('list')).toEqual([1])
})

test('what is no JSON, or too much, is refused; a damaged file is left as it is', async () => {
  const state = await State.open(memoryStorage())
  expect(() => state.set('f', () => {})).toThrow(expect.objectContaining({ code: 'BAD_STATE' }))
  expect(() => state.set('big', 'x'.repeat(2_000_000))).toThrow(
    expect.objectContaining({ code: 'BAD_STATE' })
  )
  expect(state.has('big')).toBe(false)
  const file = join(mkdtempSync(join(tmpdir(), 'swarmchat-')), 'room.json')
  writeFileSync(file, '{"n": 1')
  await expect(State.open(fileStorage(file))).rejects.toMatchObject({
    code: 'DAMAGED_STATE',
    exitCode: 2,
    message: expect.stringContaining(file)
  })
  expect(readFileSync(file, 'utf8')).toBe('{"n": 1')
})

test('a failed write rejects for who waits, and ends nothing for who does not', async () => {
  const state = await State.open({
    load: async () => ({}),
    save: () => Promise.reject(new Error('the disk is full'))
  })
  void state.set('a', 1)
  await expect(state.set('b', 1)).rejects.toThrow('the disk is full')
  await state.flush()
})

test('a home that was deleted is not made anew by a write, which fails', async () => {
  const file = newFile()
  const home = join(file, '..')
  const state = await State.open(fileStorage(file))
  await state.set('n', 1)
  rmSync(home, { recursive: true })
  await expect(state.set('n', 2)).rejects.toMatchObject({ code: 'ENOENT' })
  expect(existsSync(home)).toBe(false)
})

test('a write is on the disk before it takes the place of the old one, and so is its name after', async () => {
  const file = newFile()
  const state = await State.open(fileStorage(file))
  await state.set('n', 1)
  const probe = await open(file)
  const steps: unknown[] = []
  vi.spyOn(Object.getPrototypeOf(probe), 'sync').mockImplementation(async () => {
    steps.push(JSON.parse(readFileSync(file, 'utf8')).n)
  })
  await probe.close()
  await state.set('n', 2)
  expect(steps).toEqual([1, 2])
  vi.restoreAllMocks()
})

test('kill -9 in the middle of writes leaves the old state or the new one', async () => {
  const file = newFile()
  const script = fileURLToPath(new URL('./write-state.ts', import.meta.url))
  for (let round = 1; round <= 4; round += 1) {
    const child = spawn(process.execPath, ['--import', 'tsx', script, file])
    let durable = 0
    let count = 0
    for await (const line of createInterface({ input: child.stdout })) {
      durable = Number(line)
      count += 1
      if (count === 5 * round) child.kill('SIGKILL')
    }
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    const values = JSON.parse(readFileSync(file, 'utf8'))
    expect(values.n).toBeGreaterThanOrEqual(durable)
    // The write under way may have landed; its padding may be one further.
    expect(values.n).toBeLessThanOrEqual(durable + 1)
    const isWhole = [values.n, values.n + 1].some(n => values.padding.startsWith(`${n}`))
    expect(isWhole, values.padding.slice(0, 20)).toBe(true)
  }
  await State.open(fileStorage(file))
  expect(readdirSync(join(file, '..'))).toEqual(['room.json'])
})
