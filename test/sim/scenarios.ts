import type { Member } from './member.js'
import { spread } from './metrics.js'
import type { MakeNode } from './node.js'
import type { WorldOptions } from './options.js'
import { largestPart } from './overlay.js'
import { type Audience, lastDelivery, type Report, report } from './report.js'
import { World } from './world.js'

/** What a scenario is run with. */
export interface Setting {
  readonly make: MakeNode
  readonly seed: number
  readonly peers: number
  /** Members that take turns in talking. Default 1. */
  readonly authors?: number
  /** Messages said. Default 50. */
  readonly messages?: number | undefined
  /** Messages a second. Default 1. */
  readonly rate?: number | undefined
  readonly world?: Partial<WorldOptions>
}

const SECOND = 1_000
const MINUTE = 60 * SECOND

/** Members start within this: slow enough for lookups to see those before, fast enough to be a rush. */
const START_WITHIN = 20 * SECOND
const SETTLE = 60 * SECOND
const DRAIN = 20 * SECOND

/** A room in which nothing goes wrong but what always does: failed, slow and simultaneous dials. */
export function stable(setting: Setting): Report {
  const world = settled(setting)
  talk(world, setting, world.choose(setting.authors ?? 1))
  return report(`stable, ${setting.peers} members`, world, () => world.alive)
}

/** A share of the members stops at once; the survivors go on talking. */
export function crash(setting: Setting, share: number): Report {
  const world = settled(setting)
  talk(world, { ...setting, messages: 10 }, world.choose(setting.authors ?? 1))
  world.crash(world.choose(Math.round(share * setting.peers)))
  const survivors = world.alive
  const until = 180
  const whole = watch(world, until, () => largestPart(survivors) === survivors.length)
  const seen = survivors.length
  for (let second = 0; second < until; second++) {
    const [author] = world.choose(1)
    if (author !== undefined) world.say(author, `after ${second}`)
    world.run(SECOND)
  }
  world.run(DRAIN)
  const first = firstReaching(world, survivors, seen)
  const figures = { 'overlay whole after, s': whole(), 'messages reach all after, s': first }
  const late = afterSeconds(world, first)
  return report(
    `crash of ${100 * share} %, ${setting.peers} members`,
    world,
    late(survivors),
    figures
  )
}

/** A tenth of the members is replaced every minute, for ten minutes; those who stay must hear everything. */
export function churn(setting: Setting, minutes = 10): Report {
  const world = settled(setting)
  const stayers = world.choose(Math.round(setting.peers / 10))
  const pool = new Set(stayers)
  const perMinute = Math.round(setting.peers / 10)
  for (let at = 0; at < minutes * perMinute; at++) {
    world.later((at * MINUTE) / perMinute, () => replaceOne(world, pool))
  }
  for (let second = 0; second < minutes * 60; second += 2) {
    const [author] = world.choose(1, stayers)
    if (author !== undefined) world.say(author, `${second}`)
    world.run(2 * SECOND)
  }
  world.run(DRAIN)
  const stayed = world.alive.filter(({ since }) => since <= START_WITHIN)
  return report(`churn, ${setting.peers} members, ${minutes} min`, world, () => stayed)
}

/** Two halves for five minutes, both talking; then one room again. */
export function partition(setting: Setting, minutes = 5): Report {
  const world = settled(setting)
  world.partition(({ index }) => index % 2)
  for (let second = 0; second < minutes * 60; second += 5) {
    for (const side of [0, 1]) {
      const [author] = world.choose(
        1,
        world.alive.filter(({ group }) => group === side)
      )
      if (author !== undefined) world.say(author, `side ${side}, ${second}`)
    }
    world.run(5 * SECOND)
  }
  world.partition(() => 0)
  const members = world.alive
  const whole = watch(world, 120, () => largestPart(members) === members.length)
  const union = watch(world, 120, () => missing(world, members) === 0)
  world.run(120 * SECOND)
  const figures = { 'overlay whole after, s': whole(), 'union everywhere after, s': union() }
  return report(`partition, ${setting.peers} members`, world, () => members, figures)
}

/** A share of the members takes part in the overlay and forwards nothing. */
export function blackholes(setting: Setting, share = 0.2): Report {
  const world = settled(setting)
  for (const member of world.choose(Math.round(share * setting.peers))) member.blackhole = true
  const honest = world.alive.filter(({ blackhole }) => !blackhole)
  talk(world, setting, world.choose(setting.authors ?? 1, honest))
  return report(`${100 * share} % blackholes, ${setting.peers} members`, world, () => honest)
}

/** A share of the members stops and comes back after half a minute under its key, every other one with what it had stored. */
export function restart(setting: Setting, share = 0.2): Report {
  const world = settled(setting)
  const half = Math.ceil((setting.messages ?? 50) / 2)
  const stayers = world.choose(Math.round((1 - share) * setting.peers))
  const others = world.alive.filter(member => !stayers.includes(member))
  talk(world, { ...setting, messages: half }, world.choose(setting.authors ?? 1, stayers))
  world.crash(others)
  talk(world, { ...setting, messages: 10 }, world.choose(setting.authors ?? 1, stayers))
  for (const [at, member] of others.entries()) world.restart(member, at % 2 === 0)
  world.run(SETTLE)
  const back = world.time
  talk(world, { ...setting, messages: half }, world.choose(setting.authors ?? 1))
  const audience: Audience = ({ at }) => (at >= back ? world.alive : stayers)
  return report(`restart of ${100 * share} %, ${setting.peers} members`, world, audience)
}

/** One member says a thousand things a second, for a while; the others talk on. */
export function spam(setting: Setting, perSecond = 1_000, lasting = 20): Report {
  const world = settled(setting)
  const [spammer] = world.choose(1)
  if (spammer === undefined) throw new RangeError('nobody is here to spam')
  const honest = world.alive.filter(member => member !== spammer)
  const authors = world.choose(setting.authors ?? 1, honest)
  talk(world, { ...setting, messages: 20 }, authors)
  const usual = slowest(world, spammer)
  const start = world.time
  world.metrics.spammer = spammer.index
  for (let at = 0; at < lasting * perSecond; at++) {
    world.later((at * SECOND) / perSecond, () => world.say(spammer, `buy ${at}`))
  }
  talk(world, { ...setting, messages: lasting }, authors)
  const during = slowest(world, spammer, start)
  const figures = {
    'usual last delivery, s': usual / SECOND,
    'last delivery under spam, s': during / SECOND,
    'spam said': lasting * perSecond,
    'spam pushed over the busiest honest link': world.metrics.busiestLink('message'),
    'the same with history': world.metrics.busiestLink('stored')
  }
  const audience: Audience = ({ author }) => (author === spammer.index ? [] : honest)
  return report(`spam at ${perSecond}/s, ${setting.peers} members`, world, audience, figures)
}

/** The mean time to the last delivery of what the honest said from a time on. */
function slowest(world: World, spammer: Member, since = 0): number {
  const records = [...world.metrics.messages.values()]
  const judged = records.filter(({ at, author }) => author !== spammer.index && at >= since)
  return spread(judged.map(lastDelivery)).mean
}

// Parts of scenarios

/** A room that has started and settled. */
export function settled({ make, peers, seed, world: options = {} }: Setting): World {
  const world = new World(make, { ...options, seed })
  world.add(peers, START_WITHIN)
  weigh(world)
  world.run(START_WITHIN + SETTLE)
  return world
}

/** Looks at what everybody holds, over and over. */
function weigh(world: World): void {
  world.overBound()
  world.later(5 * SECOND, () => weigh(world))
}

/** The authors take turns; then everything in flight arrives. */
function talk(world: World, setting: Setting, authors: readonly Member[]): void {
  const { messages = 50, rate = 1 } = setting
  for (let turn = 0; turn < messages; turn++) {
    const author = authors[turn % authors.length]
    if (author !== undefined) world.say(author, `message ${turn}`)
    world.run(SECOND / rate)
  }
  world.run(DRAIN)
}

/** Looks once a second; afterwards the answer is the second in which it was true for the first time. */
function watch(world: World, seconds: number, holds: () => boolean): () => number {
  let first = Number.POSITIVE_INFINITY
  for (let second = 1; second <= seconds; second++) {
    world.later(second * SECOND, () => {
      if (first > second && holds()) first = second
    })
  }
  return () => first
}

function replaceOne(world: World, stayers: ReadonlySet<Member>): void {
  world.crash(
    world.choose(
      1,
      world.alive.filter(member => !stayers.has(member))
    )
  )
  world.add(1, SECOND)
}

/** Deliveries that are still owed, over all messages. */
export function missing(world: World, members: readonly Member[]): number {
  let count = 0
  for (const { delivered } of world.metrics.messages.values()) {
    for (const { index } of members) if (!delivered.has(index)) count++
  }
  return count
}

/** Seconds after the crash from which on every message reached all survivors. */
function firstReaching(world: World, survivors: readonly Member[], audience: number): number {
  const after = [...world.metrics.messages.values()].filter(record => record.audience === audience)
  const start = after[0]?.at ?? 0
  const lost = after.filter(({ delivered }) => survivors.some(({ index }) => !delivered.has(index)))
  const last = lost.at(-1)
  return last === undefined ? 0 : (last.at - start) / SECOND + 1
}

/** Judges the messages that were said after so many seconds from the crash. */
function afterSeconds(world: World, seconds: number): (survivors: readonly Member[]) => Audience {
  const alive = world.alive.length
  const after = [...world.metrics.messages.values()].filter(({ audience }) => audience === alive)
  const start = (after[0]?.at ?? 0) + seconds * SECOND
  return survivors => record => (record.audience === alive && record.at >= start ? survivors : [])
}
