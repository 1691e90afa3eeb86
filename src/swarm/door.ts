import { atMost } from '../async/at-most.js'
import type { PeerKey } from '../base/ids.js'
import type { Millis } from '../base/time.js'
import type { SecretStream } from './dht/stream-types.js'
import type { PeerInfo } from './peers/peer-info.js'
import type { PeerTable } from './peers/peer-table.js'
import { type Firewall, peerFirewalled, type SwarmEvents } from './swarm-options.js'

/** How long a dial to us waits for the outcome of our own dial to the same peer. Guess: under one DHT request's timeout. */
const DUPLICATE_WAIT_MILLIS: Millis = 400

/** What a {@link Door} works with. */
export interface DoorOptions {
  readonly peers: PeerTable
  /** The owner's. */
  readonly firewall: Firewall | undefined
  /** Most connections that others dialled. */
  readonly most: number
  /** Whether there is a connection to this peer. */
  readonly isConnected: (peer: PeerKey) => boolean
  /** The end of our own dial to this peer, where its outcome decides. */
  readonly ownDial: (peer: PeerKey) => Promise<void> | undefined
  readonly onBan: (...ban: SwarmEvents['ban']) => void
}

/** Lets others in, or not: bans, the owner's firewall, how many there may be. */
export class Door {
  readonly #options: DoorOptions
  // BOUNDED: with #mute DoorOptions.most, twice as many where peers that are connected dial anew.
  readonly #heard = new Set<SecretStream>()
  /** Streams on which nothing was heard yet, oldest first: they make room for others. */
  readonly #mute = new Set<SecretStream>()

  constructor(options: DoorOptions) {
    this.#options = options
  }

  /** Whether to reject a dial to us; asked before the handshake. Rejects where the firewall throws. */
  async rejects(peer: PeerInfo, payload: unknown): Promise<boolean> {
    if (peer.banned || !this.#hasRoom(peer.key)) return true
    return (await this.refuses(peer, payload)) || this.#isDuplicate(peer.key)
  }

  /**
   * Lets a stream in that others dialled, after its handshake and until it closes. False where there is no room any more:
   * many may have been asked about at once.
   */
  admits(peer: PeerKey, stream: SecretStream): boolean {
    if (!this.#hasRoom(peer)) return false
    this.#makeRoom()
    this.#mute.add(stream)
    stream.once('close', () => {
      this.#mute.delete(stream)
      this.#heard.delete(stream)
    })
    return true
  }

  /** Something was heard on this stream. False where it had to make room meanwhile. */
  heard(stream: SecretStream): boolean {
    if (!this.#mute.delete(stream)) return false
    this.#heard.add(stream)
    return true
  }

  /** Whether the owner's firewall refuses this peer, whoever dials; then it is banned. Rejects where it throws. */
  async refuses(peer: PeerInfo, payload: unknown): Promise<boolean> {
    const { firewall, onBan, peers } = this.#options
    if (firewall === undefined || !(await firewall(peer.publicKey, payload))) return false
    peer.firewall()
    peers.settle(peer)
    onBan(peer, peerFirewalled())
    return true
  }

  // Who is connected may have lost that connection, and dial anew.
  #hasRoom(key: PeerKey): boolean {
    const { isConnected, most } = this.#options
    return this.#heard.size < most || (isConnected(key) && this.#heard.size < 2 * most)
  }

  #makeRoom(): void {
    const [oldest] = this.#mute
    if (oldest === undefined || this.#heard.size + this.#mute.size < this.#options.most) return
    this.#mute.delete(oldest)
    oldest.destroy()
  }

  // Both dial at once: the larger key's dial would win (pair-rule.ts), so the smaller one waits for its outcome.
  async #isDuplicate(key: PeerKey): Promise<boolean> {
    const { isConnected, ownDial } = this.#options
    const ours = ownDial(key)
    if (ours === undefined) return false
    await atMost(DUPLICATE_WAIT_MILLIS, ours)
    return isConnected(key)
  }
}
