import type { Topic } from '../base/ids.js'
import type { OnTrace } from '../base/trace.js'
import type { Device } from '../home/device-key.js'
import type { Identity } from '../home/identity.js'
import type { RoomMachine } from '../protocol/machine/room-machine.js'
import type { Swarm } from '../swarm/swarm.js'
import type { Admitting } from './admission/admitting.js'
import type { Clock } from './clock.js'
import type { Meeting } from './device/meeting.js'
import type { RoomHistory } from './kept/history.js'
import type { RememberedMembers } from './kept/remembered-members.js'
import type { RoomAccess } from './keys.js'
import type { NetworkLease } from './network-lease.js'
import type { RoomRecords } from './records/room-records.js'

/** What belongs to one device key. */
export interface EndpointParts {
  readonly device: Device
  readonly machine: RoomMachine
  readonly swarm: Swarm
  /** Whom it meets, if it is announced already. Default: it is when the room starts. */
  readonly meeting?: Meeting
}

/** What a room is made of. `Room.open` makes it; tests and simulations bring their own. */
export interface RoomParts extends EndpointParts {
  readonly name: string
  readonly topic: Topic
  /** Default 'public'. */
  readonly access?: RoomAccess
  readonly identity: Identity
  readonly observer: boolean
  /** Who has which device, in the DHT. Default: nothing is read or written there. */
  readonly records?: RoomRecords
  /** True: our device says in the DHT who has it. Default false. */
  readonly isRecorded?: boolean
  /** True: relay for the other members if everybody can reach us. Default false. */
  readonly volunteer?: boolean
  /** Keeps what we are called. Default: nobody does. */
  readonly keepNick?: (nick: string) => void
  /** Hears every step of the protocol and the room. Default: nobody. */
  readonly onTrace?: OnTrace | undefined
  /** Default: the system's. */
  readonly clock?: Clock
  /** Where messages are kept, and what was. Default: in memory. */
  readonly history?: RoomHistory
  /** Who was met here before. Default: nobody is remembered. */
  readonly remembered?: RememberedMembers | undefined
  /** Lets in whoever has an invitation. Default: nobody does. */
  readonly admitting?: Admitting | undefined
  /** The networks that the room gives back when it is left. Default none. */
  readonly lease?: NetworkLease
  /**
   * Makes the same with a fresh device key, on the same networks. Without it the room keeps the key
   * that it has.
   */
  readonly renew?: (former: EndpointParts) => EndpointParts
}
