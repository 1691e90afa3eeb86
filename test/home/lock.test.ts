import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, test, vi } from 'vitest'
import { tryLock } from '../../src/home/lock.js'

const newLock = () => join(mkdtempSync(join(tmpdir(), 'swarmchat-')), 'lock')
const children: ChildProcess[] = []
/** Processes take their time to start on a busy machine. */
const SLOW_MILLIS = 120_000
/** Needs to be root, and Linux's namespaces. */
const hasNamespaces = process.platform === 'linux' && process.getuid?.() === 0

/** Another process that takes the lock; `entrance`: a command line that runs it. */
function locker(file: string, ...entrance: string[]): ChildProcess {
  const script = fileURLToPath(new URL('../support/hold-lock.ts', import.meta.url))
  const [program = '', ...args] = [...entrance, process.execPath, '--import', 'tsx', script, file]
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  children.push(child)
  return child
}

async function answerOf({ stdout }: ChildProcess): Promise<string> {
  const [line] = stdout === null ? [] : await once(createInterface(stdout), 'line')
  return line
}

async function killed(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL')
  await once(child, 'exit')
}

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})

test('is one’s alone until released', () => {
  const file = newLock()
  const lock = tryLock(file)
  expect(tryLock(file)).toBeUndefined()
  lock?.release()
  expect(tryLock(file)).toBeDefined()
  // What is released twice is not the lock of whoever came after.
  lock?.release()
  expect(tryLock(file)).toBeUndefined()
})

test('that is somebody else’s takes nothing of ours: as many files are open as before', () => {
  const file = newLock()
  const lock = tryLock(file)
  const nextDescriptor = () => {
    const descriptor = openSync(file, 'r')
    closeSync(descriptor)
    return descriptor
  }
  const before = nextDescriptor()
  expect(tryLock(file)).toBeUndefined()
  expect(nextDescriptor()).toBe(before)
  lock?.release()
})

test(
  'a living process keeps it, a killed one loses it at once',
  async () => {
    const file = newLock()
    const child = locker(file)
    expect(await answerOf(child)).toBe('held')
    expect(tryLock(file)).toBeUndefined()
    await killed(child)
    expect(tryLock(file)).toBeDefined()
    expect(readdirSync(dirname(file))).toEqual(['lock'])
  },
  SLOW_MILLIS
)

test(
  'of several that find a dead holder’s lock exactly one gets it',
  async () => {
    const file = newLock()
    const child = locker(file)
    expect(await answerOf(child)).toBe('held')
    await killed(child)
    const answers = await Promise.all(Array.from({ length: 4 }, () => answerOf(locker(file))))
    expect(answers.filter(answer => answer === 'held')).toHaveLength(1)
  },
  SLOW_MILLIS
)

test.runIf(hasNamespaces)(
  'it holds between containers, whose process ids are their own',
  async () => {
    const file = newLock()
    const child = locker(file, 'unshare', '--pid', '--fork', '--kill-child', '--mount-proc')
    expect(await answerOf(child)).toBe('held')
    expect(tryLock(file)).toBeUndefined()
    const other = locker(file, 'unshare', '--pid', '--fork', '--kill-child', '--mount-proc')
    expect(await answerOf(other)).toBe('refused')
    await killed(child)
    await vi.waitFor(() => expect(tryLock(file)).toBeDefined(), { timeout: 20_000 })
  }
)

test('what an earlier version left there is nobody’s lock', () => {
  const file = newLock()
  writeFileSync(file, '4194303 long-ago 00\n')
  expect(tryLock(file)).toBeDefined()
})

test('its file is its owner’s alone', () => {
  const file = newLock()
  tryLock(file)
  expect(statSync(file).mode & 0o777).toBe(0o600)
})

test('a symbolic link that somebody has planted is not followed', () => {
  const file = newLock()
  const treasure = join(dirname(file), 'treasure')
  writeFileSync(treasure, 'gold')
  symlinkSync(treasure, file)
  expect(() => tryLock(file)).toThrow(expect.objectContaining({ code: 'NO_HOME' }))
  expect(readFileSync(treasure, 'utf8')).toBe('gold')
  const dangling = join(dirname(file), 'dangling')
  symlinkSync(join(dirname(file), 'nothing'), dangling)
  expect(() => tryLock(dangling)).toThrow(expect.objectContaining({ code: 'NO_HOME' }))
  expect(existsSync(join(dirname(file), 'nothing'))).toBe(false)
})
