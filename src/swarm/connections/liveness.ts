import { SwarmchatError } from '../../base/errors.js'
import type { Millis } from '../../base/time.js'
import type { SecretStream } from '../dht/stream-types.js'
import { kindOf } from './paths.js'
import { isPortGone } from './port-gone.js'

/**
 * A connection that has been silent this long gets an empty message, which every hyperdht peer acknowledges and drops. With
 * many connections it may be silent for longer: others watch the same peer, and idling may not cost more the more peers
 * there are. Guesses.
 */
const PROBE_MILLIS: Millis = 1_500
const PROBE_MILLIS_AT_MOST: Millis = 4_000
const PROBE_MILLIS_PER_CONNECTION: Millis = 600
/** The same within this machine, where it costs nobody's traffic. Guess. */
const NEAR_PROBE_MILLIS: Millis = 1_000
/** Within this machine, if nothing came for this long after an empty message, the kernel is asked whether a program is there still. Guess. */
const ASK_MILLIS: Millis = 250
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

/** PEER_SILENT: nothing was heard from the other side for four to seven seconds, or its program on this machine is gone. */
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
  /** The kernel is about to be asked. */
  asking?: NodeJS.Timeout | undefined
}

/**
 * Notices dead peers in under five seconds, with seven or more connections in just over seven at most (hyperdht itself: 13 s),
 * without a byte that the user of the stream could see: the acknowledgement of an empty message below it is proof enough of
 * life, of stock hyperdht peers too. The message proves as much to the other side, so that of two that watch each other only
 * the first to notice the silence sends one. Where a program on this machine was killed, the kernel knows, and it takes less
 * than two seconds.
 */
export class Liveness {
  // BOUNDED: by the swarm's connections.
  readonly #streams = new Map<SecretStream, Heard>()
  #timer: NodeJS.Timeout | undefined
  #checkedAt: Millis = 0
  /** How long we have listened: what {@link Heard} is counted in. */
  #listened: Millis = 0
  readonly #isGone: typeof isPortGone

  /** `isGone` tells whether nobody has a port of this machine any more. */
  constructor(isGone = isPortGone) {
    this.#isGone = isGone
  }

  /** Watches this connection until it closes; one that falls silent is destroyed with {@link peerSilent}. */
  watch(stream: SecretStream): void {
    this.#streams.set(stream, { packets: -1, probeAt: 0, askedAt: undefined })
    stream.once('close', () => this.#forget(stream))
    if (this.#timer !== undefined) return
    this.#checkedAt = performance.now()
    this.#timer = setInterval(() => this.#check(), CHECK_MILLIS)
  }

  #forget(stream: SecretStream): void {
    clearTimeout(this.#streams.get(stream)?.asking)
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
      const packets = packetsOf(stream)
      if (packets !== heard.packets || slept) {
        const probeAt = now + this.#patience(isNear(stream))
        Object.assign(heard, { packets, probeAt, askedAt: undefined })
      } else if (isUnanswered(heard, now)) stream.destroy(peerSilent())
      else if (now >= heard.probeAt) this.#probe(stream, heard, now)
    }
  }

  /** How long a connection may be silent before it is asked. */
  #patience(isNear: boolean): Millis {
    const wanted = this.#streams.size * PROBE_MILLIS_PER_CONNECTION
    const least = isNear ? NEAR_PROBE_MILLIS : PROBE_MILLIS
    return Math.min(Math.max(wanted, least), PROBE_MILLIS_AT_MOST)
  }

  #probe(stream: SecretStream, heard: Heard, now: Millis): void {
    heard.askedAt ??= now
    heard.probeAt = now + REPEAT_MILLIS
    stream.sendKeepAlive()
    if (!isNear(stream)) return
    clearTimeout(heard.asking)
    heard.asking = setTimeout(() => void this.#ask(stream, heard), ASK_MILLIS)
  }

  // The kernel is asked last: what came while we were busy is read before it answers.
  async #ask(stream: SecretStream, { packets }: Heard): Promise<void> {
    const isSilent = () => !stream.destroyed && packetsOf(stream) === packets
    const { remoteHost: host, remotePort: port } = stream.rawStream ?? {}
    if (!isSilent() || !host || !port) return
    if ((await this.#isGone({ host, port })) && isSilent()) stream.destroy(peerSilent())
  }
}

const isNear = (stream: SecretStream) => kindOf(stream) === 'loopback'
const packetsOf = ({ rawStream }: SecretStream) => rawStream?.packetsReceived ?? 0

function isUnanswered({ askedAt }: Heard, now: Millis): boolean {
  return askedAt !== undefined && now - askedAt >= ANSWER_MILLIS
}
