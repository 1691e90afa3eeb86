import { MEMBERSHIP_TUNING, type MembershipTuning } from '../../src/protocol/membership/tuning.js'
import { LightNode } from './light-node.js'
import type { Report } from './report.js'
import { crash, type Setting } from './scenarios.js'

/** What a run is judged by. */
interface Outcome {
  readonly delivery: number
  readonly copies: number
  readonly lastHop: number
  readonly bytesPerSecond: number
  readonly dials: number
  readonly wholeAfter: number
}

type Numeric = {
  [K in keyof MembershipTuning]: MembershipTuning[K] extends number ? K : never
}[keyof MembershipTuning]

/** How a constant is changed, by the name of its column. */
const CHANGES: Readonly<Record<string, (value: number) => number>> = {
  halved: value => Math.ceil(value / 2),
  doubled: value => 2 * value
}
/** Runs of the same room differ by this much because of the seed alone, at least. */
const SEEDS = [1, 2]

/**
 * Runs a room of which half crashes, with each constant of membership halved and doubled, each with
 * several seeds, and gives the lines of a table: what a change does to the means. Without `only`, all
 * constants.
 */
export function* sweep(peers: number, only: readonly string[] = []): Generator<string> {
  const names = only.length === 0 ? numericNames() : only.map(known)
  const base = mean(peers, {})
  yield '| constant | default | | delivery | copies | last hop | bytes/s | dials | whole after, s |'
  yield '|---|---|---|---|---|---|---|---|---|'
  yield `| none | | | ${cells(base).join(' | ')} |`
  for (const name of names) {
    for (const [change, of] of Object.entries(CHANGES)) {
      const value = of(MEMBERSHIP_TUNING[name])
      const outcome = mean(peers, { [name]: value })
      yield `| \`${name}\` | ${MEMBERSHIP_TUNING[name]} | ${change} | ${cells(outcome).join(' | ')} |`
    }
  }
}

function numericNames(): Numeric[] {
  const names = Object.keys(MEMBERSHIP_TUNING) as (keyof MembershipTuning)[]
  return names.filter((name): name is Numeric => typeof MEMBERSHIP_TUNING[name] === 'number')
}

function known(word: string): Numeric {
  const name = numericNames().find(each => each === word)
  if (name === undefined) throw new RangeError(`no constant of membership is called ${word}`)
  return name
}

function mean(peers: number, membership: Partial<MembershipTuning>): Outcome {
  const make: Setting['make'] = birth => new LightNode(birth, { membership })
  const all = SEEDS.map(seed => outcomeOf(crash({ make, seed, peers, authors: 3 }, 0.5)))
  const of = (name: keyof Outcome) =>
    all.map(outcome => outcome[name]).reduce((a, b) => a + b, 0) / all.length
  return {
    delivery: of('delivery'),
    copies: of('copies'),
    lastHop: of('lastHop'),
    bytesPerSecond: of('bytesPerSecond'),
    dials: of('dials'),
    wholeAfter: of('wholeAfter')
  }
}

function outcomeOf(report: Report): Outcome {
  return {
    delivery: report.delivery,
    copies: 1 + report.redundancy.mean,
    lastHop: report.lastHop.mean,
    bytesPerSecond: report.bytesPerSecond,
    dials: report.dials,
    wholeAfter: report.figures['overlay whole after, s'] ?? Number.NaN
  }
}

function cells(outcome: Outcome): string[] {
  const { bytesPerSecond, copies, delivery, dials, lastHop, wholeAfter } = outcome
  return [
    `${(100 * delivery).toFixed(1)} %`,
    copies.toFixed(3),
    lastHop.toFixed(1),
    bytesPerSecond.toFixed(0),
    dials.toFixed(0),
    Number.isFinite(wholeAfter) ? wholeAfter.toFixed(1) : 'never'
  ]
}
