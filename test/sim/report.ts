import type { Member } from './member.js'
import { type MessageRecord, redundancy, type Spread, spread } from './metrics.js'
import { largestPart, oneSidedLinks } from './overlay.js'
import type { World } from './world.js'

/** Messages that build the tree: redundancy and hops count after them. */
const WARM_UP = 10

/** What a run showed. Times in virtual ms. */
export interface Report {
  readonly name: string
  readonly members: number
  readonly alive: number
  readonly messages: number
  /** Lowest share of the members that a message was meant for and that got it. */
  readonly delivery: number
  readonly redundancy: Spread
  readonly lastHop: Spread
  /** From saying to the last delivery. */
  readonly latency: Spread
  readonly links: Spread
  readonly maxLinks: number
  /** Links that only one side believes in after the room has been quiet for a while. */
  readonly oneSided: number
  /** Living members outside the largest part of the overlay. */
  readonly cutOff: number
  readonly repeated: number
  readonly unverified: number
  /** Names of everything that was ever over its bound: must be empty. */
  readonly overBound: readonly string[]
  /** Bytes sent per member and second, over the whole run. */
  readonly bytesPerSecond: number
  readonly payloadShare: number
  readonly dials: number
  readonly failedDials: number
  /** What the scenario was about: seconds until the overlay was whole, until all had the union. */
  readonly figures: Readonly<Record<string, number>>
  readonly events: number
  readonly trace: string
}

/** Who had to get a message: everybody that lived all the time, unless a scenario says otherwise. */
export type Audience = (record: MessageRecord) => readonly Member[]

/** Sums a run up. `counted`: the messages to judge, all but the first ten for redundancy and hops. */
export function report(
  name: string,
  world: World,
  audience: Audience,
  figures: Readonly<Record<string, number>> = {}
): Report {
  const { metrics } = world
  const oneSided = oneSidedLinks(world)
  const records = [...metrics.messages.values()]
  const settled = records.length > WARM_UP ? records.slice(WARM_UP) : records
  const alive = world.alive
  return {
    name,
    members: world.members.length,
    alive: alive.length,
    messages: records.length,
    delivery: Math.min(1, ...records.map(record => reached(record, audience(record)))),
    redundancy: spread(settled.map(redundancy)),
    lastHop: spread(settled.map(({ lastHop }) => lastHop)),
    latency: spread(settled.map(lastDelivery)),
    links: spread(alive.map(member => world.degree(member))),
    maxLinks: metrics.maxLinks,
    oneSided,
    cutOff: alive.length - largestPart(alive),
    repeated: metrics.repeated,
    unverified: metrics.unknown,
    overBound: world.overBound(),
    bytesPerSecond: metrics.bytes / world.members.length / (world.time / 1000),
    payloadShare: metrics.payloadBytes / Math.max(1, metrics.bytes),
    dials: metrics.dials,
    failedDials: metrics.failedDials,
    figures,
    events: world.trace.events,
    trace: world.trace.hash
  }
}

function reached({ delivered }: MessageRecord, audience: readonly Member[]): number {
  if (audience.length === 0) return 1
  return audience.filter(({ index }) => delivered.has(index)).length / audience.length
}

/** Time from saying to the last delivery, in virtual ms. */
export function lastDelivery({ at, delivered }: MessageRecord): number {
  let last = at
  for (const time of delivered.values()) last = Math.max(last, time)
  return last - at
}
