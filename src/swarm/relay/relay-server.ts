import b4a from 'b4a'
import type { KeyPair } from '../../base/crypto.js'
import type { Millis } from '../../base/time.js'
import { type BlindRelayServer, createBlindRelay, limitUnmatched } from '../dht/blind-relay.js'
import type { RawStream, SecretStream } from '../dht/stream-types.js'
import type { DhtNode, DhtServer } from '../dht/types.js'
import { type RelaySessionState, whoMakesRoom } from './idle-sessions.js'

/** What a relay gives at most. */
export interface RelayLimits {
  /** Peers connected to it at a time; each relayed connection has two. */
  readonly sessions: number
  /** Relayed connections of one peer at a time, and as many that wait for their other end. */
  readonly pairingsPerSession: number
  /** Bytes per second of all that it passes on, averaged over {@link WINDOW_MILLIS}. */
  readonly bytesPerSecond: number
}

/** What a relay has done. */
export interface RelayStats {
  readonly sessions: number
  /** Relayed connections at the moment. */
  readonly connections: number
  /** Connections asked for by one end, and not yet by the other. */
  readonly waiting: number
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

/** Bandwidth is looked at this often. Relayed packets cost us no call: all that we can do is to count and to hang up. */
const WINDOW_MILLIS: Millis = 5_000
/** What may pass above the limit before the busiest is hung up on: windows' worth. Guess: a burst is no flood. */
const BURST_WINDOWS = 4

/** One relayed connection: its two ends as they come to us. */
interface Pairing {
  readonly streams: RawStream[]
  /** Bytes passed when it was last weighed. */
  weighed: number
}

/**
 * Passes encrypted packets on between peers that cannot reach each other. Listens on a key of its own: a connection to
 * it must not be taken for one to the peer that runs it.
 */
export class RelayServer {
  readonly #limits: RelayLimits
  readonly #keyPair: KeyPair
  readonly #server: DhtServer
  readonly #relay: BlindRelayServer
  // BOUNDED: limits.sessions. The oldest first.
  readonly #sessions = new Map<SecretStream, RelaySessionState>()
  // BOUNDED: limits.sessions times limits.pairingsPerSession; by the token that both ends named.
  readonly #pairings = new Map<string, Pairing>()
  readonly #timer: NodeJS.Timeout
  #bytes = 0
  #debt = 0
  #cut = 0

  constructor(dht: DhtNode, keyPair: KeyPair, limits: RelayLimits) {
    this.#limits = limits
    this.#keyPair = keyPair
    this.#relay = createBlindRelay(options => dht.createRawStream({ ...options, framed: true }))
    const firewall = () => this.#isFull && !this.#hasIdle
    this.#server = dht.createServer({ firewall }, stream => this.#accept(stream))
    this.#timer = setInterval(() => this.#weigh(), WINDOW_MILLIS).unref()
  }

  /** What others name to use it. */
  get publicKey(): Uint8Array {
    return this.#keyPair.publicKey
  }

  get stats(): RelayStats {
    const [bytes, cut] = [this.#bytes, this.#cut]
    const waiting = this.#relay.stats.pairings.pending
    return { sessions: this.#sessions.size, connections: this.#pairings.size, waiting, bytes, cut }
  }

  /** Begins to be found under its key. Rejects where the network is closed. */
  async listen(): Promise<void> {
    await this.#server.listen(this.#keyPair)
  }

  /** Ends every relayed connection. */
  async close(): Promise<void> {
    clearInterval(this.#timer)
    for (const token of this.#pairings.keys()) this.#end(token)
    for (const stream of this.#sessions.keys()) stream.destroy()
    await this.#server.close()
  }

  #accept(stream: SecretStream): void {
    stream.on('error', ignore)
    const host = stream.rawStream?.remoteHost ?? ''
    if (!this.#makeRoom(host)) {
      stream.destroy()
      return
    }
    this.#sessions.set(stream, { host, pairings: 0 })
    stream.once('close', () => this.#sessions.delete(stream))
    const session = this.#relay.accept(stream, { id: stream.remotePublicKey })
    limitUnmatched(session, this.#limits.pairingsPerSession)
    session.on('error', ignore)
    session.on('pair', (_initiator, token, end) =>
      this.#paired(stream, b4a.toString(token, 'hex'), end)
    )
  }

  get #isFull(): boolean {
    return this.#sessions.size >= this.#limits.sessions
  }

  get #hasIdle(): boolean {
    for (const { pairings } of this.#sessions.values()) if (pairings === 0) return true
    return false
  }

  // Connections that carry nothing would keep others out.
  #makeRoom(host: string): boolean {
    if (!this.#isFull) return true
    const idle = whoMakesRoom(this.#sessions, host)
    if (idle === undefined) return false
    this.#sessions.delete(idle)
    idle.destroy()
    return true
  }

  // Heard once from each end's session, in the same turn.
  #paired(from: SecretStream, token: string, end: RawStream): void {
    const pairing = this.#pairings.get(token) ?? { streams: [], weighed: 0 }
    this.#pairings.set(token, pairing)
    pairing.streams.push(end)
    this.#count(from, 1)
    end.once('close', () => {
      this.#count(from, -1)
      this.#end(token)
    })
    if ((this.#sessions.get(from)?.pairings ?? 0) > this.#limits.pairingsPerSession)
      this.#end(token)
  }

  #count(session: SecretStream, change: number): void {
    const state = this.#sessions.get(session)
    if (state !== undefined) state.pairings += change
  }

  // Both ends, so that both peers are told at once.
  #end(token: string): void {
    const pairing = this.#pairings.get(token)
    if (pairing === undefined) return
    this.#pairings.delete(token)
    for (const stream of pairing.streams) stream.destroy()
  }

  // Over the limit for longer than a burst, the busiest connection is ended: its peers find another way, or wait.
  #weigh(): void {
    let [busiest, most, sum]: [string, number, number] = ['', 0, 0]
    for (const [token, pairing] of this.#pairings) {
      const passed = this.#passed(pairing)
      sum += passed
      if (passed > most) [busiest, most] = [token, passed]
    }
    this.#bytes += sum
    const allowed = (this.#limits.bytesPerSecond * WINDOW_MILLIS) / 1000
    this.#debt = Math.max(0, this.#debt + sum - allowed)
    if (this.#debt <= BURST_WINDOWS * allowed) return
    this.#debt = 0
    this.#cut += 1
    this.#end(busiest)
  }

  // Bytes since it was last weighed.
  #passed(pairing: Pairing): number {
    const before = pairing.weighed
    pairing.weighed = pairing.streams.reduce((sum, { bytesReceived }) => sum + bytesReceived, 0)
    return pairing.weighed - before
  }
}

function ignore(): void {}
