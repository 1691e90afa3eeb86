import { idFromBytes } from '../../src/base/ids.js'
import type { RoomEvent } from '../../src/protocol/events.js'
import { identityAt } from './room-node.js'
import { missing, type Setting, settled } from './scenarios.js'
import type { World } from './world.js'

const SECOND = 1_000
const CALM_SECONDS = 60
const CUT_SECONDS = 30
const WATCHED_SECONDS = 90
/** The share of the room that stops without a word. */
const LOST = 1 / 3

/** What presence and history came to in a room with setbacks. */
export interface Setback {
  /** Seconds from a mended cut until everybody had what both sides said. */
  readonly unionAfter: number
  /** Seconds from a crash until every survivor was told of everybody who is gone. */
  readonly goneAfter: number
  /** How often somebody was told that a living member that it could reach has left. */
  readonly wronglyGone: number
  /** Per member and second, over the whole run. */
  readonly bytesPerSecond: number
}

/** A calm room that is cut in two, each half talking, and mended; then a third of it stops without a word. */
export function setback(setting: Setting): Setback {
  const world = settled(setting)
  const leaves = new Leaves(world)
  world.run(CALM_SECONDS * SECOND)
  const wrongWhenCalm = leaves.wrong
  cut(world)
  const unionAfter = untilTrue(world, () => missing(world, world.alive) === 0)
  const before = leaves.wrong
  leaves.forget()
  const lost = world.choose(Math.round(LOST * setting.peers))
  world.crash(lost)
  const goneAfter = untilTrue(world, () => leaves.allTold(lost.length))
  const { bytes } = world.metrics
  return {
    unionAfter,
    goneAfter,
    wronglyGone: wrongWhenCalm + leaves.wrong - before,
    bytesPerSecond: bytes / setting.peers / (world.time / SECOND)
  }
}

function cut(world: World): void {
  world.partition(({ index }) => index % 2)
  for (let second = 0; second < CUT_SECONDS; second += 3) {
    for (const side of [0, 1]) {
      const [author] = world.choose(
        1,
        world.alive.filter(({ group }) => group === side)
      )
      if (author !== undefined) world.say(author, `side ${side}, ${second}`)
    }
    world.run(3 * SECOND)
  }
  world.partition(() => 0)
}

/** Lets time pass, and gives after how many seconds it held. */
function untilTrue(world: World, holds: () => boolean): number {
  let first = Number.POSITIVE_INFINITY
  for (let second = 1; second <= WATCHED_SECONDS; second++) {
    world.run(SECOND)
    if (first > second && holds()) first = second
  }
  return first
}

/** What members are told of who has left. */
class Leaves {
  /** Leaves of the living. */
  wrong = 0
  readonly #told = new Map<number, Set<string>>()
  readonly #world: World

  constructor(world: World) {
    this.#world = world
    world.onevent = ({ index }, event) => this.#note(index, event)
  }

  forget(): void {
    this.#told.clear()
  }

  /** True if each survivor was told of so many that are gone. */
  allTold(count: number): boolean {
    return this.#world.alive.every(({ index }) => this.#told.get(index)?.size === count)
  }

  #note(index: number, event: RoomEvent): void {
    if (event.type !== 'leave') return
    const lives = this.#world.alive.some(
      member => idFromBytes(identityAt(member.index).publicKey) === event.identity
    )
    if (lives) this.wrong += 1
    else this.#told.set(index, (this.#told.get(index) ?? new Set()).add(event.identity))
  }
}
