import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { availableParallelism, constants, setPriority } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { sample } from '../../src/base/pick.js'
import type { Millis } from '../../src/base/time.js'
import { seededRandom } from '../../src/testing/world/random.js'
import type { Mutant } from './mutant.js'
import { mutationsOf } from './mutations.js'
import { testsOf } from './tests-of.js'
import { ROOT, Tree } from './tree.js'
import { Verdicts } from './verdicts.js'

const USAGE = `npm run mutate -- [options] [path ...]

Makes small changes to the sources, one at a time in a private copy of the tree, and tells which of them no test
notices. Paths: folders or files below src/; default: protocol room swarm/dial swarm/door.ts swarm/connections ui.
Broken off, it goes on where it was when it is started again.

  --sample n   so many mutations, chosen at random (200; 0: all)
  --seed n     another choice (1)
  --budget s   seconds of processor time for the tests of a mutation; what they have not noticed by then has
               survived (240)
  --jobs n     so many at a time (as many as there are processors)
  --forget     look again at what was looked at before`

const DEFAULT = ['protocol', 'room', 'swarm/dial', 'swarm/door.ts', 'swarm/connections', 'ui']

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    sample: { type: 'string', default: '200' },
    seed: { type: 'string', default: '1' },
    budget: { type: 'string', default: '240' },
    jobs: { type: 'string', default: String(availableParallelism()) },
    forget: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false }
  }
})
const budgetMillis: Millis = 1_000 * Number(values.budget)

function files(): string[] {
  const given = positionals.length > 0 ? positionals : DEFAULT
  const paths = given.map(path => `src/${path.replace(/^src\//, '')}`)
  const listed = execFileSync('git', ['ls-files', ...paths], { cwd: ROOT, encoding: 'utf8' })
  const found = listed.split('\n').filter(file => file.endsWith('.ts'))
  if (found.length === 0) throw new Error(`No sources: ${paths.join(' ')}`)
  return found
}

function mutants(): Mutant[] {
  const all = files().flatMap(file =>
    mutationsOf(readFileSync(join(ROOT, file), 'utf8')).map(mutation => ({ ...mutation, file }))
  )
  const count = Number(values.sample)
  return count === 0 ? all : sample(all, count, seededRandom(Number(values.seed)))
}

/** True if some test notices the mutant within the budget: those next to its file are asked first. */
async function isNoticed(tree: Tree, { file, text }: Mutant): Promise<boolean> {
  let left = budgetMillis
  for (const { from, tests } of testsOf(file)) {
    if (left <= 0) return false
    const base = await tree.base(from)
    if (base === undefined) tell(`${from.join(' ')} fails without a mutation: it is not asked`)
    if (base === undefined) continue
    const { cpu, isNoticed } = await tree.ask(file, text, tests, base)
    if (isNoticed) return true
    left -= cpu
  }
  return false
}

// BOUNDED: one for each job.
const trees = new Set<Tree>()

async function work(queue: Mutant[], survivors: Mutant[], verdicts: Verdicts): Promise<void> {
  const tree = new Tree()
  trees.add(tree)
  try {
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      const known = verdicts.of(next)
      const verdict = known ?? ((await isNoticed(tree, next)) ? 'noticed' : 'survived')
      if (known === undefined) verdicts.note(next, verdict)
      if (verdict === 'survived') survivors.push(next)
      tell(`${verdict} ${next.file}:${next.line} ${next.what}`)
    }
  } finally {
    tree.remove()
  }
}

function breakOff(): never {
  for (const tree of trees) tree.remove()
  return process.exit(130)
}

function tell(line: string): void {
  process.stdout.write(`${line}\n`)
}

async function main(): Promise<void> {
  setPriority(constants.priority.PRIORITY_LOW)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, breakOff)
  const queue = mutants()
  const total = queue.length
  const survivors: Mutant[] = []
  const verdicts = new Verdicts(values.forget)
  const jobs = Array.from({ length: Number(values.jobs) }, () => work(queue, survivors, verdicts))
  await Promise.all(jobs)
  const noticed = total - survivors.length
  tell(`${noticed} of ${total} noticed (${Math.round((100 * noticed) / total)} %)`)
}

if (values.help) tell(USAGE)
else await main()
