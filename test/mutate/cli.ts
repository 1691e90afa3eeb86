import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { sample } from '../../src/base/pick.js'
import { seededRandom } from '../../src/testing/world/random.js'
import { type Mutation, mutationsOf } from './mutations.js'
import { testsOf } from './tests-of.js'

const USAGE = `npm run mutate -- [options] [path below src/ ...]

Makes small changes to the sources, one at a time in a copy of the tree, and tells which of them no test notices.
Paths: folders or files; default: protocol room swarm/dial swarm/door.ts swarm/connections ui.

  --sample n   so many mutations, chosen at random (200; 0: all)
  --seed n     another choice (1)`

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const DEFAULT = ['protocol', 'room', 'swarm/dial', 'swarm/door.ts', 'swarm/connections', 'ui']
/** A mutant that takes longer than this goes round in circles: it is noticed. */
const LIMIT_MILLIS = 240_000
/** Fuzz tests need not be long to notice what they can. */
const ENV = { ...process.env, FUZZ_RUNS: '20', CI: '' }

interface Mutant extends Mutation {
  readonly file: string
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    sample: { type: 'string', default: '200' },
    seed: { type: 'string', default: '1' },
    help: { type: 'boolean', default: false }
  }
})

function files(): string[] {
  const paths = (positionals.length > 0 ? positionals : DEFAULT).map(path => `src/${path}`)
  const listed = execFileSync('git', ['ls-files', ...paths], { cwd: ROOT, encoding: 'utf8' })
  return listed.split('\n').filter(file => file.endsWith('.ts'))
}

function mutants(): Mutant[] {
  const all = files().flatMap(file =>
    mutationsOf(readFileSync(join(ROOT, file), 'utf8')).map(mutation => ({ ...mutation, file }))
  )
  const count = Number(values.sample)
  return count === 0 ? all : sample(all, count, seededRandom(Number(values.seed)))
}

/** A copy of the tree in which files may be changed. */
function copyTree(): string {
  const tree = mkdtempSync(join(tmpdir(), 'swarmchat-mutate-'))
  for (const name of ['src', 'test', 'docs', 'examples', 'bin', 'package.json', 'tsconfig.json']) {
    cpSync(join(ROOT, name), join(tree, name), { recursive: true })
  }
  cpSync(join(ROOT, 'vitest.config.ts'), join(tree, 'vitest.config.ts'))
  symlinkSync(join(ROOT, 'node_modules'), join(tree, 'node_modules'))
  return tree
}

/** True if a test of these fails. */
async function fails(tree: string, tests: readonly string[]): Promise<boolean> {
  const args = ['node_modules/vitest/vitest.mjs', 'run', '--bail=1', '--reporter=dot', ...tests]
  const options = { cwd: tree, env: ENV, stdio: 'ignore', detached: true } as const
  const child = spawn(process.execPath, args, options)
  const timer = setTimeout(() => child.pid && process.kill(-child.pid, 'SIGKILL'), LIMIT_MILLIS)
  const [code] = await once(child, 'exit')
  clearTimeout(timer)
  return code !== 0
}

/** True if some test notices the mutant: those next to its file are asked first. */
async function isNoticed(tree: string, { file, text }: Mutant): Promise<boolean> {
  const path = join(tree, file)
  const original = readFileSync(path, 'utf8')
  writeFileSync(path, text)
  try {
    for (const tests of testsOf(file)) if (await fails(tree, tests)) return true
    return false
  } finally {
    writeFileSync(path, original)
  }
}

async function work(queue: Mutant[], survivors: Mutant[]): Promise<void> {
  const tree = copyTree()
  try {
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      const noticed = await isNoticed(tree, next)
      if (!noticed) survivors.push(next)
      const word = noticed ? 'noticed ' : 'SURVIVED'
      process.stdout.write(`${word} ${next.file}:${next.line} ${next.what}\n`)
    }
  } finally {
    rmSync(tree, { recursive: true, force: true })
  }
}

async function main(): Promise<void> {
  const queue = mutants()
  const total = queue.length
  const survivors: Mutant[] = []
  await Promise.all(Array.from({ length: cpus().length }, () => work(queue, survivors)))
  const noticed = total - survivors.length
  process.stdout.write(
    `${noticed} of ${total} noticed (${Math.round((100 * noticed) / total)} %)\n`
  )
}

if (values.help) process.stdout.write(`${USAGE}\n`)
else await main()
