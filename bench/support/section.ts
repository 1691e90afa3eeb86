import type { Side } from '../child/contestant.js'
import { now, sleep } from './clock.js'
import type { World } from './world.js'

/** How much is measured. */
export interface Scale {
  /** Interleaved runs of each side; fewer where {@link seconds} are over. */
  readonly pairs: number
  /** How long the section may take, about. */
  readonly seconds: number
  /** Milliseconds that peers which have not met are waited for. */
  readonly patience: number
  /** True: takes its time, and measures everything so often. */
  readonly full: boolean
}

/** One measured thing, of both sides; null where a run never got there. */
export interface Row {
  readonly name: string
  readonly swarm: readonly (number | null)[]
  readonly hyperswarm: readonly (number | null)[]
}

/** Rows that share a unit. */
export interface Table {
  readonly caption?: string
  readonly unit: string
  readonly rows: readonly Row[]
}

/** What a section found. */
export interface Findings {
  readonly tables: readonly Table[]
  readonly notes?: readonly string[]
}

/** A section of the benchmark. */
export interface Section {
  /** What it is called on the command line. */
  readonly name: string
  readonly title: string
  /** Its part of the five minutes. */
  readonly seconds: number
  /** True: mostly waits, in processes of its own, and runs beside the others. */
  readonly background?: boolean
  run(world: World, scale: Scale): Promise<Findings>
}

/**
 * When each part of a section should have ended, on the clock of the machine, if they take time in these proportions.
 * A part that ends early leaves its time to the later ones.
 */
export function deadlines(seconds: number, weights: readonly number[]): number[] {
  const start = now()
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  let passed = 0
  return weights.map(weight => {
    passed += weight
    return start + (seconds * 1_000 * passed) / total
  })
}

/** Runs both sides so often, one after the other, the first one in turns; once at least, then until the deadline. */
export async function interleaved<T>(
  pairs: number,
  run: (side: Side, index: number) => Promise<T>,
  deadline = Number.POSITIVE_INFINITY
): Promise<Record<Side, T[]>> {
  const results: Record<Side, T[]> = { swarm: [], hyperswarm: [] }
  for (let index = 0; index < pairs && (index === 0 || now() < deadline); index++) {
    const sides: Side[] = index % 2 === 0 ? ['swarm', 'hyperswarm'] : ['hyperswarm', 'swarm']
    for (const side of sides) results[side].push(await run(side, index))
  }
  return results
}

/** The same, but each run starts so many ms after the one before, whether that has ended or not. */
export async function staggered<T>(
  pairs: number,
  millis: number,
  run: (side: Side, index: number) => Promise<T>
): Promise<Record<Side, T[]>> {
  const start = async (side: Side, index: number, slot: number) => {
    await sleep(slot * millis)
    return run(side, index)
  }
  const all = (side: Side, offset: number) =>
    Promise.all(Array.from({ length: pairs }, (_, index) => start(side, index, 2 * index + offset)))
  const [swarm, hyperswarm] = await Promise.all([all('swarm', 0), all('hyperswarm', 1)])
  return { swarm, hyperswarm }
}
