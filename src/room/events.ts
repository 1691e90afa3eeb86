import type { PeerKey } from '../base/ids.js'
import type { RoomEvent } from '../protocol/events.js'

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
 * We take part as another device from now on. copied: this home is a copy of another one, or was moved, and what it was copied
 * from may be in use; taken: another running program has our device key.
 */
export interface DeviceChangedEvent {
  readonly type: 'device-changed'
  /** The device that we are now. */
  readonly device: PeerKey
  readonly why: 'copied' | 'taken'
}

/** What one device of ours hears of the room. */
export type EndpointEvent = RoomEvent | UnreachableEvent

/** Everything that a {@link Room} tells its owner. */
export type RoomUpdate =
  | Exclude<EndpointEvent, { type: 'device-taken' }>
  | StatusEvent
  | FaultEvent
  | DeviceChangedEvent
