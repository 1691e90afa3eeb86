import { EventEmitter } from 'node:events'
import { roomLeft } from '../base/errors.js'
import {
  type IdentityKey,
  idFromBytes,
  idToBytes,
  type MessageId,
  type PeerKey,
  type RelayKey,
  type Topic
} from '../base/ids.js'
import type { Millis } from '../base/time.js'
import type { Device } from '../home/device-key.js'
import type { Identity } from '../home/identity.js'
import type { ChatMessage, Output } from '../protocol/events.js'
import type { RoomMachine } from '../protocol/machine/room-machine.js'
import type { Member } from '../protocol/presence/roster.js'
import { memoryStore } from '../store/store.js'
import { partyAddress } from '../swarm/connections/paths.js'
import type { Network } from '../swarm/networks/network.js'
import { Volunteer } from '../swarm/relay/volunteer.js'
import type { Swarm } from '../swarm/swarm.js'
import { steadyClock } from './clock.js'
import { Driver } from './driver.js'
import type { RoomUpdate, StatusEvent, UnreachableEvent } from './events.js'
import { checkNick } from './nick.js'
import { openParts, type RoomOptions } from './open.js'
import { Refusals } from './reach/refusals.js'
import { type PeerReport, reportPeers } from './reach/report.js'
import { isNews, statusOf } from './status.js'
import { checkText } from './text.js'

type MemberEvent = Extract<RoomUpdate, { type: 'join' | 'leave' }>

/** What a {@link Room} tells. */
export type RoomEvents = {
  /** Somebody said something, ourselves included. */
  message: [message: ChatMessage]
  join: [member: MemberEvent]
  leave: [member: MemberEvent]
  rename: [change: Extract<RoomUpdate, { type: 'rename' }>]
  /** How sure we are of a device changed. */
  peer: [peer: Extract<RoomUpdate, { type: 'peer' }>]
  /** More members have a message of ours. */
  receipt: [receipt: Extract<RoomUpdate, { type: 'receipt' }>]
  /** A link was refused or closed for cause. */
  refused: [refusal: Extract<RoomUpdate, { type: 'refused' }>]
  /** What was handed to `say` was not sent after all. */
  unsent: [refusal: Extract<RoomUpdate, { type: 'unsent' }>]
  /** Somebody's clock is so far ahead that their messages are refused. */
  'clock-ahead': [fault: Extract<RoomUpdate, { type: 'clock-ahead' }>]
  /** A device could not be reached; it may be tried again. */
  unreachable: [attempt: UnreachableEvent]
  /** A network came or went. */
  status: [status: StatusEvent]
  /** Each of the above, after its own event. */
  update: [update: RoomUpdate]
}

/** What a room is made of. `Room.open` makes it; tests and simulations bring their own. */
export interface RoomParts {
  readonly name: string
  readonly topic: Topic
  readonly identity: Identity
  readonly device: Device
  readonly machine: RoomMachine
  readonly swarm: Swarm
  readonly observer: boolean
  /** True: relay for the other members where everybody can reach us. Default false. */
  readonly volunteer?: boolean
  readonly now?: () => Millis
}

/** Leaving waits no longer than this for the DHT to take our announcement back. Guess: 2 s in all for a command. */
const LEAVE_MILLIS: Millis = 1_000
/** ... and no longer than this for the networks to close. Guess. */
const CLOSE_MILLIS: Millis = 500

/**
 * A group chat: everybody who opens the same name is in it. Listen for events in the turn in which `Room.open`
 * resolves: the room starts in the next one.
 */
export class Room extends EventEmitter<RoomEvents> {
  readonly name: string
  readonly topic: Topic
  /** Who we are to the others. */
  readonly identity: IdentityKey
  /** Which of our devices this is: the key that is announced and dialled. */
  readonly device: PeerKey
  /**
   * Resolves true when the room was looked up, and we announced, on the first network that could: from then on others
   * find us. False where we left before. Stays pending while every network is offline.
   */
  readonly ready: Promise<boolean>
  readonly #parts: RoomParts
  readonly #driver: Driver
  readonly #refusals = new Refusals()
  // BOUNDED: one per network.
  readonly #troubled = new Set<Network>()
  // BOUNDED: what one turn of the event loop brings.
  readonly #candidates = new Set<PeerKey>()
  #session: ReturnType<Swarm['join']> | undefined
  #volunteer: Volunteer | undefined
  #left: Promise<void> | undefined

  /** Opens a room. Throws BAD_ROOM_NAME, BAD_NICK, BAD_IDENTITY, OPEN_IDENTITY, NO_HOME. */
  static async open(options: RoomOptions): Promise<Room> {
    return new Room(await openParts(options))
  }

  constructor(parts: RoomParts) {
    super()
    const { device, identity, machine, name, swarm, topic } = parts
    this.#parts = parts
    this.name = name
    this.topic = topic
    this.identity = identity.key
    this.device = idFromBytes(device.keyPair.publicKey)
    this.#driver = new Driver({
      machine,
      topic,
      clock: parts.now ?? steadyClock(),
      store: memoryStore,
      dial: peer => swarm.dial(idToBytes(peer)),
      lookUp: () => void this.lookUp(),
      emit: event => this.#tell(event)
    })
    this.#listenTo(swarm)
    this.ready = this.#start()
  }

  /** What we are called. */
  get nick(): string {
    return this.#parts.machine.nick
  }

  /** Says something; gives its id, which receipts name. Throws BAD_TEXT where it is empty or over 8192 bytes of UTF-8. */
  say(text: string): MessageId {
    const outputs = this.#driver.feed({ type: 'say', text: checkText(text) })
    const message = outputs.find(isStored)?.message
    if (message === undefined) throw roomLeft(this.name)
    return message.id
  }

  /** Goes by another nick from now on. Throws BAD_NICK. */
  rename(nick: string): void {
    this.#driver.feed({ type: 'rename', nick: checkNick(nick) })
  }

  /** Who is in the room, ourselves included unless we only observe. */
  members(): Member[] {
    return this.#parts.machine.members()
  }

  /** True while a network is usable. */
  get online(): boolean {
    return this.#parts.swarm.networks.some(({ state }) => state === 'online')
  }

  /** Looks once more, now, and ends when all networks have answered. Never rejects. */
  async lookUp(): Promise<void> {
    await this.#session?.lookup()
    this.#tellCandidates()
  }

  /** How many others we are linked to directly: a handful, however large the room. */
  get links(): number {
    return this.#parts.machine.snapshot().links
  }

  /** Everybody else that we know of: how each is reached or why not, as sentences. At most a few thousand. */
  peers(): PeerReport[] {
    const { machine, swarm } = this.#parts
    return reportPeers({
      swarm,
      peers: machine.peers(),
      members: machine.members(),
      self: this.device,
      refusals: this.#refusals
    })
  }

  /** How far the members' clocks seem to be ahead of ours, in ms; one by one, in no order. */
  clocks(): Millis[] {
    return this.#parts.machine.clocks()
  }

  /** Looks for others again, now. */
  refresh(): void {
    void this.#session?.refresh()
  }

  /** Says goodbye, takes the announcement back and closes everything: within 2 s. Never rejects. */
  leave(): Promise<void> {
    this.#left ??= this.#leave()
    return this.#left
  }

  #listenTo(swarm: Swarm): void {
    swarm.on('connection', stream =>
      this.#driver.attach(stream, partyAddress(stream, swarm.networks))
    )
    swarm.on('peer', ({ key }) => this.#found(key))
    swarm.on('dial-failed', ({ key }, { message }) => {
      this.#driver.feed({ type: 'dial-failed', peer: key })
      this.#tell({ type: 'unreachable', device: key, text: message })
    })
    swarm.on('network', network => this.#onNetwork(network))
  }

  // The nodes that hold a topic all name the same peers, and many at a time.
  #found(peer: PeerKey): void {
    this.#candidates.add(peer)
    if (this.#candidates.size === 1) setImmediate(() => this.#tellCandidates())
  }

  #tellCandidates(): void {
    const peers = [...this.#candidates]
    this.#candidates.clear()
    if (peers.length > 0) this.#driver.feed({ type: 'candidates', peers })
  }

  // The first time that a network comes up is nothing to tell: `ready` is.
  #onNetwork(network: Network): void {
    if (!isNews(network, this.#parts.swarm.networks)) return
    if (network.state === 'online' && !this.#troubled.delete(network)) return
    if (network.state !== 'online') this.#troubled.add(network)
    this.#tell(statusOf(network, this.#parts.swarm.networks))
  }

  async #start(): Promise<boolean> {
    await new Promise(setImmediate)
    if (this.#left !== undefined) return false
    this.#driver.feed({ type: 'start' })
    const { observer, swarm } = this.#parts
    this.#session = swarm.join(idToBytes(this.topic), { server: !observer, client: true })
    await this.#session.flushed()
    if (this.#left !== undefined) return false
    if (this.#parts.volunteer === true) this.#offerRelay()
    return true
  }

  #offerRelay(): void {
    const volunteer = new Volunteer(this.#parts.swarm.networks, offered => {
      const relay = offered ? idFromBytes<RelayKey>(volunteer.publicKey) : undefined
      this.#driver.feed({ type: 'offer-relay', relay })
    })
    this.#volunteer = volunteer
  }

  async #leave(): Promise<void> {
    const { device, swarm } = this.#parts
    this.#driver.feed({ type: 'leave' })
    const ending = [this.#driver.close(), this.#session?.destroy(), this.#volunteer?.close()]
    await atMost(LEAVE_MILLIS, Promise.all(ending))
    await atMost(CLOSE_MILLIS, swarm.destroy())
    device.release()
  }

  // A listener that throws is its owner's bug: it must surface as one, and not end a link.
  #tell(update: RoomUpdate): void {
    this.#refusals.note(update)
    try {
      this.#tellApart(update)
      this.emit('update', update)
    } catch (thrown) {
      queueMicrotask(() => {
        throw thrown
      })
    }
  }

  #tellApart(update: RoomUpdate): void {
    // The compiler cannot see that an update's type is the name of its own event.
    const emitter = this as EventEmitter<Record<string, unknown[]>>
    emitter.emit(update.type, update.type === 'message' ? update.message : update)
  }
}

function isStored(output: Output): output is Extract<Output, { type: 'store' }> {
  return output.type === 'store'
}

async function atMost(millis: Millis, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise(resolve => {
    timer = setTimeout(resolve, millis)
  })
  await Promise.race([work, late]).catch(() => {})
  clearTimeout(timer)
}
