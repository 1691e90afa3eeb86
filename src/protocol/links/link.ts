import type { IdentityKey, PeerKey } from '../../base/ids.js'
import type { Millis } from '../../base/time.js'
import { TokenBucket } from '../../base/token-bucket.js'
import {
  LINK_FRAME_RATE,
  LINK_HISTORY_RATE,
  LINK_MESSAGE_RATE,
  LINK_RECONCILE_RATE
} from '../config.js'

/** What a stream brings with it. */
export interface LinkOptions {
  readonly peer: PeerKey
  readonly handshakeHash: Uint8Array
  /** True where we dialled. */
  readonly initiator: boolean
  /** The IP address that it came from, when that tells one party from another. */
  readonly address?: string | undefined
}

/** One stream to one peer, from the first byte to the last. */
export class Link {
  readonly peer: PeerKey
  readonly handshakeHash: Uint8Array
  readonly initiator: boolean
  readonly address: string | undefined
  /** Tells this link from an earlier one to the same peer: timers carry it. */
  readonly number: number
  /** Waiting for the other side's hello; then for its identify; then a link. */
  phase: 'greeting' | 'proved' | 'up' = 'greeting'
  /** Whose device the peer is, once the link is up. */
  identity: IdentityKey | undefined
  /** True where the peer is no member. */
  observer = false
  sentAt: Millis
  receivedAt: Millis
  /** Frames of any kind; then new messages, messages with history, Negentropy messages. */
  readonly frames: TokenBucket
  readonly pushed: TokenBucket
  readonly stored: TokenBucket
  readonly reconcile: TokenBucket

  constructor(options: LinkOptions, number: number, now: Millis) {
    this.peer = options.peer
    this.handshakeHash = options.handshakeHash
    this.initiator = options.initiator
    this.address = options.address
    this.number = number
    this.sentAt = now
    this.receivedAt = now
    this.frames = new TokenBucket(LINK_FRAME_RATE, now)
    this.pushed = new TokenBucket(LINK_MESSAGE_RATE, now)
    this.stored = new TokenBucket(LINK_HISTORY_RATE, now)
    this.reconcile = new TokenBucket(LINK_RECONCILE_RATE, now)
  }

  /** True where the peer is a member that proved it. */
  get isMember(): boolean {
    return this.phase === 'up' && !this.observer
  }
}
