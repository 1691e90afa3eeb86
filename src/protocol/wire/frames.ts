import type { MessageId, PeerKey } from '../../base/ids.js'

/** First frame of each side of a link: the keyed proof of the room secret. Nothing else is said before it is checked. */
export interface HelloFrame {
  readonly type: 'hello'
  readonly version: number
  readonly proof: Uint8Array
}
/** Second frame, sent only to a side whose proof was good: which identity owns this device key. */
export interface IdentifyFrame {
  readonly type: 'identify'
  readonly identity: Uint8Array
  /** 8 bytes, drawn anew by every running program. */
  readonly instance: Uint8Array
  /** The identity's signature over the topic, this device key and the instance. */
  readonly signature: Uint8Array
  /** An observer looks and listens but is no member: it is not shown to anybody. */
  readonly observer: boolean
}
interface PingFrame {
  readonly type: 'ping'
}
interface PongFrame {
  readonly type: 'pong'
}
/** The sender leaves the room on purpose and closes the link next. */
interface GoodbyeFrame {
  readonly type: 'goodbye'
}

/** Plumtree's eager push: a whole sealed message, and how many links it has crossed. */
export interface MessageFrame {
  readonly type: 'message'
  readonly hops: number
  readonly sealed: Uint8Array
}
/** A message that its author pushes to everybody itself, as it can in a small room. */
export interface MeshFrame {
  readonly type: 'mesh'
  /** To how many members. */
  readonly reached: number
  readonly sealed: Uint8Array
}
export interface HaveEntry {
  readonly id: MessageId
  readonly hops: number
}
/** Plumtree's lazy push: ids of messages that the sender could push. */
export interface IHaveFrame {
  readonly type: 'ihave'
  readonly entries: readonly HaveEntry[]
}
/** Plumtree's GRAFT: push to me eagerly again, and these messages now. */
export interface GraftFrame {
  readonly type: 'graft'
  readonly ids: readonly MessageId[]
}
/** Plumtree's PRUNE: push to me lazily from now on. */
export interface PruneFrame {
  readonly type: 'prune'
}
/** Asks for messages by id without changing the tree: missing parents, and what reconciling found. */
export interface WantFrame {
  readonly type: 'want'
  readonly ids: readonly MessageId[]
}
/** Messages that the sender has and the receiver seems to lack: it asks for those that it wants. */
export interface OfferFrame {
  readonly type: 'offer'
  readonly ids: readonly MessageId[]
}
/** A stored message sent because it was asked for; it is not pushed on along the tree. */
export interface StoredFrame {
  readonly type: 'stored'
  readonly sealed: Uint8Array
}

/** A stored message that has left its body behind: who said something, when and after what. */
interface BareFrame {
  readonly type: 'bare'
  readonly bare: Uint8Array
}

/** HyParView's JOIN: a new member asks its contact for a place. */
interface JoinFrame {
  readonly type: 'join'
}
export interface ForwardJoinFrame {
  readonly type: 'forward-join'
  readonly peer: PeerKey
  readonly ttl: number
}
/** HyParView's NEIGHBOR request; high priority: the sender has no neighbour at all. */
interface NeighborFrame {
  readonly type: 'neighbor'
  readonly priority: 'low' | 'high'
}
interface NeighborReplyFrame {
  readonly type: 'neighbor-reply'
  readonly accepted: boolean
}
/** Goes before the refusal of somebody who has no neighbour: these members may have a place. */
export interface ReferralFrame {
  readonly type: 'referral'
  readonly peers: readonly PeerKey[]
}
/** HyParView's DISCONNECT: the sender drops the receiver from its active view; both keep each other passive. */
interface DisconnectFrame {
  readonly type: 'disconnect'
}
export interface ShuffleFrame {
  readonly type: 'shuffle'
  readonly origin: PeerKey
  readonly ttl: number
  readonly peers: readonly PeerKey[]
}
export interface ShuffleReplyFrame {
  readonly type: 'shuffle-reply'
  readonly peers: readonly PeerKey[]
}

/** One message of a Negentropy V1 exchange. */
export interface ReconcileFrame {
  readonly type: 'reconcile'
  /** The initiator opens the exchange and asks on; the other side answers. Either side may be initiator of one at a time. */
  readonly step: 'open' | 'ask' | 'answer'
  readonly payload: Uint8Array
}

/** Asks a member what only members know; whoever looks on may ask as well. */
export interface InquireFrame {
  readonly type: 'inquire'
  /** Who is gone without a word? Answered by `departed`, one for each device. */
  readonly departed: boolean
  /** Who are your neighbours? Answered by `neighbors`. */
  readonly neighbors: boolean
}
/** The last presence of a device that is gone without a word. */
interface DepartedFrame {
  readonly type: 'departed'
  readonly sealed: Uint8Array
}
/** The sender's neighbours. */
interface NeighborsFrame {
  readonly type: 'neighbors'
  readonly peers: readonly PeerKey[]
}

/** A frame of a later version: well-formed as far as we can tell, and passed over. */
export interface UnknownFrame {
  readonly type: 'unknown'
  readonly code: number
}

export type LinkFrame = HelloFrame | IdentifyFrame | PingFrame | PongFrame | GoodbyeFrame
export type BroadcastFrame = MessageFrame | MeshFrame | IHaveFrame | GraftFrame | PruneFrame
type SyncFrame = WantFrame | OfferFrame | StoredFrame | BareFrame | ReconcileFrame
export type MembershipFrame =
  | JoinFrame
  | ForwardJoinFrame
  | NeighborFrame
  | NeighborReplyFrame
  | ReferralFrame
  | DisconnectFrame
  | ShuffleFrame
  | ShuffleReplyFrame

export type InquiryFrame = InquireFrame | DepartedFrame | NeighborsFrame

/** Everything that crosses a link. */
export type Frame =
  | LinkFrame
  | BroadcastFrame
  | SyncFrame
  | MembershipFrame
  | InquiryFrame
  | UnknownFrame
