import { seededRandom } from '../../src/testing/world/random.js'
import { DECODERS, fuzzDecoder, SIGNATURES } from './decoders.js'
import { runSchedule } from './schedule.js'

/** A part of a run that depends on no other. */
export type Task =
  | {
      readonly type: 'decoder'
      readonly name: string
      readonly runs: number
      readonly seed: number
    }
  /** Schedules of this seed and those after it. */
  | { readonly type: 'schedules'; readonly count: number; readonly seed: number }

/** Checking a signature takes ten times as long as decoding. */
const SIGNATURE_SHARE = 1 / 50
/** Schedules in one task: some seconds. */
const SCHEDULES = 200

/** All of a run, what takes longest first. */
export function tasksOf(runs: number, schedules: number, seed: number): Task[] {
  const tasks: Task[] = []
  for (let n = 0; n < schedules; n += SCHEDULES)
    tasks.push({ type: 'schedules', count: Math.min(SCHEDULES, schedules - n), seed: seed + n })
  for (const { name } of DECODERS) tasks.push({ type: 'decoder', name, runs, seed })
  const signatures = Math.ceil(runs * SIGNATURE_SHARE)
  return [...tasks, { type: 'decoder', name: SIGNATURES.name, runs: signatures, seed }]
}

/** Throws an error that says how to replay what must not be. */
export function runTask(task: Task): void {
  if (task.type === 'decoder') fuzzOne(task)
  else for (let n = 0; n < task.count; n++) replayable(task.seed + n)
}

function fuzzOne({ name, runs, seed }: Task & { type: 'decoder' }): void {
  const decoder = [...DECODERS, SIGNATURES].find(each => each.name === name)
  if (decoder === undefined) throw new Error(`there is no decoder ${name}`)
  fuzzDecoder(decoder, runs, seededRandom(seed))
}

function replayable(seed: number): void {
  try {
    runSchedule(seededRandom(seed))
  } catch (thrown) {
    throw new Error(`schedule of --seed ${seed} --runs 0 --schedules 1`, { cause: thrown })
  }
}
