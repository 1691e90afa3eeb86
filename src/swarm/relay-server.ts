import type { Millis } from '../protocol/config.js'
import { type BlindRelayServer, createBlindRelay, type RelaySession } from './blind-relay.js'
import type { DhtNode, DhtServer, KeyPair, RawStream, SecretStream } from './hyperdht.js'

/** What a relay gives at most. */
export interface RelayLimits {
  /** Peers connected to it at a time; each relayed connection has two. */
  readonly sessions: number
  /** Relayed connections of one peer at a time. */
  readonly pairingsPerSession: number
  /** Bytes per second of all that it passes on, averaged over {@link WINDOW_MILLIS}. */
  readonly bytesPerSecond: number
}

/** What a relay has done. */
export interface RelayStats {
  readonly sessions: number
  /** Streams passed on at the moment: two for each relayed connection. */
  readonly streams: number
  /** Bytes passed on since it began. */
  readonly bytes: number
  /** Relayed connections ended for want of bandwidth. */
  readonly cut: number
}

/** What a member gives that volunteers. Guess: a chat of dozens, or one slow file. */
export const VOLUNTEER_LIMITS: RelayLimits = {
  sessions: 32,
  pairingsPerSession: 8,
  bytesPerSecond: 262_144
}

/** Bandwidth is looked at this often. A relayed packet costs us no call: all we can do is to count and to hang up. */
const WINDOW_MILLIS: Millis = 5_000
/** What may pass above the limit before the busiest is hung up on: windows' worth. Guess: a burst is no flood. */
const BURST_WINDOWS = 4

/**
 * Passes encrypted packets on between peers that cannot reach each other. Listens on a key of its own: a connection to
 * it must not be taken for one to the peer that runs it.
 */
export class RelayServer {
  readonly #limits: RelayLimits
  readonly #keyPair: KeyPair
  readonly #server: DhtServer
  readonly #relay: BlindRelayServer
  // BOUNDED: limits.sessions.
  readonly #sessions = new Map<SecretStream, number>()
  // BOUNDED: limits.sessions times limits.pairingsPerSession.
  readonly #streams = new Map<RawStream, number>()
  readonly #timer: NodeJS.Timeout
  #bytes = 0
  #debt = 0
  #cut = 0

  constructor(dht: DhtNode, keyPair: KeyPair, limits: RelayLimits) {
    this.#limits = limits
    this.#keyPair = keyPair
    this.#relay = createBlindRelay(options =>
      this.#track(dht.createRawStream({ ...options, framed: true }))
    )
    const firewall = () => this.#sessions.size >= limits.sessions
    this.#server = dht.createServer({ firewall }, stream => this.#accept(stream))
    this.#timer = setInterval(() => this.#weigh(), WINDOW_MILLIS).unref()
  }

  /** What others name to use it. */
  get publicKey(): Uint8Array {
    return this.#keyPair.publicKey
  }

  get stats(): RelayStats {
    const [bytes, cut] = [this.#bytes, this.#cut]
    return { sessions: this.#sessions.size, streams: this.#streams.size, bytes, cut }
  }

  /** Begins to be found under its key. Rejects where the network is closed. */
  async listen(): Promise<void> {
    await this.#server.listen(this.#keyPair)
  }

  /** Ends every relayed connection. */
  async close(): Promise<void> {
    clearInterval(this.#timer)
    for (const stream of this.#sessions.keys()) stream.destroy()
    for (const stream of this.#streams.keys()) stream.destroy()
    await this.#server.close()
  }

  #accept(stream: SecretStream): void {
    stream.on('error', ignore)
    if (this.#sessions.size >= this.#limits.sessions) {
      stream.destroy()
      return
    }
    this.#sessions.set(stream, 0)
    stream.once('close', () => this.#sessions.delete(stream))
    const session = this.#relay.accept(stream, { id: stream.remotePublicKey })
    session.on('error', ignore)
    session.on('pair', (_initiator, _token, paired) => this.#paired(stream, session, paired))
  }

  #paired(stream: SecretStream, session: RelaySession, paired: RawStream): void {
    const pairings = (this.#sessions.get(stream) ?? 0) + 1
    this.#sessions.set(stream, pairings)
    if (pairings > this.#limits.pairingsPerSession) session.destroy()
    paired.once('close', () => {
      const left = this.#sessions.get(stream)
      if (left !== undefined) this.#sessions.set(stream, left - 1)
    })
  }

  #track(stream: RawStream): RawStream {
    this.#streams.set(stream, 0)
    stream.once('close', () => this.#streams.delete(stream))
    return stream
  }

  // Over the limit for longer than a burst, the busiest is hung up on: its owners find another way or wait.
  #weigh(): void {
    let [busiest, most, sum]: [RawStream | undefined, number, number] = [undefined, 0, 0]
    for (const [stream, before] of this.#streams) {
      const passed = stream.bytesReceived - before
      this.#streams.set(stream, stream.bytesReceived)
      sum += passed
      if (passed > most) [busiest, most] = [stream, passed]
    }
    this.#bytes += sum
    const allowed = (this.#limits.bytesPerSecond * WINDOW_MILLIS) / 1000
    this.#debt = Math.max(0, this.#debt + sum - allowed)
    if (this.#debt <= BURST_WINDOWS * allowed) return
    this.#debt = 0
    this.#cut += 1
    busiest?.destroy()
  }
}

function ignore(): void {}
