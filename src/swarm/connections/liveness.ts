import { SwarmchatError } from '../../base/errors.js'
import type { Millis } from '../../base/time.js'
import type { SecretStream } from '../dht/stream-types.js'

/**
 * A connection that has been silent this long gets an empty message, which every hyperdht peer acknowledges and drops. With
 * many connections it may be silent for longer: others watch the same peer, and idling may not cost more the more peers
 * there are. Guesses.
 */
const PROBE_MILLIS: Millis = 1_500
const PROBE_MILLIS_AT_MOST: Millis = 4_000
const PROBE_MILLIS_PER_CONNECTION: Millis = 600
/** A connection is dead if no packet, not even an acknowledgement, came for this long after an empty message. Guess. */
const ANSWER_MILLIS: Millis = 2_500
/** Empty messages that nothing came after are repeated so often: one may be lost. */
const REPEAT_MILLIS: Millis = 1_500
/** How often the connections are looked at. */
const CHECK_MILLIS: Millis = 500
/**
 * Of the time between two checks no more than this counts: what came while we were busy is read after the second one. So on a
 * busy machine silence takes longer, and is found all the same.
 */
const STALL_MILLIS: Millis = 1_500
/** A check that comes later than this says that we were asleep: others may have given us up, and begin anew. Guess. */
const SLEEP_MILLIS: Millis = 10_000

/** PEER_SILENT: nothing was heard from the other side for four to seven and a half seconds. */
export const peerSilent = () =>
  new SwarmchatError('PEER_SILENT', 'The other side went silent.', {
    hint: 'Its process or its network ended.',
    exitCode: 1
  })

interface Heard {
  packets: number
  /** When the next empty message is due, unless something arrives before. */
  probeAt: Millis
  /** When the first empty message was sent that nothing came after. */
  askedAt: Millis | undefined
}

/**
 * Notices dead peers in under five seconds, with seven or more connections in just over seven at most, or half a second later where the other side dialled (hyperdht itself: 13 s),
 * without a byte that the user of the stream could see: the acknowledgement of an empty message below it is proof enough of
 * life, of stock hyperdht peers too. The message proves as much to the other side, so that of two that watch each other only
 * the first to notice the silence sends one.
 */
export class Liveness {
  // BOUNDED: by the swarm's connections.
  readonly #streams = new Map<SecretStream, Heard>()
  #timer: NodeJS.Timeout | undefined
  #checkedAt: Millis = 0
  /** How long we have listened: what {@link Heard} is counted in. */
  #listened: Millis = 0

  /**
   * Watches this connection until it closes; one that falls silent is destroyed with {@link peerSilent}. The empty messages
   * that it sends of its own accord end: ours come sooner, and one of them does for both sides.
   */
  watch(stream: SecretStream): void {
    stream.setKeepAlive(0)
    this.#streams.set(stream, { packets: -1, probeAt: 0, askedAt: undefined })
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
    const passed = performance.now() - this.#checkedAt
    const slept = passed > SLEEP_MILLIS
    this.#checkedAt += passed
    this.#listened += Math.min(passed, STALL_MILLIS)
    const now = this.#listened
    for (const [stream, heard] of this.#streams) {
      const packets = stream.rawStream?.packetsReceived ?? 0
      if (packets !== heard.packets || slept) {
        Object.assign(heard, { packets, probeAt: now + this.#patience(stream), askedAt: undefined })
      } else if (isUnanswered(heard, now)) stream.destroy(peerSilent())
      else if (now >= heard.probeAt) probe(stream, heard, now)
    }
  }

  /**
   * How long a connection may be silent before it is asked. With many of them, so that not both sides ask at the same time,
   * the side that was dialled looks once more before it does.
   */
  #patience({ isInitiator }: SecretStream): Millis {
    const wanted = this.#streams.size * PROBE_MILLIS_PER_CONNECTION
    if (wanted <= PROBE_MILLIS) return PROBE_MILLIS
    return Math.min(wanted, PROBE_MILLIS_AT_MOST) + (isInitiator === false ? CHECK_MILLIS : 0)
  }
}

function isUnanswered({ askedAt }: Heard, now: Millis): boolean {
  return askedAt !== undefined && now - askedAt >= ANSWER_MILLIS
}

function probe(stream: SecretStream, heard: Heard, now: Millis): void {
  heard.askedAt ??= now
  heard.probeAt = now + REPEAT_MILLIS
  stream.sendKeepAlive()
}
