import type { PeerKey } from '../../base/ids.js'
import { pick, sample } from '../../base/pick.js'
import type { Random } from '../../base/random.js'
import { ACTIVE_WALK, SHUFFLE_ACTIVE, SHUFFLE_PASSIVE } from '../config.js'
import type { ShuffleFrame, ShuffleReplyFrame } from '../wire/frames.js'
import type { PassiveView } from './passive-view.js'
import { ShuffleRoutes } from './shuffle-routes.js'

/** What a shuffle leads to. */
export interface Exchange {
  readonly send?: { readonly to: PeerKey; readonly frame: ShuffleFrame | ShuffleReplyFrame }
  /** The neighbour that this came from. */
  readonly by?: PeerKey
  /** Members that were named to us. */
  readonly learnt: readonly PeerKey[]
  /** Members that we named in return: they make room first (paper, section 4.4). */
  readonly spare: readonly PeerKey[]
}

const NOTHING: Exchange = { learnt: [], spare: [] }

/** Members that an honest shuffle names: no more are believed, whatever a frame can hold. */
const NAMED = SHUFFLE_ACTIVE + SHUFFLE_PASSIVE + 1

/** HyParView's shuffles: members exchange parts of their passive views over random walks. */
export class Shuffles {
  readonly #self: PeerKey
  readonly #passive: PassiveView
  readonly #random: Random
  readonly #routes = new ShuffleRoutes()
  #asked: PeerKey | undefined
  // BOUNDED: SHUFFLE_PASSIVE.
  #named: readonly PeerKey[] = []

  constructor(self: PeerKey, passive: PassiveView, random: Random) {
    this.#self = self
    this.#passive = passive
    this.#random = random
  }

  /** Neighbours to which shuffles were passed on. */
  get routes(): number {
    return this.#routes.size
  }

  /** Our own, to a random neighbour. */
  begin(active: ReadonlySet<PeerKey>): Exchange {
    const to = pick(active, this.#random)
    if (to === undefined) return NOTHING
    this.#asked = to
    this.#named = this.#passive.sample(SHUFFLE_PASSIVE)
    const others = [...active].filter(peer => peer !== to)
    const peers = [...sample(others, SHUFFLE_ACTIVE, this.#random), ...this.#named]
    const frame = { type: 'shuffle', origin: this.#self, ttl: ACTIVE_WALK, peers } as const
    return { ...NOTHING, send: { to, frame } }
  }

  /** A neighbour's: passed on, or answered at the end of its walk. */
  take(from: PeerKey, frame: ShuffleFrame, active: ReadonlySet<PeerKey>): Exchange {
    if (!active.has(from) || frame.origin === this.#self) return NOTHING
    const ttl = Math.min(frame.ttl, ACTIVE_WALK) - 1
    const others = [...active].filter(peer => peer !== from && peer !== frame.origin)
    const to = ttl > 0 ? pick(others, this.#random) : undefined
    return to === undefined ? this.#answer(from, frame) : this.#pass(from, to, { ...frame, ttl })
  }

  /** An answer goes back the way that the shuffle came: a connection only for it would cost too much. */
  takeReply(from: PeerKey, frame: ShuffleReplyFrame, active: ReadonlySet<PeerKey>): Exchange {
    const to = this.#routes.shift(from)
    if (to !== undefined) return active.has(to) ? { ...NOTHING, send: { to, frame } } : NOTHING
    if (this.#asked !== from) return NOTHING
    this.#asked = undefined
    return { by: from, learnt: frame.peers.slice(0, NAMED), spare: this.#named }
  }

  /** The link to this peer is gone. */
  forget(peer: PeerKey): void {
    this.#routes.delete(peer)
  }

  #pass(from: PeerKey, to: PeerKey, frame: ShuffleFrame): Exchange {
    this.#routes.push(to, from)
    return { ...NOTHING, send: { to, frame } }
  }

  #answer(from: PeerKey, { origin, peers }: ShuffleFrame): Exchange {
    const learnt = [origin, ...peers].slice(0, NAMED)
    const spare = this.#passive.sample(learnt.length)
    const reply = { type: 'shuffle-reply', peers: spare } as const
    return { send: { to: from, frame: reply }, by: from, learnt, spare }
  }
}
