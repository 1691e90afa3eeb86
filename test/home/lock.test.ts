import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { tryLock } from '../../src/home/lock.js'

const newLock = () => join(mkdtempSync(join(tmpdir(), 'swarmchat-')), 'lock')
const children: ChildProcess[] = []

function locker(file: string): ChildProcess {
  const script = new URL('../support/hold-lock.ts', import.meta.url)
  const child = fork(script, [file], { execArgv: ['--import', 'tsx'] })
  children.push(child)
  return child
}

const answerOf = async (child: ChildProcess) => (await once(child, 'message'))[0]

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})

test('is one’s alone until released', () => {
  const file = newLock()
  const lock = tryLock(file)
  expect(tryLock(file)).toBeUndefined()
  lock?.release()
  expect(tryLock(file)).toBeDefined()
})

test('a living process keeps it, a killed one loses it at once', async () => {
  const file = newLock()
  const child = locker(file)
  expect(await answerOf(child)).toBe('held')
  expect(tryLock(file)).toBeUndefined()
  child.kill('SIGKILL')
  await once(child, 'exit')
  expect(tryLock(file)).toBeDefined()
  expect(readdirSync(dirname(file))).toEqual(['lock'])
})

test('of several that find a dead holder’s lock exactly one gets it', async () => {
  const file = newLock()
  writeFileSync(file, '4194303 long-ago 00\n')
  const answers = await Promise.all(Array.from({ length: 6 }, () => answerOf(locker(file))))
  expect(answers.filter(answer => answer === 'held')).toHaveLength(1)
})

test('a process id that was given to another process since does not hold it', () => {
  const file = newLock()
  writeFileSync(file, `${process.ppid} long-ago 00\n`)
  const lock = tryLock(file)
  // Only Linux tells when a process started.
  if (process.platform === 'linux') expect(lock).toBeDefined()
})

test('nonsense in the file is nobody’s lock', () => {
  const file = newLock()
  writeFileSync(file, 'x')
  expect(tryLock(file)).toBeDefined()
})
