import type { IdentityKey, PeerKey } from '../../base/ids.js'
import type { Inviting } from '../../protocol/events.js'
import type { RoomMachine } from '../../protocol/machine/room-machine.js'

/** Our device in a room, as it is now. */
interface OwnDevice {
  readonly device: PeerKey
  readonly parts: { readonly machine: Pick<RoomMachine, 'invitations' | 'signs'> }
  feed(inviting: Inviting): unknown
}

/** What letting in needs of a room that is open. */
export interface InvitingRoom {
  readonly identity: IdentityKey
  readonly own: () => OwnDevice
  /** Where what is told is written; undefined: nowhere. */
  readonly history: { written(): Promise<void> } | undefined
}
