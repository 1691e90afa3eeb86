import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Millis } from '../../src/base/time.js'

export const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const COPIED = ['src', 'test', 'docs', 'examples', 'bin', 'package.json', 'tsconfig.json']
const CONFIG = 'vitest.config.ts'
/** Fuzz tests need not be long to notice what they can. */
const ENV = { ...process.env, FUZZ_RUNS: '20', CI: '' }
/** Tests that pass need no longer than this without a mutation. */
const BASE_MILLIS: Millis = 600_000
/** With one they may take three times as long, and never less than this: what takes longer goes round in circles. */
const LEAST_MILLIS: Millis = 60_000

/** A private copy of the tree, in which a file may be changed and tests run. */
export class Tree {
  readonly #path = mkdtempSync(join(tmpdir(), 'swarmchat-mutate-'))
  // BOUNDED: groups of test files.
  readonly #base = new Map<string, Promise<Millis | undefined>>()

  #running: ChildProcess | undefined

  constructor() {
    for (const name of [...COPIED, CONFIG]) {
      cpSync(join(ROOT, name), join(this.#path, name), { recursive: true })
    }
    symlinkSync(join(ROOT, 'node_modules'), join(this.#path, 'node_modules'))
  }

  /** How long these tests take without a mutation; undefined if they fail: then they tell nothing. */
  base(tests: readonly string[]): Promise<Millis | undefined> {
    const name = tests.join(' ')
    const known = this.#base.get(name) ?? this.#measure(tests)
    this.#base.set(name, known)
    return known
  }

  /** True if one of these tests fails, or does not end, while the file has this text. */
  async notices(
    file: string,
    text: string,
    tests: readonly string[],
    base: Millis
  ): Promise<boolean> {
    const path = join(this.#path, file)
    const original = readFileSync(path, 'utf8')
    writeFileSync(path, text)
    try {
      return !(await this.#passes(tests, Math.max(LEAST_MILLIS, 3 * base)))
    } finally {
      writeFileSync(path, original)
    }
  }

  /** Ends what runs in it, too. */
  remove(): void {
    kill(this.#running)
    rmSync(this.#path, { recursive: true, force: true })
  }

  async #measure(tests: readonly string[]): Promise<Millis | undefined> {
    const since = performance.now()
    const passes = await this.#passes(tests, BASE_MILLIS)
    return passes ? performance.now() - since : undefined
  }

  async #passes(tests: readonly string[], limit: Millis): Promise<boolean> {
    const args = ['node_modules/vitest/vitest.mjs', 'run', '--bail=1', '--reporter=dot', ...tests]
    const options = { cwd: this.#path, env: ENV, stdio: 'ignore', detached: true } as const
    const child = spawn(process.execPath, args, options)
    this.#running = child
    const timer = setTimeout(() => kill(child), limit)
    const [code] = await once(child, 'exit')
    clearTimeout(timer)
    this.#running = undefined
    return code === 0
  }
}

/** Ends a process and all that it started: they are a group of their own. */
function kill(child: ChildProcess | undefined): void {
  if (child?.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL')
}
