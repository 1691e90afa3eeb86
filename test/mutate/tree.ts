import {
  chmodSync,
  cpSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Millis } from '../../src/base/time.js'
import { type Ended, Watched } from './watched.js'

export const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const COPIED = ['src', 'test', 'docs', 'examples', 'bin', 'package.json', 'tsconfig.json']
const CONFIGS = ['vitest.config.ts', 'vitest.mutate.config.ts']
/** Fuzz tests need not be long to notice what they can. */
const ENV = { ...process.env, FUZZ_RUNS: '20', CI: '' }
/** Tests that pass need no more processor time than this without a mutation. */
const BASE_CPU_MILLIS: Millis = 600_000
/** With one they may take three times as much, and never less than this: what takes more goes round in circles. */
const LEAST_CPU_MILLIS: Millis = 60_000

/** What tests say of a mutation. */
export interface Answer {
  readonly isNoticed: boolean
  readonly cpu: Millis
}

/** A private copy of the tree, in which a file may be changed and tests run. */
export class Tree {
  readonly #path = mkdtempSync(join(tmpdir(), 'swarmchat-mutate-'))
  // BOUNDED: groups of test files.
  readonly #base = new Map<string, Promise<Millis | undefined>>()

  #running: Watched | undefined

  constructor() {
    // Some tests start programs as another user.
    chmodSync(this.#path, 0o755)
    for (const name of [...COPIED, ...CONFIGS]) {
      cpSync(join(ROOT, name), join(this.#path, name), { recursive: true })
    }
    symlinkSync(join(ROOT, 'node_modules'), join(this.#path, 'node_modules'))
  }

  /** The processor time that these tests take without a mutation; undefined if they fail: then they tell nothing. */
  base(tests: readonly string[]): Promise<Millis | undefined> {
    const name = tests.join(' ')
    const known = this.#base.get(name) ?? this.#measure(tests)
    this.#base.set(name, known)
    return known
  }

  /** Whether one of these tests fails, or does not end, while the file has this text; and the processor time that it took. */
  async ask(file: string, text: string, tests: readonly string[], base: Millis): Promise<Answer> {
    const path = join(this.#path, file)
    const original = readFileSync(path, 'utf8')
    writeFileSync(path, text)
    try {
      const { code, cpu } = await this.#run(tests, Math.max(LEAST_CPU_MILLIS, 3 * base))
      return { isNoticed: code !== 0, cpu }
    } finally {
      writeFileSync(path, original)
    }
  }

  /** Ends what runs in it, too. */
  remove(): void {
    this.#running?.kill()
    rmSync(this.#path, { recursive: true, force: true })
  }

  async #measure(tests: readonly string[]): Promise<Millis | undefined> {
    const { code, cpu } = await this.#run(tests, BASE_CPU_MILLIS)
    return code === 0 ? cpu : undefined
  }

  async #run(tests: readonly string[], limit: Millis): Promise<Ended> {
    const args = ['node_modules/vitest/vitest.mjs', 'run', '--config', 'vitest.mutate.config.ts']
    const env = { ...ENV, MUTATE_ORDER: tests.join(',') }
    const options = { cwd: this.#path, env, stdio: 'ignore' } as const
    this.#running = new Watched([...args, ...tests], limit, options)
    const ended = await this.#running.ended
    this.#running = undefined
    return ended
  }
}
