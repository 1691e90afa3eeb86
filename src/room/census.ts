import { setTimeout as delay } from 'node:timers/promises'
import { atMost } from '../async/at-most.js'
import { untilAborted } from '../async/until-aborted.js'
import { offlineEverywhere } from '../base/errors.js'
import type { PeerKey } from '../base/ids.js'
import type { Millis } from '../base/time.js'
import { MIN_SAMPLES, Population } from '../swarm/population.js'
import { systemClock } from './clock.js'
import type { RoomUpdate } from './events.js'
import type { Room } from './room.js'
import { type Counted, type PeerNews, Tally } from './tally.js'

/** Who is in a room. */
export interface Census {
  /** Every device that was found, by its key. */
  readonly peers: readonly Counted[]
  /** Members that are here: identities of devices that are verified or present. Nobody can invent one by an announcement. */
  readonly members: number
  /** Keys that the DHT named. Anybody can have invented any of them. */
  readonly announced: number
  /**
   * About how many are announced, those that no lookup named included: from what three lookups or more
   * had in common. Undefined if there were fewer.
   */
  readonly estimate?: number | undefined
}

/** How a room is counted. */
export interface CensusOptions {
  /** Ends after so many ms, and the second that the last proofs take. */
  readonly timeout: Millis
  /** Ends early with what was found. */
  readonly interrupted?: AbortSignal | undefined
  /** Called with everything found so far, whenever that changes. */
  readonly onchange?: ((census: Census) => void) | undefined
}

/**
 * A connected peer says who it is, and with which nick, within this. Guess: a hello and a presence.
 */
const INTRODUCTION_MILLIS: Millis = 1_000
/** Whoever is linked answers within this if it is still there. Guess: three round trips around the world. */
const PROOF_WAIT_MILLIS: Millis = 1_000
/** Lookups are repeated so often at most. Of 1,000 announced each names a third; eight leave 4 % unseen. */
const MAX_LOOKUPS = 8
/** Enough was seen when no more than this part of it seems to be missing. */
const UNSEEN_PART = 0.01
/**
 * So long somebody is looked for when nobody is found: a local hub that has just taken over knows
 * nobody until the others have announced themselves again. Guess.
 */
const EMPTY_MILLIS: Millis = 3_000
/** Between two lookups while there is nothing to find. Guess. */
const PAUSE_MILLIS: Millis = 250
/** Changes are looked at together, so often. Guess: nobody sees it. */
const FLUSH_MILLIS: Millis = 20

/**
 * Looks who is in a room that was opened as an observer: looks up until nearly all that is announced
 * was seen, reaches for all of them, and asks everybody linked once more at the end, so that nobody
 * counts as verified who is dead by then. Ends early when the time is up, or with an interruption.
 * Throws OFFLINE if no network answered by then.
 */
export async function takeCensus(room: Room, options: CensusOptions): Promise<Census> {
  const { interrupted, onchange = () => {}, timeout } = options
  const census = new CensusTaker(room, onchange)
  await untilAborted(interrupted, census.take(timeout))
  census.end()
  if (!room.online && interrupted?.aborted !== true) throw offlineEverywhere(room.problems)
  return census.found()
}

class CensusTaker {
  readonly #room: Room
  readonly #onchange: (census: Census) => void
  readonly #tally = new Tally()
  readonly #population = new Population()
  // BOUNDED: those who wait in this file.
  #whenChanged: (() => void)[] = []
  // BOUNDED: the devices that are, or were, linked.
  readonly #proofs = new Set<PeerKey>()
  #flushing: NodeJS.Timeout | undefined
  #isOver = false
  readonly #onUpdate = (update: RoomUpdate) => this.#note(update)

  constructor(room: Room, onchange: (census: Census) => void) {
    this.#room = room
    this.#onchange = onchange
    room.on('update', this.#onUpdate)
  }

  /** Never rejects. */
  async take(timeout: Millis): Promise<void> {
    await atMost(timeout, this.#look())
    this.#isOver = true
    await atMost(PROOF_WAIT_MILLIS, this.#prove())
  }

  end(): void {
    this.#isOver = true
    clearTimeout(this.#flushing)
    this.#room.off('update', this.#onUpdate)
  }

  found(): Census {
    const now = systemClock.wall()
    this.#tally.roster(this.#room.signs(), now)
    this.#tally.departed(this.#room.departed(), now)
    const peers = this.#tally.counted(now)
    const here = peers.filter(({ state }) => state === 'verified' || state === 'present')
    const members = new Set(here.map(({ device, identity }) => identity ?? device)).size
    const { estimate, seen } = this.#population
    return { peers, members, announced: seen, estimate }
  }

  async #look(): Promise<void> {
    await this.#room.ready
    await this.#lookUp()
    while (this.#tally.isPending && !this.#isOver) await this.#nextChange()
    await atMost(INTRODUCTION_MILLIS, this.#introduced())
  }

  async #lookUp(): Promise<void> {
    const emptyUntil = performance.now() + EMPTY_MILLIS
    while (!this.#isOver && !this.#isSaturated(emptyUntil)) {
      const named = await this.#room.lookUp()
      if (named !== undefined) this.#change(() => this.#named(named))
      if (named === undefined || this.#population.seen === 0) await delay(PAUSE_MILLIS)
    }
  }

  #named(named: Parameters<Population['add']>[0]): void {
    this.#population.add(named)
    this.#tally.named(named, systemClock.wall())
  }

  #isSaturated(emptyUntil: number): boolean {
    const { estimate, samples, seen } = this.#population
    if (samples < MIN_SAMPLES || estimate === undefined) return false
    if (seen === 0) return performance.now() >= emptyUntil
    return samples >= MAX_LOOKUPS || estimate - seen <= UNSEEN_PART * seen
  }

  async #introduced(): Promise<void> {
    while (this.#tally.hasNameless && !this.#isOver) await this.#nextChange()
  }

  // That there is a link proves nothing of this second: a killed member ends none. On a link that
  // answers, what was inquired comes before the proof.
  async #prove(): Promise<void> {
    this.#proofs.clear()
    this.#room.inquire({ departed: true, neighbors: false })
    this.#room.probe()
    while (this.#proofs.size < this.#room.links) await this.#nextChange()
  }

  #note(update: RoomUpdate): void {
    if (update.type === 'peer') this.#change(() => this.#heard(update))
    else if (update.type === 'unreachable') this.#change(() => this.#tally.failed(update.device))
    else if (update.type === 'refused') this.#change(() => this.#tally.failed(update.peer))
    else if (update.type === 'join' || update.type === 'leave') this.#change(() => {})
  }

  #heard(news: PeerNews): void {
    this.#tally.heard(news, systemClock.wall())
    if (news.state === 'verified') this.#proofs.add(news.device)
  }

  // Hundreds of changes come at once, and looking at everybody takes a while.
  #change(what: () => void): void {
    what()
    this.#flushing ??= setTimeout(() => this.#flush(), FLUSH_MILLIS)
  }

  #flush(): void {
    this.#flushing = undefined
    this.#onchange(this.found())
    for (const resolve of this.#whenChanged.splice(0)) resolve()
  }

  #nextChange(): Promise<void> {
    return new Promise(resolve => this.#whenChanged.push(resolve))
  }
}
