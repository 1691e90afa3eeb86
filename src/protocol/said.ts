import type { IdentityKey, InvitationId, MessageId } from '../base/ids.js'
import type { Millis } from '../base/time.js'
import type { Holder } from './wire/bodies/invitation.js'
import type { CardTexts } from './wire/bodies/room-card.js'

// What is said: as we hand it over, and as people see it.

/** What we say: a line, or something about a line that is here. Edited and taken back are lines of our own alone. */
export type Saying =
  | { readonly type: 'say'; readonly text: string; readonly replyTo?: MessageId | undefined }
  | { readonly type: 'edit'; readonly id: MessageId; readonly text: string }
  | { readonly type: 'delete'; readonly id: MessageId }
  | {
      readonly type: 'react'
      readonly id: MessageId
      /** 1 to 48 bytes of UTF-8. */
      readonly emoji: string
      /** True: it is taken away again. */
      readonly removed: boolean
    }
  /** What the room is about from now on: at most 512 bytes of UTF-8; empty: nothing in particular. */
  | { readonly type: 'subject'; readonly subject: string }
  /** What the room is from now on; all texts empty: it has no card any more. */
  | ({ readonly type: 'card' } & CardTexts)
  /** For one member, which alone can read it. */
  | { readonly type: 'direct'; readonly to: IdentityKey; readonly text: string }

/** What we tell the room of invitations that admit. */
export type Inviting =
  | {
      readonly type: 'invite'
      /** The public key of its ticket, 32 bytes. */
      readonly ticket: Uint8Array
      /** ms since 1970. */
      readonly expires: Millis
      /** How many may come by it; 0: any number. */
      readonly uses: number
      /** True: any member lets in by it; else one of our own devices alone. */
      readonly anyone: boolean
      /** Which one; undefined: any member does. */
      readonly holder?: Holder | undefined
    }
  /** Somebody is let in. */
  | {
      readonly type: 'admit'
      readonly invitation: InvitationId
      readonly newcomer: IdentityKey
      /** So many have come by it, this one among them. */
      readonly used: number
    }
  /** One that we made lets nobody in any more. */
  | { readonly type: 'revoke'; readonly invitation: InvitationId }

/** We are writing a line, or no longer. */
export interface Typing {
  readonly type: 'typing'
  readonly writing: boolean
}

/** A message as people see it. */
export interface ChatMessage {
  readonly id: MessageId
  readonly from: IdentityKey
  readonly nick: string
  /** As it reads now: its author may have edited it before it came here. */
  readonly text: string
  /** The line that it answers, which need not be here. */
  readonly replyTo?: MessageId
  /** When its author gave it another text, ms since 1970; absent if that did not happen before it came here. */
  readonly edited?: Millis
  /** The author's logical clock, in ms since 1970: close to wall time for honest authors. */
  readonly time: Millis
  /** True where it came with history, not as it was said. */
  readonly history: boolean
  /** What its author had seen last, as far as it is not here yet: lines of the same author may be among it. */
  readonly missing?: readonly MessageId[]
}

/** What a room is about, as one of its members put it. */
export interface RoomSubject {
  /** The message that says so. */
  readonly id: MessageId
  readonly from: IdentityKey
  /** What they were called then. */
  readonly nick: string
  /** At most 512 bytes of UTF-8, and whatever a stranger likes; empty: it is about nothing in particular any more. */
  readonly subject: string
  /** The author's clock, in ms since 1970. */
  readonly time: Millis
}

/** What a room is, as one of its members put it: texts of whatever a stranger likes. */
export interface RoomCard extends CardTexts {
  /** The message that says so. */
  readonly id: MessageId
  readonly from: IdentityKey
  /** What they were called then. */
  readonly nick: string
  /** The author's clock, in ms since 1970. */
  readonly time: Millis
}

/** The room is about this now, or is this. Of many that come with history only some are told of, and the one that counts is. */
export type FactEvent =
  | ({ readonly type: 'subject'; readonly history: boolean } & RoomSubject)
  | ({ readonly type: 'card'; readonly history: boolean } & RoomCard)

/** Words for one member, which that one and their author alone can read. */
export interface DirectMessage extends ChatMessage {
  /** Whom they are for: us, or somebody whom we wrote to, from this device or another. */
  readonly to: IdentityKey
  /** True: from somebody whom we have not written to, the first of theirs; what comes after it waits (`direct-held`). */
  readonly isRequest: boolean
}

/** Words for us alone that wait, because we have not written to their author. */
export interface DirectRequest {
  readonly identity: IdentityKey
  /** What they were called in the newest of them. */
  readonly nick: string
  /** How many messages wait; of more than 16, or very long ones, the newest are kept. */
  readonly count: number
  /** The author's clock of the first of them, in ms since 1970. */
  readonly time: Millis
}
