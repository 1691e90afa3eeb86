import type { IdentityKey, MessageId, PeerKey } from '../../base/ids.js'
import { Recent } from '../../base/recent.js'
import type { Millis } from '../../base/time.js'
import { TokenBucket } from '../../base/token-bucket.js'
import {
  FRESH_LINK_MILLIS,
  LINK_ASK_RATE,
  LINK_EXCESS_RATE,
  LINK_FLOOD_RATE,
  LINK_FRAME_RATE,
  LINK_GRAFT_RATE,
  LINK_INQUIRY_RATE,
  LINK_OPEN_RATE,
  LINK_RECONCILE_RATE,
  LINK_SERVE_RATE
} from '../config.js'
import { LinkBudgets } from './traffic.js'
import { MAX_TOLD } from './tuning.js'

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
  /** Which running program of that device it is, once the link is up. */
  instance: Uint8Array | undefined
  /** True where the peer is no member. */
  observer = false
  sentAt: Millis
  receivedAt: Millis
  /** Pings of ours that the peer has not answered. */
  pings = 0
  /** True while the owner of the room waits for an answer to one. */
  isProbed = false
  readonly openedAt: Millis
  /** Frames with messages, all other ones, and more of both than any honest peer sends. */
  readonly messages: TokenBucket
  readonly frames: TokenBucket
  readonly flood: TokenBucket
  /** Messages that nobody has asked for. */
  readonly budgets: LinkBudgets
  // BOUNDED: MAX_TOLD, the oldest goes first.
  /** Messages that we have announced to the peer, and that it has not grafted since. */
  readonly told = new Recent<MessageId, true>(MAX_TOLD)
  /** Bytes that the peer grafts of all else. */
  readonly grafts: TokenBucket
  /** What the peer is sent of our history. */
  readonly serves: TokenBucket
  /** Ids that we ask for. */
  readonly asks: TokenBucket
  /** Work that Negentropy messages make; exchanges that the peer opens; and what it may be over these. */
  readonly reconcile: TokenBucket
  readonly opens: TokenBucket
  readonly excess: TokenBucket
  /** What the peer asks of who is gone and who is linked to whom. */
  readonly inquiries: TokenBucket

  constructor(options: LinkOptions, number: number, now: Millis) {
    this.peer = options.peer
    this.handshakeHash = options.handshakeHash
    this.initiator = options.initiator
    this.address = options.address
    this.number = number
    this.sentAt = now
    this.receivedAt = now
    this.openedAt = now
    this.messages = new TokenBucket(LINK_FRAME_RATE, now)
    this.frames = new TokenBucket(LINK_FRAME_RATE, now)
    this.flood = new TokenBucket(LINK_FLOOD_RATE, now)
    this.budgets = new LinkBudgets(now)
    this.grafts = new TokenBucket(LINK_GRAFT_RATE, now)
    this.serves = new TokenBucket(LINK_SERVE_RATE, now)
    this.asks = new TokenBucket(LINK_ASK_RATE, now)
    this.reconcile = new TokenBucket(LINK_RECONCILE_RATE, now)
    this.opens = new TokenBucket(LINK_OPEN_RATE, now)
    this.excess = new TokenBucket(LINK_EXCESS_RATE, now)
    this.inquiries = new TokenBucket(LINK_INQUIRY_RATE, now)
  }

  /** True where the peer is a member that proved it. */
  get isMember(): boolean {
    return this.phase === 'up' && !this.observer
  }

  /** True in the first minute: until then it has hardly anything beside what all fresh links may cost together. */
  isFresh(now: Millis): boolean {
    return now < this.grownAt
  }

  /** When it is fresh no longer. */
  get grownAt(): Millis {
    return this.openedAt + FRESH_LINK_MILLIS
  }
}
