import type { IdentityKey } from '../../base/ids.js'
import type { Millis } from '../../base/time.js'
import { MAX_CLOCK_AHEAD_MILLIS, MAX_PRESENCE_INTERVAL_MILLIS } from '../config.js'
import { CLOCK_COMPLAINT_MILLIS, CLOCK_VOTE_MILLIS, MIN_CLOCK_VOTES } from '../history/tuning.js'

/** Two clocks of one machine go apart by less between two looks at them. Guess: slewing is half a millisecond a second. */
const MAX_DRIFT_MILLIS: Millis = 5_000

/** What the messages of a neighbour say about its clock. */
interface Vote {
  /** Its clock less our steady one, at least: a message says when it was made, and may have come late. */
  readonly base: Millis
  readonly at: Millis
  /** True if the message was pushed as it was made. */
  readonly isFresh: boolean
}

interface Neighbor {
  links: number
  vote?: Vote | undefined
}

/**
 * What time it is in the room. Our own clock says so, unless all our neighbours refute it: whoever is more than five minutes
 * behind them refuses all that they say, and is dated by their clocks from then on. A single neighbour can neither set our
 * clock nor make us doubt it, and one whose clock agrees with ours keeps it as it is, whatever all others say.
 */
export class RoomClock {
  // BOUNDED: MAX_LINKS. Members at the other ends of our links: only what they sign themselves counts.
  readonly #neighbors = new Map<IdentityKey, Neighbor>()
  #now: Millis = 0
  #wall: Millis = 0
  /** The room's time less our steady one, while our own clock is behind. */
  #base: Millis | undefined
  #toldAt: Millis = Number.NEGATIVE_INFINITY

  /** What time it is in the room, in whole ms since 1970; `now`: our steady clock, `wall`: what our own clock says. */
  read(now: Millis, wall: Millis): Millis {
    if (wall - now - (this.#wall - this.#now) > MAX_DRIFT_MILLIS) this.#startOver()
    this.#now = now
    this.#wall = wall
    return Math.floor(wall + this.correction)
  }

  /** What our own clock is corrected by, in ms: above zero while it is behind, and zero as a rule. */
  get correction(): Millis {
    return this.#isBehind ? this.#now + (this.#base ?? 0) - this.#wall : 0
  }

  /** A link to this member is up. */
  linkUp(identity: IdentityKey): void {
    const neighbor = this.#neighbors.get(identity)
    if (neighbor === undefined) this.#neighbors.set(identity, { links: 1 })
    else neighbor.links += 1
  }

  /** It is up no longer. What was found out holds until somebody says otherwise. */
  linkDown(identity: IdentityKey): void {
    const neighbor = this.#neighbors.get(identity)
    if (neighbor === undefined) return
    neighbor.links -= 1
    if (neighbor.links === 0) this.#neighbors.delete(identity)
  }

  /** A neighbour has signed a message with this clock, and sent it itself; `isFresh`: as it was made. */
  note(author: IdentityKey, clock: Millis, isFresh: boolean): void {
    const neighbor = this.#neighbors.get(author)
    if (neighbor === undefined) return
    const vote = { base: clock - this.#now, at: this.#now, isFresh }
    if (neighbor.vote === undefined || outdoes(vote, neighbor.vote)) neighbor.vote = vote
  }

  /** Looks once more whether our own clock can be right. True if what time it is in the room has changed by that. */
  judge(): boolean {
    const bases = this.#votes().map(({ base }) => base)
    if (bases.length < MIN_CLOCK_VOTES) return false
    const before = this.#isBehind
    const own = this.#wall - this.#now
    const behind = bases.every(base => base - own > MAX_CLOCK_AHEAD_MILLIS)
    this.#base = behind ? lowerMedian(bases) : undefined
    return this.#isBehind !== before
  }

  /**
   * By how many ms our own clock is behind those of all our neighbours (ahead of them: below zero), if it is time to tell
   * the owner of the room: once a minute at most, and only if it is off by more than five minutes.
   */
  complaint(): Millis | undefined {
    const behind = this.#isBehind ? this.correction : this.#ahead()
    if (behind === undefined || this.#now - this.#toldAt < CLOCK_COMPLAINT_MILLIS) return undefined
    this.#toldAt = this.#now
    return Math.round(behind)
  }

  /** False as well once our own clock has been set right. */
  get #isBehind(): boolean {
    if (this.#base === undefined) return false
    return this.#now + this.#base - this.#wall > MAX_CLOCK_AHEAD_MILLIS
  }

  // Nobody can correct this one for us: others refuse what we say until our clock comes back to theirs.
  #ahead(): Millis | undefined {
    const votes = this.#votes()
    const own = this.#wall - this.#now
    const all = votes.every(vote => latest(vote) - own < -MAX_CLOCK_AHEAD_MILLIS)
    if (votes.length < MIN_CLOCK_VOTES || !all) return undefined
    return lowerMedian(votes.map(({ base }) => base)) - own
  }

  // The machine slept, which a steady clock may not notice, or its clock was set: what others said is of another time.
  #startOver(): void {
    this.#base = undefined
    for (const neighbor of this.#neighbors.values()) neighbor.vote = undefined
  }

  #votes(): Vote[] {
    return [...this.#neighbors.values()].flatMap(({ vote }) =>
      vote && isLive(vote, this.#now) ? [vote] : []
    )
  }
}

/** A presence that came as history may be as old as the longest interval. */
function latest({ base, isFresh }: Vote): Millis {
  return isFresh ? base : base + MAX_PRESENCE_INTERVAL_MILLIS
}

function isLive(vote: Vote, now: Millis): boolean {
  return now - vote.at <= CLOCK_VOTE_MILLIS
}

/** What was pushed as it was made is the truth of now; what may have come late can only say too little. */
function outdoes(vote: Vote, former: Vote): boolean {
  return vote.isFresh || vote.base > former.base || !isLive(former, vote.at)
}

function lowerMedian(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[(sorted.length - 1) >> 1] ?? 0
}
