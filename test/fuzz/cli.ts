// `npm run fuzz`: strangers' bytes for every decoder, and random hostile schedules for the whole machine, on as many
// processors as there are. Exits with 1 if anything throws, or is not as it must be; `--seed` replays a run.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { seedFromEnv } from '../support/seed.js'
import { type Task, tasksOf } from './task.js'
import type { Outcome } from './worker.js'

const USAGE = `npm run fuzz -- [options]

  --runs n         inputs to each decoder (1,000,000)
  --schedules n    random schedules to the whole machine (10,000)
  --workers n      processes (one for each processor)
  --seed n         replays a run (SEED from the environment, or 1)`

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '1000000' },
    schedules: { type: 'string', default: '10000' },
    workers: { type: 'string', default: `${availableParallelism()}` },
    seed: { type: 'string' },
    help: { type: 'boolean', default: false }
  }
})

const WORKER = fileURLToPath(new URL('worker.ts', import.meta.url))

/** Takes tasks from the list until there are none; processor time in seconds. */
async function work(tasks: Task[]): Promise<number> {
  const worker = fork(WORKER)
  const end = died(once(worker, 'exit'))
  // At last it ends because it is told to.
  end.catch(() => {})
  let seconds = 0
  try {
    for (let task = tasks.shift(); task !== undefined; task = tasks.shift()) {
      worker.send(task)
      const [outcome] = await Promise.race([once(worker, 'message'), end])
      report(task, outcome)
      seconds += outcome.seconds
    }
  } finally {
    worker.disconnect()
  }
  return seconds
}

async function died(exit: Promise<unknown[]>): Promise<[Outcome]> {
  const [code, signal] = await exit
  throw new Error(`a process of the run ended: ${code ?? signal}`)
}

function report(task: Task, { fault, seconds }: Outcome): void {
  const what =
    task.type === 'decoder'
      ? `${task.name}: ${task.runs} inputs`
      : `room machine: ${task.count} schedules from seed ${task.seed}`
  console.log(`${fault === undefined ? 'ok ' : 'BAD'} ${what} (${seconds.toFixed(1)} s)`)
  if (fault === undefined) return
  console.error(fault)
  process.exitCode = 1
}

async function main(): Promise<void> {
  const seed = Number(values.seed ?? seedFromEnv(1))
  const tasks = tasksOf(Number(values.runs), Number(values.schedules), seed)
  console.log(`seed ${seed}`)
  const start = performance.now()
  const workers = Array.from({ length: Number(values.workers) }, () => work(tasks))
  const spent = (await Promise.all(workers)).reduce((sum, seconds) => sum + seconds, 0)
  const took = (performance.now() - start) / 1_000
  console.log(`${spent.toFixed(0)} s of processor time in ${took.toFixed(0)} s`)
}

if (values.help) console.log(USAGE)
else await main()
