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

/** Everything that a {@link Room} tells its owner. */
export type RoomUpdate = RoomEvent | StatusEvent | UnreachableEvent
