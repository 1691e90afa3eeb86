import type { Member } from './member.js'
import type { MessageRecord, Metrics } from './metrics.js'
import { type Report, report } from './report.js'
import { type Setting, settled } from './scenarios.js'
import type { World } from './world.js'

const SECOND = 1_000
/** Lines a second, in all, of a room that nothing is too much for: what else goes on hardly counts then. */
const CALM_RATE = 50
const CALM_SECONDS = 4
/** So long after a burst is over the room is to be quick again. */
const RECOVERY = 5 * SECOND
const LONGEST_BURST = 240 * SECOND

/** What it took to say some messages to everybody; counts are per delivery. */
interface Cost {
  readonly deliveries: number
  /** Microseconds of a whole core. */
  readonly work: number
  readonly copies: number
  readonly announced: number
  readonly grafted: number
  readonly stored: number
  readonly bytes: number
  /** From saying to hearing, in virtual ms. */
  readonly p50: number
  readonly p99: number
  /** Until the last had the last, in virtual ms. */
  readonly lasted: number
}

/** How a room went through a burst. */
export interface Burst {
  readonly calm: Cost
  readonly busy: Cost
  /** Calm talk again, 5 s after the burst was over. */
  readonly after: Cost
  readonly report: Report
}

/** All talk in turns; then everybody says a share of `messages` at once; and soon afterwards they talk in turns again. */
export function burst(setting: Setting): Burst {
  const world = settled(setting)
  const { messages = 1_000, rate = CALM_RATE } = setting
  const calm = measured(world, () => talk(world, rate))
  const busy = measured(world, () => shout(world, messages))
  world.run(RECOVERY)
  const after = measured(world, () => talk(world, rate))
  const name = `burst of ${messages} lines, ${setting.peers} members`
  return {
    calm,
    busy,
    after,
    report: report(name, world, () => world.alive, figures({ calm, busy, after }))
  }
}

function talk(world: World, rate: number): void {
  const lines = CALM_SECONDS * rate
  for (let line = 0; line < lines; line++) {
    const author = world.alive[line % world.alive.length]
    if (author !== undefined) world.say(author, `line ${line}`)
    world.run(SECOND / rate)
  }
  drain(world)
}

function shout(world: World, messages: number): void {
  const authors: Member[] = world.alive
  for (let line = 0; line < messages; line++) {
    const author = authors[line % authors.length]
    if (author !== undefined) world.say(author, `shout ${line}`)
  }
  drain(world)
}

/** Runs until everybody has everything. */
function drain(world: World): void {
  const end = world.time + LONGEST_BURST
  do world.run(SECOND / 10)
  while (world.time < end && !isOver(world))
}

function isOver({ alive, metrics }: World): boolean {
  for (const { delivered } of metrics.messages.values())
    if (delivered.size < alive.length) return false
  return true
}

function measured(world: World, act: () => void): Cost {
  const before = tally(world.metrics)
  const start = world.time
  act()
  const records = [...world.metrics.messages.values()].slice(before.messages)
  const lasted = lastOf(records) - start
  // What the burst leaves to do belongs to it.
  world.run(2 * SECOND)
  return costOf(records, before, tally(world.metrics), lasted)
}

function costOf(
  records: readonly MessageRecord[],
  before: Tally,
  after: Tally,
  lasted: number
): Cost {
  const ages = agesOf(records)
  const deliveries = ages.length
  const each = (name: keyof Tally) => (after[name] - before[name]) / deliveries
  return {
    deliveries,
    work: each('work'),
    copies: copiesOf(records) / deliveries,
    announced: each('announced'),
    grafted: each('grafted'),
    stored: each('stored'),
    bytes: each('bytes'),
    p50: ages[Math.floor(deliveries / 2)] ?? 0,
    p99: ages[Math.floor(deliveries * 0.99)] ?? 0,
    lasted
  }
}

type Tally = ReturnType<typeof tally>

function tally(metrics: Metrics) {
  const { bytes, framesByType, idsByType, messages, workMicros } = metrics
  return {
    messages: messages.size,
    work: workMicros,
    bytes,
    announced: idsByType.get('ihave') ?? 0,
    grafted: idsByType.get('graft') ?? 0,
    stored: framesByType.get('stored') ?? 0
  }
}

/** How old each delivery was, ascending; the authors' own are none. */
function agesOf(records: readonly MessageRecord[]): number[] {
  const ages: number[] = []
  for (const { at, author, delivered } of records) {
    for (const [member, time] of delivered) if (member !== author) ages.push(time - at)
  }
  return ages.sort((a, b) => a - b)
}

function copiesOf(records: readonly MessageRecord[]): number {
  return records.reduce((sum, { payloads }) => sum + payloads, 0)
}

function lastOf(records: readonly MessageRecord[]): number {
  let last = 0
  for (const { delivered } of records)
    for (const time of delivered.values()) last = Math.max(last, time)
  return last
}

function figures(costs: Readonly<Record<string, Cost>>): Record<string, number> {
  const named: Record<string, number> = {}
  for (const [name, cost] of Object.entries(costs)) {
    for (const [figure, value] of Object.entries(cost)) named[`${name}: ${figure}`] = value
  }
  return named
}
