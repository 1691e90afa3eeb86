import { type IdentityKey, idFromBytes } from '../../src/base/ids.js'
import { pick } from '../../src/base/pick.js'
import { ATTACKS } from './attacks.js'
import { HostileNode } from './hostile-node.js'
import type { Member } from './member.js'
import type { MessageRecord } from './metrics.js'
import type { Birth, SimNode } from './node.js'
import { type Report, report } from './report.js'
import { identityAt, RoomNode } from './room-node.js'
import { settled } from './scenarios.js'
import { EPOCH, type World } from './world.js'

const SECOND = 1_000
const MINUTE = 60 * SECOND

/** A hostile run. */
export interface HostileSetting {
  readonly seed: number
  readonly honest: number
  readonly hostile: number
  /** Virtual minutes of attacks, after the room has settled. */
  readonly minutes: number
  /** Share of the time in which somebody attacks. */
  readonly share: number
  /** Frames a second of an attack. */
  readonly rate: number
  /** Messages that each member keeps. A day of attacks brings more than the default: 60 full timelines are 2 GB. */
  readonly history: number
  /** Names of the attacks. Default: all that there are. */
  readonly attacks?: readonly string[] | undefined
  /** Hears how it stands, every ten minutes. Default: nobody. */
  readonly onprogress?: (progress: Progress) => void
}

/** How a run stands: a day of it takes so long that it may be broken off. */
export interface Progress {
  /** Virtual minutes of attacks that are over. */
  readonly minutes: number
  /** Lines said so far. */
  readonly lines: number
  /** Of those that are older than a minute, how many somebody honest lacks. */
  readonly lost: number
  /** Honest members that honest ones were told to be gone. */
  readonly departures: number
  /** Names of what was ever over its bound. */
  readonly overBound: readonly string[]
}

/** Authors count as settled after 10 minutes; then the attacks begin. */
const SETTLED_MILLIS = 11 * MINUTE
/** How long one attack lasts. */
const ATTACK_MILLIS = 6 * SECOND
const TICK_MILLIS = 100
/** Between two lines of the honest. */
const LINE_MILLIS = 10 * SECOND
/** Between two looks at how the run stands. */
const PROGRESS_MILLIS = 10 * MINUTE
/** After the last line: retries of history come to an end. */
const DRAIN_MILLIS = 60 * SECOND

/**
 * A room of honest members in which some identities attack at random: what, when and whom the seed decides. The honest
 * talk all the time; everything that they say has to reach everybody, and nobody may be told that one of them has gone.
 */
export function hostile(setting: HostileSetting): Report {
  const { honest, hostile: count, minutes, seed } = setting
  const nodes = new Map<number, HostileNode>()
  const make = (birth: Birth) => nodeOf(birth, setting, nodes)
  const world = settled({ make, seed, peers: honest + count })
  const good = world.members.filter(({ index }) => index < honest)
  for (const node of nodes.values()) node.meet(good)
  const departures = watchDepartures(world, good)
  world.run(SETTLED_MILLIS)
  plan(world, setting, nodes)
  talk(world, good, setting, departures)
  world.run(DRAIN_MILLIS)
  const figures = { 'living members told to be gone': departures(), ...slowest(world, good) }
  const name = `hostile, ${honest} honest, ${count} hostile, ${minutes} min`
  return report(name, world, () => good, figures)
}

function nodeOf(
  birth: Birth,
  { history, honest }: HostileSetting,
  nodes: Map<number, HostileNode>
): SimNode {
  if (birth.index < honest) return new RoomNode(birth, {}, history)
  const node = new HostileNode(birth, history)
  nodes.set(birth.index, node)
  return node
}

/** Counts the honest members that honest ones are told to be gone. */
function watchDepartures(world: World, good: readonly Member[]): () => number {
  const living = new Set(
    good.map(({ index }) => idFromBytes<IdentityKey>(identityAt(index).publicKey))
  )
  const witnesses = new Set(good)
  let count = 0
  world.onevent = (member, event) => {
    if (event.type === 'leave' && witnesses.has(member) && living.has(event.identity)) count++
  }
  return () => count
}

/** Puts the attacks on the agenda. */
function plan(
  world: World,
  { attacks = Object.keys(ATTACKS), minutes, rate, share }: HostileSetting,
  nodes: ReadonlyMap<number, HostileNode>
): void {
  const count = Math.max(1, Math.round((share * minutes * MINUTE) / ATTACK_MILLIS))
  for (let n = 0; n < count; n++) {
    const at = world.random() * minutes * MINUTE
    const kind = pick(attacks, world.random) ?? ''
    const by = pick([...nodes], world.random)
    if (by !== undefined) attackAt(world, at, by, kind, (rate * TICK_MILLIS) / SECOND)
  }
}

function attackAt(
  world: World,
  at: number,
  [index, node]: readonly [number, HostileNode],
  kind: string,
  count: number
): void {
  const member = world.members[index]
  if (member === undefined) return
  for (let tick = 0; tick < ATTACK_MILLIS; tick += TICK_MILLIS) {
    world.later(at + tick, () => {
      world.act(member, node.attack(kind, count, EPOCH + world.time))
    })
  }
}

function talk(
  world: World,
  good: readonly Member[],
  { minutes, onprogress }: HostileSetting,
  departures: () => number
): void {
  for (let at = 0; at < minutes * MINUTE; at += LINE_MILLIS) {
    if (at % PROGRESS_MILLIS === 0) {
      const overBound = world.overBound()
      const lines = world.metrics.messages.size
      const lost = lostOnes(world, good)
      onprogress?.({ minutes: at / MINUTE, lines, lost, departures: departures(), overBound })
    }
    const [author] = world.choose(1, good)
    if (author !== undefined) world.say(author, `line ${at}`)
    world.run(LINE_MILLIS)
  }
}

/** Lines older than a minute that somebody honest lacks. */
function lostOnes(world: World, good: readonly Member[]): number {
  const lacks = ({ at, delivered }: MessageRecord) =>
    at < world.time - MINUTE && good.some(({ index }) => !delivered.has(index))
  return [...world.metrics.messages.values()].filter(lacks).length
}

/** The slowest delivery to somebody honest, in seconds: who attacks is cut off, and hears late. */
function slowest(world: World, good: readonly Member[]): Record<string, number> {
  const times = [...world.metrics.messages.values()].flatMap(({ at, delivered }) =>
    good.map(({ index }) => (delivered.get(index) ?? at) - at)
  )
  const last = times.reduce((most, time) => Math.max(most, time), 0)
  return { 'slowest delivery to the honest, s': last / SECOND }
}
