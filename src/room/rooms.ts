import { checkedLater, checkFunction, checkOptions } from '../base/options.js'
import { checkNetworks } from '../swarm/networks/check-networks.js'
import { networksFromEnvironment } from '../swarm/networks/environment.js'
import type { Network } from '../swarm/networks/network.js'
import type { NetworkSpec } from '../swarm/networks/open.js'
import type { NetworkLease } from './network-lease.js'
import type { RoomOptions } from './open.js'
import { openParts } from './open.js'
import type { OnReady } from './ready-room.js'
import { Room } from './room.js'
import { SharedNetworks } from './shared-networks.js'

/** What rooms of one program share. */
export interface RoomsOptions {
  /**
   * Which DHTs: a specification, or networks that are open, which stay so. Default: what
   * `SWARMCHAT_NETWORK`, `SWARMCHAT_BOOTSTRAP` and `SWARMCHAT_LOCAL_PORT` say, else public, lan and
   * local together.
   */
  readonly networks?: NetworkSpec | readonly Network[] | undefined
}

/**
 * Several rooms of one program on the same networks: ten rooms need three DHT nodes, and not
 * thirty. The networks are opened with the first room and closed when the last one is left.
 */
export class Rooms {
  readonly #shared: SharedNetworks
  // BOUNDED: by the owner, who opens them: rooms that are open, or being opened.
  readonly #rooms = new Map<symbol, Promise<Room>>()

  /** Throws BAD_OPTION, BAD_NETWORK. */
  constructor(options: RoomsOptions = {}) {
    checkOptions('Rooms', options, { networks: checkedLater })
    const { networks } = options
    if (networks !== undefined) checkNetworks(networks)
    this.#shared = new SharedNetworks(() => networks ?? networksFromEnvironment())
  }

  /** The networks that are open now; none while no room is. */
  get networks(): readonly Network[] {
    return this.#shared.networks
  }

  /** How many rooms are open, or being opened. */
  get size(): number {
    return this.#rooms.size
  }

  /**
   * Opens a room. `room.leave()` leaves that one; the others go on. `onready` hears when others can find it, which may be
   * before it is open. Rejects with what `Room.open` does: BAD_OPTION, BAD_NETWORK, BAD_ROOM_NAME, BAD_PASSWORD, BAD_SECRET, BAD_NICK, BAD_IDENTITY, OPEN_IDENTITY, OPEN_HOME, NO_HOME.
   */
  async open(options: Omit<RoomOptions, 'networks'>, onready?: OnReady): Promise<Room> {
    if (onready !== undefined) checkFunction('open of Rooms', onready)
    const key = Symbol(options.name)
    const forget = () => this.#rooms.delete(key)
    const parts = openParts(options, () => this.#lease(forget), onready)
    const room = parts.then(made => new Room(made))
    this.#rooms.set(key, room)
    room.catch(forget)
    return room
  }

  /** Leaves every room, which closes the networks: within 3 s. Never rejects. */
  async leave(): Promise<void> {
    await Promise.allSettled([...this.#rooms.values()].map(async room => (await room).leave()))
  }

  #lease(forget: () => void): NetworkLease {
    const { networks, release } = this.#shared.take()
    const leave = () => {
      forget()
      return release()
    }
    return { networks, release: leave }
  }
}
