import { punctualTimeout } from '../../async/punctual-timeout.js'
import type { PeerKey } from '../../base/ids.js'
import type { Millis } from '../../base/time.js'
import type { SecretStream } from '../dht/stream-types.js'
import { peerSilent } from './liveness.js'
import {
  NO_STREAMS,
  PARKING_MILLIS,
  type Pair,
  type PairAction,
  type PairEvent,
  SETTLED_MILLIS,
  settle
} from './pair-rule.js'

/** A living peer acknowledges within this. Guess: two packets lost in a row, and their retransmission. */
const PROBE_MILLIS: Millis = 3_000

/** Keeps one connection per peer: the shell around the rule in connections.ts. */
export class Pairs {
  // BOUNDED: by the confirmed streams, which the swarm's limits on dials and on accepted connections bound.
  readonly #pairs = new Map<PeerKey, Pair<SecretStream>>()
  // BOUNDED: entries go with their streams.
  readonly #since = new WeakMap<SecretStream, number>()
  readonly #weAreLarger: (peer: PeerKey) => boolean
  readonly #onSurface: (peer: PeerKey, stream: SecretStream) => void
  readonly #onLost: (peer: PeerKey) => void

  /** `onLost`: a surfaced stream has ended, and no other follows it. */
  constructor(options: {
    readonly weAreLarger: (peer: PeerKey) => boolean
    readonly onSurface: (peer: PeerKey, stream: SecretStream) => void
    readonly onLost: (peer: PeerKey) => void
  }) {
    this.#weAreLarger = options.weAreLarger
    this.#onSurface = options.onSurface
    this.#onLost = options.onLost
  }

  /** Whether there is a confirmed stream to this peer. */
  has(peer: PeerKey): boolean {
    return this.#pairs.has(peer)
  }

  /** The surfaced stream to this peer. */
  current(peer: PeerKey): SecretStream | undefined {
    return this.#pairs.get(peer)?.current
  }

  /** Peers with a confirmed stream. */
  get size(): number {
    return this.#pairs.size
  }

  /** Every confirmed stream, parked ones too. */
  *streams(): Iterable<SecretStream> {
    for (const { current, parked } of this.#pairs.values()) {
      if (current !== undefined) yield current
      if (parked !== undefined) yield parked
    }
  }

  /** Those of them that were confirmed less than so many milliseconds ago. */
  *fresh(millis: Millis): Iterable<SecretStream> {
    const now = performance.now()
    for (const stream of this.streams()) {
      if (now - (this.#since.get(stream) ?? 0) < millis) yield stream
    }
  }

  /** A stream to this peer was confirmed. It is surfaced at once, later, or never. */
  add(peer: PeerKey, stream: SecretStream): void {
    // Not before everybody has heard of the end of this one is a successor surfaced.
    this.#since.set(stream, performance.now())
    stream.once('close', () => queueMicrotask(() => this.#step(peer, { type: 'closed', stream })))
    this.#step(peer, { type: 'confirmed', stream, settled: this.#isSettled(peer) })
  }

  /** Looks whether the streams live: those on which nothing comes within {@link PROBE_MILLIS} are destroyed. */
  probe(): void {
    for (const stream of this.streams()) probe(stream)
  }

  #isSettled(peer: PeerKey): boolean {
    const current = this.#pairs.get(peer)?.current
    const since = current && this.#since.get(current)
    return since !== undefined && performance.now() - since >= SETTLED_MILLIS
  }

  #step(peer: PeerKey, event: PairEvent<SecretStream>): void {
    const before = this.#pairs.get(peer) ?? NO_STREAMS
    const { pair, actions } = settle(before, event, this.#weAreLarger(peer))
    if (pair.current === undefined) this.#pairs.delete(peer)
    else this.#pairs.set(peer, pair)
    for (const action of actions) this.#perform(peer, pair, action)
    if (before.current !== undefined && pair.current === undefined) this.#onLost(peer)
  }

  #perform(peer: PeerKey, pair: Pair<SecretStream>, action: PairAction<SecretStream>): void {
    if (action.type === 'surface') this.#onSurface(peer, action.stream)
    else if (action.type === 'destroy') action.stream.destroy()
    else if (pair.current !== undefined) this.#park(peer, pair.current, action.stream)
  }

  // The keep-alive makes a living peer acknowledge within a round trip: any packet from it will do.
  #park(peer: PeerKey, current: SecretStream, stream: SecretStream): void {
    const heard = () => current.rawStream?.packetsReceived ?? 0
    const before = heard()
    current.sendKeepAlive()
    const timer = punctualTimeout(PARKING_MILLIS, () => {
      this.#step(peer, { type: 'parking-over', stream, alive: heard() > before })
    })
    stream.once('close', () => timer.cancel())
  }
}

// Any packet will do: the keep-alive makes a living peer acknowledge.
function probe(stream: SecretStream): void {
  const before = stream.rawStream?.packetsReceived ?? 0
  stream.sendKeepAlive()
  const timer = punctualTimeout(PROBE_MILLIS, () => {
    if ((stream.rawStream?.packetsReceived ?? 0) === before) stream.destroy(peerSilent())
  })
  stream.once('close', () => timer.cancel())
}
