import { atMost } from '../../async/at-most.js'
import { deferred } from '../../async/deferred.js'
import {
  type IdentityKey,
  idFromBytes,
  idToBytes,
  type PeerKey,
  type RelayKey,
  type Topic
} from '../../base/ids.js'
import type { Millis } from '../../base/time.js'
import type { OnTrace } from '../../base/trace.js'
import type { Identity } from '../../home/identity.js'
import type { Input, Output, RoomEvent } from '../../protocol/events.js'
import { MemoryStore } from '../../store/memory-store.js'
import type { MessageStore } from '../../store/store.js'
import { partyAddress } from '../../swarm/connections/paths.js'
import type { LookupSample } from '../../swarm/discovery-context.js'
import type { Network } from '../../swarm/networks/network.js'
import { Volunteer } from '../../swarm/relay/volunteer.js'
import type { Swarm } from '../../swarm/swarm.js'
import type { TopicSession } from '../../swarm/topic-session.js'
import { type Clock, systemClock } from '../clock.js'
import type { RoomCounters } from '../counters.js'
import { Driver, type DriverLoad } from '../driver/driver.js'
import type { UnreachableEvent } from '../events.js'
import type { RememberedMembers } from '../kept/remembered-members.js'
import type { EndpointParts } from '../parts.js'
import { CardKeeper } from '../records/card-keeper.js'
import { OwnRecord } from '../records/own-record.js'
import type { RoomRecords } from '../records/room-records.js'
import { Meeting } from './meeting.js'

/**
 * Leaving waits no longer than this for the DHT to take our announcement back. Guess: 2 s in all
 * for a command.
 */
const LEAVE_MILLIS: Millis = 1_000

/** What an endpoint is told beside its parts, and whom it tells. */
export interface EndpointOptions {
  readonly topic: Topic
  readonly identity: Identity
  readonly observer: boolean
  readonly volunteer?: boolean | undefined
  /** Who has which device, in the DHT. Default: nothing is written there. */
  readonly records?: RoomRecords | undefined
  /** True: our device says there who has it. Default false. */
  readonly isRecorded?: boolean | undefined
  /** Keeps what we call ourselves from now on. Default: nobody does. */
  readonly keepNick?: ((nick: string) => void) | undefined
  readonly clock?: Clock | undefined
  /** Where messages are kept. Default: nowhere but in memory. */
  readonly store?: MessageStore | undefined
  /** Who was met here before: dialled at once. Default: nobody is remembered. */
  readonly remembered?: RememberedMembers | undefined
  readonly onTrace?: OnTrace | undefined
  readonly counters?: RoomCounters
  readonly tell: (event: RoomEvent | UnreachableEvent) => void
  readonly onnetwork: (network: Network) => void
  /** What the room knows of invitations has changed. Default: nobody hears of it. */
  readonly oninvitations?: (() => void) | undefined
  readonly onfault: (where: string, thrown: unknown) => void
}

/**
 * One device in a room: its key, the machine and the swarm that have it, and the driver between the
 * two.
 */
export class Endpoint {
  /** The key that is announced and dialled. */
  readonly device: PeerKey
  readonly parts: EndpointParts
  readonly #options: EndpointOptions
  readonly #driver: Driver
  readonly #linked = deferred()
  // BOUNDED: what one turn of the event loop brings.
  readonly #candidates = new Set<PeerKey>()
  readonly #meeting: Meeting
  #volunteer: Volunteer | undefined
  #record: OwnRecord | undefined
  readonly #cards: CardKeeper | undefined
  #started: Promise<boolean> | undefined
  #left: Promise<void> | undefined

  constructor(parts: EndpointParts, options: EndpointOptions) {
    const { device, machine, swarm } = parts
    this.parts = parts
    this.device = idFromBytes(device.keyPair.publicKey)
    this.#options = options
    const { counters, onTrace } = options
    this.#driver = new Driver({
      ...(counters && { counters }),
      onTrace,
      machine,
      topic: options.topic,
      self: options.identity.key,
      clock: options.clock ?? systemClock,
      store: options.store ?? new MemoryStore(),
      dial: peer => swarm.dial(idToBytes(peer)),
      lookUp: () => void this.lookUp(),
      emit: event => this.#emit(event),
      oninvitations: options.oninvitations,
      onfault: options.onfault
    })
    this.#meeting = parts.meeting ?? new Meeting({ ...options, swarm })
    this.#listenTo(swarm)
    this.#cards = this.#cardKeeper()
  }

  /** What is held now. */
  get load(): DriverLoad {
    return this.#driver.load
  }

  /** Resolves when another member was linked for the first time, none of our own devices. */
  get linked(): Promise<void> {
    return this.#linked.promise
  }

  /** Hands something to the machine; see {@link Driver.feed}. */
  feed(input: Input): readonly Output[] {
    const outputs = this.#driver.feed(input)
    if (input.type === 'card') this.#cards?.changed()
    if (input.type !== 'rename') return outputs
    this.#record?.changed()
    this.#options.keepNick?.(input.nick)
    return outputs
  }

  /**
   * Enters the room. Resolves true when it was looked up, and we announced, on the first network
   * that could; false if we left before.
   */
  start(): Promise<boolean> {
    this.#started ??= this.#start()
    return this.#started
  }

  /**
   * Looks once more, now, and ends when all networks have answered. Gives the devices that were named;
   * undefined if nobody answered. Never rejects.
   */
  async lookUp(): Promise<LookupSample | undefined> {
    const named = await this.#session?.lookup()
    this.#tellCandidates()
    return named
  }

  /** Looks for others again, now, and a few times more soon. */
  refresh(): void {
    void this.#session?.refresh()
  }

  /** Says goodbye, takes the announcement back and closes the swarm: within 2 s. Never rejects. */
  leave(): Promise<void> {
    this.#left ??= this.#leave()
    return this.#left
  }

  #emit(event: RoomEvent): void {
    const isLink = event.type === 'peer' && event.state === 'verified'
    if (isLink && event.identity !== this.#options.identity.key) this.#linked.resolve()
    if (isLink && event.identity !== undefined) this.#remember(event.device, event.identity)
    this.#options.tell(event)
  }

  #remember(device: PeerKey, identity: IdentityKey): void {
    const { swarm } = this.parts
    const where = (peer: PeerKey) => swarm.whereaboutsOf(idToBytes(peer))
    this.#options.remembered?.linked(device, identity, where)
  }

  get #session(): TopicSession | undefined {
    return this.#meeting.session
  }

  #listenTo(swarm: Swarm): void {
    swarm.on('dial-failed', ({ key }, { message }) => {
      this.#driver.feed({ type: 'dial-failed', peer: key })
      this.#options.tell({ type: 'unreachable', device: key, text: message })
    })
    swarm.on('network', network => this.#options.onnetwork(network))
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

  async #start(): Promise<boolean> {
    if (this.#left !== undefined) return false
    const { swarm } = this.parts
    this.#driver.feed({ type: 'start' })
    const session = this.#meeting.begin()
    this.#meeting.take({
      onstream: stream => this.#driver.attach(stream, partyAddress(stream, swarm.networks)),
      onpeer: peer => this.#found(peer)
    })
    await session.flushed()
    if (this.#left !== undefined) return false
    if (this.#options.volunteer === true) this.#offerRelay()
    this.#keepRecord()
    this.#cards?.start()
    return true
  }

  #offerRelay(): void {
    const volunteer = new Volunteer(this.parts.swarm.networks, offered => {
      const relay = offered ? idFromBytes<RelayKey>(volunteer.publicKey) : undefined
      this.#driver.feed({ type: 'offer-relay', relay })
    })
    this.#volunteer = volunteer
  }

  #keepRecord(): void {
    const { clock = systemClock, isRecorded, records } = this.#options
    if (records === undefined || isRecorded !== true) return
    const { device, machine, swarm } = this.parts
    const said = { keyPair: device.keyPair, networks: swarm.networks, nick: () => machine.nick }
    this.#record = new OwnRecord({ records, clock, ...said })
  }

  // Who only looks has no card to keep.
  #cardKeeper(): CardKeeper | undefined {
    const { observer, records } = this.#options
    if (records === undefined || observer) return undefined
    const { machine, swarm } = this.parts
    const [card, random] = [() => machine.card(), Math.random]
    return new CardKeeper({ records, networks: swarm.networks, card, random })
  }

  async #leave(): Promise<void> {
    this.#options.remembered?.write()
    this.#driver.feed({ type: 'leave' })
    const ending = [
      this.#driver.close(),
      this.#session?.destroy(),
      this.#volunteer?.close(),
      this.#record?.end(),
      this.#cards?.end()
    ]
    await atMost(LEAVE_MILLIS, Promise.allSettled(ending))
    await this.parts.swarm.destroy().catch(() => {})
  }
}
