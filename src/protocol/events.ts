import type { IdentityKey, MessageId, PeerKey, RelayKey } from '../base/ids.js'
import type { Millis } from '../base/time.js'
import type { KeptInput } from './kept-inputs.js'
import type { ChatMessage, DirectMessage, FactEvent, Inviting, Saying, Typing } from './said.js'
import type { BroadcastFrame, Frame, MembershipFrame } from './wire/frames.js'
import type { BareMessage, CheckedMessage, KnownMessage, VerifiedMessage } from './wire/message.js'

export type * from './said.js'

/** A device that may be gone: the newest presence of it that somebody knows has this clock. */
export interface Suspect {
  readonly identity: IdentityKey
  readonly device: PeerKey
  readonly clock: Millis
}

/** What an observer wants to be told: who is gone without a word; who is linked to whom. */
export interface Inquired {
  readonly departed: boolean
  readonly neighbors: boolean
}

/** Why a link was closed, by us or by the other side. */
export type Reason =
  | 'goodbye'
  | 'hello-timeout'
  | 'not-a-member'
  | 'protocol-error'
  | 'forged-message'
  | 'silent'
  | 'flooding'
  | 'not-needed'
  | 'leaving'

// The room machine: everything that happens to a room, and everything that it wants done.

/** What happens to a room. `connected` comes for every stream that a peer's bytes have arrived on. */
export type Input =
  | { readonly type: 'start' }
  | { readonly type: 'candidates'; readonly peers: readonly PeerKey[] }
  | {
      readonly type: 'connected'
      readonly peer: PeerKey
      /** The Noise handshake hash of this very stream: what proofs are bound to. */
      readonly handshakeHash: Uint8Array
      readonly initiator: boolean
      /** The IP address that it came from, when that tells one party from another. */
      readonly address?: string | undefined
    }
  | { readonly type: 'disconnected'; readonly peer: PeerKey }
  | { readonly type: 'dial-failed'; readonly peer: PeerKey }
  | { readonly type: 'frame'; readonly from: PeerKey; readonly frame: Frame }
  /** Bytes that no frame is: the decoder's sentence. */
  | { readonly type: 'bad-frame'; readonly from: PeerKey; readonly detail: string }
  | { readonly type: 'timer'; readonly timer: Timer }
  | KeptInput
  | Saying
  | Inviting
  | Typing
  /** What a stranger writes to us alone is to be shown, or not. */
  | { readonly type: 'judge'; readonly identity: IdentityKey; readonly accept?: boolean }
  | { readonly type: 'rename'; readonly nick: string }
  /** We relay for the members from now on, or no longer. */
  | { readonly type: 'offer-relay'; readonly relay: RelayKey | undefined }
  /** The commands that this bot obeys, from now on: names without the slash. */
  | { readonly type: 'offer-commands'; readonly commands: readonly string[] }
  /** Members that are linked, and those that come to be, are asked who is gone (of those linked now four), and who their neighbours are. */
  | ({ readonly type: 'inquire' } & Inquired)
  /** probe: ask everybody linked whether they are still there; who is, is told as `peer`, verified. */
  | { readonly type: 'probe' | 'leave' }

/** What a room wants done. The driver performs outputs in order. */
export type Output =
  | { readonly type: 'send'; readonly to: PeerKey; readonly frame: Frame }
  | { readonly type: 'dial'; readonly peer: PeerKey }
  /** Look the topic up now: whoever is announced comes back as `candidates`. */
  | { readonly type: 'lookup' }
  | { readonly type: 'close'; readonly peer: PeerKey; readonly reason: Reason }
  | { readonly type: 'timer'; readonly after: Millis; readonly timer: Timer }
  | { readonly type: 'store'; readonly message: VerifiedMessage }
  /** Its author took it back: stored without its body from now on. */
  | { readonly type: 'store-bare'; readonly message: BareMessage }
  /** Stored no longer: it gave way to others, or was signed anew. */
  | { readonly type: 'forget'; readonly message: Pick<CheckedMessage, 'clock' | 'id'> }
  /** What the room knows of invitations has changed. */
  | { readonly type: 'invitations' }
  | { readonly type: 'emit'; readonly event: RoomEvent }

/** A timer is data: it comes back as the `timer` input. One that is no longer of interest is ignored then. */
export type Timer =
  | LinkTimer
  | PresenceTimer
  | SyncTimer
  | VerifierTimer
  | MembershipTimer
  | BroadcastTimer
  | { readonly name: 'receipts' | 'requests' }

/** Timers are by those who set them, and hear of them: nobody else knows what they mean. */
export type LinkTimer =
  | { readonly name: 'hello' | 'ping'; readonly peer: PeerKey; readonly link: number }
  | { readonly name: 'redial'; readonly peer: PeerKey }

export type PresenceTimer =
  | { readonly name: 'presence'; readonly round: number }
  | { readonly name: 'expire' | 'suspicion-over' }
  /** `lostAt`: the wall time when the link to it broke; undefined: its presence is overdue. */
  | { readonly name: 'suspect'; readonly suspect: Suspect; readonly lostAt?: Millis }

export type SyncTimer =
  | { readonly name: 'reconcile' | 'reconcile-soon' }
  | { readonly name: 'serve'; readonly at: Millis }
export type VerifierTimer = { readonly name: 'verify'; readonly at: Millis }

// Membership (HyParView): which links there are.

export type MembershipTimer =
  | { readonly name: 'shuffle' | 'refill' | 'visit' | 'dial-late' }
  | { readonly name: 'neighbor-timeout'; readonly peer: PeerKey; readonly attempt: number }

export type MembershipInput =
  | { readonly type: 'start' }
  /** Peers that a lookup named; `strangers`: those of them that nothing was heard of in the room, by default all. */
  | {
      readonly type: 'candidates'
      readonly peers: readonly PeerKey[]
      readonly strangers?: readonly PeerKey[]
    }
  /** A link on which both sides have proved the room secret. `initiator`: we dialled it. */
  | {
      readonly type: 'link-up'
      readonly peer: PeerKey
      readonly initiator: boolean
      readonly identity?: IdentityKey | undefined
      readonly address?: string | undefined
    }
  | { readonly type: 'link-down'; readonly peer: PeerKey }
  /** `answered`: a stream opened, and broke before the link was up. */
  | { readonly type: 'dial-failed'; readonly peer: PeerKey; readonly answered?: boolean }
  /** The peer has answered what we opened an exchange of history with. */
  | { readonly type: 'compared'; readonly peer: PeerKey }
  /** The peer had a message that ought to have reached us long ago. */
  | { readonly type: 'lacked'; readonly peer: PeerKey }
  | { readonly type: 'frame'; readonly from: PeerKey; readonly frame: MembershipFrame }
  | { readonly type: 'timer'; readonly timer: MembershipTimer }

export type MembershipOutput =
  | { readonly type: 'send'; readonly to: PeerKey; readonly frame: MembershipFrame }
  | { readonly type: 'dial'; readonly peer: PeerKey }
  | { readonly type: 'lookup' }
  | { readonly type: 'close'; readonly peer: PeerKey; readonly reason: Reason }
  | { readonly type: 'timer'; readonly after: Millis; readonly timer: MembershipTimer }
  /** The peer entered or left the active view: broadcast may, or may no longer, use its link. */
  | { readonly type: 'neighbor-up' | 'neighbor-down'; readonly peer: PeerKey }

// Broadcast (Plumtree): which messages cross which links.

export type BroadcastTimer =
  | { readonly name: 'graft' }
  | { readonly name: 'lazy-flush' | 'mesh-check'; readonly at: Millis }

/** A message that was said just now and came as history: others may lack it. */
export interface News {
  readonly from: PeerKey
  readonly message: KnownMessage
}

export type BroadcastInput =
  | { readonly type: 'neighbor-up' | 'neighbor-down'; readonly peer: PeerKey }
  | { readonly type: 'publish'; readonly message: VerifiedMessage }
  /** A message that `from` pushed eagerly, verified; `reached`: to so many itself, as its author says; `isAuthors`: `from` is its author. */
  | {
      readonly type: 'received'
      readonly from: PeerKey
      readonly message: VerifiedMessage
      readonly hops: number
      readonly reached?: number | undefined
      readonly isAuthors?: boolean
    }
  /** An eagerly pushed message that was seen before, so that it need not be verified again. */
  | { readonly type: 'duplicate'; readonly from: PeerKey; readonly id: MessageId }
  /** The message arrived by other means (asked for, reconciled): do not graft for it. `news`: where it is still under way, and here to be sent on. */
  | { readonly type: 'obtained'; readonly id: MessageId; readonly news?: News }
  /** A message that `from` pushed has these parents, which are not here: `from` has them. */
  | { readonly type: 'named'; readonly from: PeerKey; readonly ids: readonly MessageId[] }
  | {
      readonly type: 'frame'
      readonly from: PeerKey
      readonly frame: Exclude<BroadcastFrame, { type: 'message' | 'mesh' }>
    }
  | { readonly type: 'timer'; readonly timer: BroadcastTimer }

export type BroadcastOutput =
  | { readonly type: 'send'; readonly to: PeerKey; readonly frame: BroadcastFrame }
  | { readonly type: 'timer'; readonly after: Millis; readonly timer: BroadcastTimer }

// What the owner of a room hears.

/** How sure we are of somebody: seen in the DHT, link open, secret proved, heard from lately. */
export type PeerState = 'announced' | 'reachable' | 'verified' | 'present'

export type RoomEvent =
  | { readonly type: 'message'; readonly message: ChatMessage }
  | { readonly type: 'direct'; readonly message: DirectMessage }
  /** Direct messages of somebody whom we have not written to wait, and those of so many people in all. At most once a minute. */
  | {
      readonly type: 'direct-held'
      readonly identity: IdentityKey
      readonly nick: string
      readonly count: number
      readonly people: number
    }
  /** The line `id`, which was told of before, has another text: its author said so at `time`. */
  | {
      readonly type: 'edit'
      readonly id: MessageId
      /** The message that says so: what receipts of it name. */
      readonly by: MessageId
      readonly from: IdentityKey
      readonly nick: string
      readonly text: string
      readonly time: Millis
      readonly history: boolean
    }
  /** The line `id`, which was told of before, was taken back by its author: it is not to be shown any more. */
  | {
      readonly type: 'delete'
      readonly id: MessageId
      readonly by: MessageId
      readonly from: IdentityKey
      readonly time: Millis
      readonly history: boolean
    }
  /** Somebody put a sign to the line `id`, which was told of before, or took it away. */
  | {
      readonly type: 'reaction'
      readonly id: MessageId
      readonly by: MessageId
      readonly from: IdentityKey
      /** 1 to 48 bytes of UTF-8: an emoji as a rule, and whatever a stranger likes. */
      readonly emoji: string
      readonly removed: boolean
      readonly time: Millis
      readonly history: boolean
    }
  | FactEvent
  /** Somebody is writing a line, or no longer; for 6 s, if nothing else is heard of them. */
  | { readonly type: 'typing'; readonly identity: IdentityKey; readonly writing: boolean }
  | { readonly type: 'join' | 'leave'; readonly identity: IdentityKey; readonly nick: string }
  | {
      readonly type: 'rename'
      readonly identity: IdentityKey
      readonly nick: string
      readonly previous: string
    }
  | {
      readonly type: 'peer'
      readonly device: PeerKey
      readonly state: PeerState
      readonly identity?: IdentityKey
      readonly nick?: string
    }
  /** So many other members are known to have this message of mine, of so many present. */
  | {
      readonly type: 'receipt'
      readonly id: MessageId
      readonly have: number
      readonly members: number
    }
  /** `have` of the `total` messages of history that we lacked have come; more may turn out to be missing. Twice a second at most. */
  | { readonly type: 'catching-up'; readonly have: number; readonly total: number }
  /** What was said is not sent: nothing is left of it without white space, or it is over 8192 bytes of UTF-8. */
  | { readonly type: 'unsent'; readonly text: string; readonly why: 'empty' | 'too-long' }
  /** Messages of this author are refused: their clock is so far ahead of ours, in ms. At most once a minute. */
  | { readonly type: 'clock-ahead'; readonly identity: IdentityKey; readonly ahead: Millis }
  /**
   * The system's clock was set back by so many ms, below what we had dated our messages with.
   * `redated`: so many lines of ours were signed anew, because nobody had taken them.
   */
  | { readonly type: 'clock-back'; readonly by: Millis; readonly redated: number }
  /** A line of ours, known as `previous` until now, has another date and id. It is the same line: nobody had it. */
  | { readonly type: 'redated'; readonly previous: MessageId; readonly message: ChatMessage }
  /**
   * This author has vouched for a message that it did not sign: what we had at its word is gone, and nothing of it is
   * taken from now on. `ids`: of the messages that were told of and are gone.
   */
  | { readonly type: 'forged'; readonly identity: IdentityKey; readonly ids: readonly MessageId[] }
  /**
   * Our clock is off from those of all our neighbours, by so many ms: above zero we are behind, below zero ahead.
   * At most once a minute. Who is behind is dated by the others' clocks until its own is right.
   */
  | { readonly type: 'clock-off'; readonly behind: Millis }
  /** Another running program uses our device key: take a fresh one. At most once. */
  | { readonly type: 'device-taken' }
  /** A link was refused or closed for cause. */
  | { readonly type: 'refused'; readonly peer: PeerKey; readonly reason: Reason }
