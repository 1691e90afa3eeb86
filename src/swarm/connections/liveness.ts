import { SwarmchatError } from '../../base/errors.js'
import type { Millis } from '../../base/time.js'
import type { SecretStream } from '../dht/stream-types.js'

/** A connection that has been silent this long gets an empty message, which every hyperdht peer acknowledges and drops. Guess. */
const PROBE_MILLIS: Millis = 1_500
/** How often the connections are looked at. */
const CHECK_MILLIS: Millis = 500
/** A connection on which no packet, not even an acknowledgement, came for this long is dead. Guess: two messages and a bit. */
const SILENCE_MILLIS: Millis = 4_000
/** A check that comes later than this says that we were asleep or busy, not that the others are gone. */
const STALL_MILLIS: Millis = 1_500

/** PEER_SILENT: nothing was heard from the other side for four seconds. */
export const peerSilent = () =>
  new SwarmchatError('PEER_SILENT', 'The other side went silent.', {
    hint: 'Its process or its network ended.',
    exitCode: 1
  })

interface Heard {
  packets: number
  at: Millis
  /** When the next empty message is due, unless something arrives before. */
  probeAt: Millis
}

/**
 * Notices dead peers in under five seconds (hyperdht itself: 13 s) without a byte that the user of the stream could
 * see: the acknowledgement of an empty message below it is proof enough of life, of stock hyperdht peers too. The message
 * proves as much to the other side, so that of two that watch each other only the first to notice the silence sends one.
 */
export class Liveness {
  // BOUNDED: by the swarm's connections.
  readonly #streams = new Map<SecretStream, Heard>()
  #timer: NodeJS.Timeout | undefined
  #checkedAt: Millis = 0

  /** Watches this connection until it closes; one that falls silent is destroyed with {@link peerSilent}. */
  watch(stream: SecretStream): void {
    this.#streams.set(stream, { packets: -1, at: performance.now(), probeAt: 0 })
    stream.once('close', () => this.#forget(stream))
    if (this.#timer !== undefined) return
    this.#checkedAt = performance.now()
    this.#timer = setInterval(() => this.#check(), CHECK_MILLIS)
  }

  #forget(stream: SecretStream): void {
    this.#streams.delete(stream)
    if (this.#streams.size > 0) return
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  #check(): void {
    const now = performance.now()
    const stalled = now - this.#checkedAt > STALL_MILLIS
    this.#checkedAt = now
    for (const [stream, heard] of this.#streams) {
      const packets = stream.rawStream?.packetsReceived ?? 0
      if (packets !== heard.packets || stalled) {
        Object.assign(heard, { packets, at: now, probeAt: now + PROBE_MILLIS })
      } else if (now - heard.at > SILENCE_MILLIS) stream.destroy(peerSilent())
      else if (now >= heard.probeAt) this.#probe(stream, heard, now)
    }
  }

  #probe(stream: SecretStream, heard: Heard, now: Millis): void {
    heard.probeAt = now + PROBE_MILLIS
    stream.sendKeepAlive()
  }
}
