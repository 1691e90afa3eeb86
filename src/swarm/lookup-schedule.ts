import b4a from 'b4a'
import type { Random } from '../base/random.js'
import type { Millis } from '../base/time.js'
import type { Address, LookupPeer } from './dht/types.js'

/**
 * Lookups after the own announcement, in ms. Announcing looks up *before* its records land, so peers that start
 * together miss each other there; the later of two that look up once more afterwards always finds the other.
 */
const FOLLOW_UP_MILLIS: readonly Millis[] = [0, 1_000, 4_000, 15_000]
/**
 * Nodes that a follow-up asks, other ones each time, of those that hold the topic; the last one asks all of them. Each
 * answers with all records up to 20. Guess: enough for some to be lost.
 */
const FOLLOW_UP_NODES = 6
/** Nodes that do not tell of all answer with so many records, drawn at random (hyperdht). */
const SAMPLE_SIZE = 20
/**
 * As long as nobody was reached and the samples bring new peers, one is drawn so often: most of those that are told of may
 * be dead, or made up.
 */
const REDRAW_MILLIS: Millis = 150
/** ... and so many times at most. Guess: 20 at a time, of 60 all but one in a hundred are known then. */
const MAX_REDRAWS = 12
/** Most peers known apart from new ones; beyond, all count as new. Guess: no room is as large. */
const MAX_KNOWN = 4_096
/** Records live 13 minutes at least (hyperdht). */
const REFRESH_MILLIS: Millis = 10 * 60_000
/** A random part of this is added to every wait but the first follow-up. */
const JITTER = 0.2

/** When a topic is looked up again, and which nodes are asked. Pure: what was heard comes in, waits come out. */
export class LookupSchedule {
  readonly #random: Random
  // BOUNDED: MAX_KNOWN.
  readonly #known = new Set<string>()
  #made = 0
  #redraws = 0
  /** Peers that this pass found first, and whether some node did not tell of all. */
  #learned = 0
  #sampled = false

  constructor(own: Uint8Array, random: Random) {
    this.#random = random
    this.#known.add(hex(own))
  }

  /** True where the next pass is no follow-up, but looks everything up (and announces). */
  get over(): boolean {
    return this.#made === 0
  }

  /** The next pass is no follow-up. */
  end(): void {
    this.#made = 0
    this.#redraws = 0
  }

  /** A pass begins. */
  begin(): void {
    this.#learned = 0
  }

  /** A node told of these. */
  heard(peers: readonly LookupPeer[]): void {
    this.#sampled ||= peers.length >= SAMPLE_SIZE
    for (const { publicKey } of peers) {
      const key = hex(publicKey)
      if (this.#known.has(key)) continue
      this.#learned++
      if (this.#known.size < MAX_KNOWN) this.#known.add(key)
    }
  }

  /** Those of the nodes that hold the topic which the follow-up now asks. */
  nodesToAsk(closest: readonly Address[]): readonly Address[] {
    const last = this.#made === FOLLOW_UP_MILLIS.length
    if (last || (this.#sampled && this.#made > 1)) return closest
    const turn = (this.#made - 1) * FOLLOW_UP_NODES
    const some = closest.slice(turn, turn + FOLLOW_UP_NODES)
    return some.length > 0 ? some : closest
  }

  /** How long to wait for the next pass, in ms. `alone`: nobody was reached yet. `client`: others are to be found. */
  next({ alone, client }: { readonly alone: boolean; readonly client: boolean }): Millis {
    if (!client) return this.#refresh()
    if (alone && !this.over && this.#mayRedraw()) {
      this.#redraws++
      return this.jittered(REDRAW_MILLIS)
    }
    // If a second follow-up learned nothing, the last one will do.
    if (this.#made > 1 && this.#learned === 0) {
      this.#made = Math.max(this.#made, FOLLOW_UP_MILLIS.length - 1)
    }
    const wait = FOLLOW_UP_MILLIS[this.#made]
    if (wait === undefined) return this.#refresh()
    this.#made++
    return wait === 0 ? 0 : this.jittered(wait)
  }

  /** A wait with a random part added. */
  jittered(wait: Millis): Millis {
    return wait * (1 + JITTER * this.#random())
  }

  #mayRedraw(): boolean {
    return this.#sampled && this.#learned > 0 && this.#redraws < MAX_REDRAWS
  }

  #refresh(): Millis {
    this.end()
    return this.jittered(REFRESH_MILLIS)
  }
}

function hex(key: Uint8Array): string {
  return b4a.toString(key, 'hex')
}
