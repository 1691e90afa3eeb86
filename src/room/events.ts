import type { PeerKey } from '../base/ids.js'
import type { ChatMessage, DirectMessage, RoomEvent } from '../protocol/events.js'

/** How one network is, or all are, as a sentence that a person can be shown as it is. */
export interface StatusEvent {
  readonly type: 'status'
  /** Which network: its name. */
  readonly network: string
  readonly state: string
  readonly text: string
}

/** A device that could not be reached when it was last tried. */
export interface UnreachableEvent {
  readonly type: 'unreachable'
  readonly device: PeerKey
  /** Why, as a sentence for a person. */
  readonly text: string
}

/** A mistake of ours came to light, and cost at most a link. Told once for each kind of mistake. */
export interface FaultEvent {
  readonly type: 'fault'
  /** How many there were in this room so far, of any kind. */
  readonly count: number
  /** What happened, as a sentence for a person. */
  readonly text: string
  /** What was thrown: for whoever looks for the mistake, not for users. */
  readonly cause: unknown
}

/**
 * We take part as another device from now on. copied: this home is a copy of another one, or was
 * moved, and what it was copied from may be in use; taken: another running program has our device
 * key.
 */
export interface DeviceChangedEvent {
  readonly type: 'device-changed'
  /** The device that we are now. */
  readonly device: PeerKey
  readonly why: 'copied' | 'taken'
}

/** What is said from now on is not kept on the disk. Told when it begins; `kept` tells that it is over. */
export interface UnkeptEvent {
  readonly type: 'unkept'
  /** Why, for programs: `STORE_IN_USE`, `STORE_NEWER`, `STORE_FAILED`, or what keeps the home from being used. */
  readonly code: string
  /** Why, as a sentence for a person. */
  readonly text: string
}

/** What is said is kept on the disk again, and so is what was said since it was not. */
export interface KeptEvent {
  readonly type: 'kept'
  readonly text: string
}

/** Something of what was kept is damaged. All files were put aside; what is good of them is kept on, and members have the rest. */
export interface DamagedEvent {
  readonly type: 'damaged'
  /** Where the files are now. */
  readonly path: string
  /** The same as a sentence for a person. */
  readonly text: string
}

/** Another program of ours has deleted what was kept, and the room has it no longer. What is said from now on is kept. */
export interface ForgottenEvent {
  readonly type: 'forgotten'
  /** How many messages: lines, and what was said about them. */
  readonly count: number
  readonly text: string
}

/** How the history on the disk fares. */
export type HistoryEvent = UnkeptEvent | KeptEvent | DamagedEvent | ForgottenEvent

/** What one device of ours hears of the room. */
export type EndpointEvent = RoomEvent | UnreachableEvent

/** Everything that a {@link Room} tells its owner. */
export type RoomUpdate =
  | Exclude<EndpointEvent, { type: 'device-taken' }>
  | StatusEvent
  | FaultEvent
  | DeviceChangedEvent
  | HistoryEvent

type MemberEvent = Extract<RoomUpdate, { type: 'join' | 'leave' }>

/** What a {@link Room} tells, by the name of the event. */
export type RoomEvents = {
  /** Somebody said something, ourselves included. */
  message: [message: ChatMessage]
  /** The same for us alone, or from us to somebody. */
  direct: [message: DirectMessage]
  /** What somebody wrote to us alone waits, because we have not written to them: see `Room.judge`. */
  'direct-held': [waiting: Extract<RoomUpdate, { type: 'direct-held' }>]
  /** A line that was told of has another text. */
  edit: [edit: Extract<RoomUpdate, { type: 'edit' }>]
  /** A line that was told of was taken back. */
  delete: [deletion: Extract<RoomUpdate, { type: 'delete' }>]
  /** A sign was put to a line that was told of, or taken away. */
  reaction: [reaction: Extract<RoomUpdate, { type: 'reaction' }>]
  /** The room is about something else now. */
  subject: [change: Extract<RoomUpdate, { type: 'subject' }>]
  /** The room has another card now. */
  card: [change: Extract<RoomUpdate, { type: 'card' }>]
  /** Somebody is writing a line, or no longer. */
  typing: [writer: Extract<RoomUpdate, { type: 'typing' }>]
  join: [member: MemberEvent]
  leave: [member: MemberEvent]
  rename: [change: Extract<RoomUpdate, { type: 'rename' }>]
  /** How sure we are of a device changed, or one has proved to be a member on a link that is new. */
  peer: [peer: Extract<RoomUpdate, { type: 'peer' }>]
  /** More members have a message of ours. */
  receipt: [receipt: Extract<RoomUpdate, { type: 'receipt' }>]
  /** History that we lack is coming: how much of it has. */
  'catching-up': [progress: Extract<RoomUpdate, { type: 'catching-up' }>]
  /** A link was refused or closed for cause. */
  refused: [refusal: Extract<RoomUpdate, { type: 'refused' }>]
  /** What was handed to `say` was not sent after all. */
  unsent: [refusal: Extract<RoomUpdate, { type: 'unsent' }>]
  /** Somebody's clock is so far ahead that their messages are refused. */
  'clock-ahead': [fault: Extract<RoomUpdate, { type: 'clock-ahead' }>]
  /** Our clock was set back, below what we had dated our messages with. */
  'clock-back': [change: Extract<RoomUpdate, { type: 'clock-back' }>]
  /** A line of ours has another date and id: nobody had it. */
  redated: [change: Extract<RoomUpdate, { type: 'redated' }>]
  /** A member has forged history: lines of it are gone, and nothing of it is taken any more. */
  forged: [fault: Extract<RoomUpdate, { type: 'forged' }>]
  /** Our own clock is off from those of all our neighbours. */
  'clock-off': [fault: Extract<RoomUpdate, { type: 'clock-off' }>]
  /** We are another device from now on: another program had, or has, our device key. */
  'device-changed': [change: DeviceChangedEvent]
  /** A device could not be reached; it may be tried again. */
  unreachable: [attempt: UnreachableEvent]
  /** A network came or went. */
  status: [status: StatusEvent]
  /** A mistake of ours was survived. */
  fault: [fault: FaultEvent]
  /** What is said from now on is not kept on the disk. */
  unkept: [problem: UnkeptEvent]
  /** What is said is kept on the disk again. */
  kept: [news: KeptEvent]
  /** Something of what was kept is damaged. */
  damaged: [damage: DamagedEvent]
  /** What was kept is deleted: another program of ours has asked for it. */
  forgotten: [deletion: ForgottenEvent]
  /** Each of the above, after its own event. */
  update: [update: RoomUpdate]
}
