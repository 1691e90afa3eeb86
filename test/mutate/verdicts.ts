import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { appendFileSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Mutant } from './mutant.js'
import { ROOT } from './tree.js'

/** Beside what other tools remember between runs: no part of the tree. */
const FILE = join(ROOT, 'node_modules/.cache/swarmchat-mutate.ndjson')

export type Verdict = 'noticed' | 'survived'

/**
 * What earlier runs found out, so that one that was broken off goes on where it was. What survived is looked at again
 * when a test has changed since.
 */
export class Verdicts {
  readonly #tests = hashOfTests()
  // BOUNDED: mutations that were looked at.
  readonly #known = new Map<string, Verdict>()

  constructor(forget: boolean) {
    if (forget) rmSync(FILE, { force: true })
    for (const line of linesOf(FILE)) {
      const { key, verdict, tests } = JSON.parse(line)
      if (verdict === 'noticed' || tests === this.#tests) this.#known.set(key, verdict)
    }
  }

  of(mutant: Mutant): Verdict | undefined {
    return this.#known.get(keyOf(mutant))
  }

  note(mutant: Mutant, verdict: Verdict): void {
    mkdirSync(dirname(FILE), { recursive: true })
    const entry = { key: keyOf(mutant), verdict, tests: this.#tests }
    appendFileSync(FILE, `${JSON.stringify(entry)}\n`)
  }
}

function linesOf(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').split('\n').slice(0, -1)
  } catch {
    return []
  }
}

function keyOf({ file, text }: Mutant): string {
  return createHash('sha256').update(`${file}\n${text}`).digest('hex')
}

function hashOfTests(): string {
  const hash = createHash('sha256')
  const listed = execFileSync('git', ['ls-files', 'test'], { cwd: ROOT, encoding: 'utf8' })
  for (const file of listed.split('\n').filter(Boolean)) {
    hash.update(file).update(readFileSync(join(ROOT, file)))
  }
  return hash.digest('hex')
}
