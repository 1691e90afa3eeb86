import { EventEmitter } from 'node:events'
import { atMost } from '../async/at-most.js'
import { surface } from '../async/surface.js'
import { notSent, roomFault, roomLeft, type SwarmchatError } from '../base/errors.js'
import { type IdentityKey, type MessageId, type PeerKey, shortId, type Topic } from '../base/ids.js'
import { labelled, type Metric } from '../base/metrics.js'
import type { Millis } from '../base/time.js'
import type { Input } from '../protocol/events.js'
import type { Member } from '../protocol/presence/roster.js'
import { isMissed } from '../swarm/networks/missed.js'
import type { Network } from '../swarm/networks/network.js'
import { RoomCounters } from './counters.js'
import { Endpoint } from './endpoint.js'
import type { DeviceChangedEvent, EndpointEvent, RoomEvents, RoomUpdate } from './events.js'
import { Faults } from './faults.js'
import { Handover } from './handover.js'
import { roomMetrics } from './metrics.js'
import { checkNick } from './nick.js'
import { openParts, type RoomOptions } from './open.js'
import type { EndpointParts, RoomParts } from './parts.js'
import { Refusals } from './reach/refusals.js'
import { type PeerReport, reportPeers } from './reach/report.js'
import { retire } from './retire.js'
import { idOfSent } from './sent.js'
import { NetworkNews } from './status.js'
import { checkText, MAX_DIRECT_TEXT_BYTES } from './text.js'
import { updateTrace } from './trace.js'

/** Leaving waits no longer than this for the networks to close. Guess: 2 s in all for a command. */
const CLOSE_MILLIS: Millis = 500

/** A group chat. Listen in the turn in which `Room.open` resolves: the room starts in the next one. */
export class Room extends EventEmitter<RoomEvents> {
  readonly name: string
  readonly topic: Topic
  /** True: it was opened with a password, and whoever has another one is in another room. */
  readonly hasPassword: boolean
  /** Who we are to the others. */
  readonly identity: IdentityKey
  /**
   * True when the room was looked up, and we announced, on the first network that could: others find
   * us from then on. False if we left before. Stays pending while every network is offline.
   */
  readonly ready: Promise<boolean>
  readonly #parts: RoomParts
  readonly #refusals = new Refusals()
  readonly #faults = new Faults()
  readonly #news = new NetworkNews()
  readonly #counters = new RoomCounters()
  #endpoint: Endpoint
  readonly #handover = new Handover(update => this.#tell(update))
  #left: Promise<void> | undefined

  /** Opens a room. Rejects with what `Rooms.open` rejects with. */
  static async open(options: RoomOptions): Promise<Room> {
    return new Room(await openParts(options))
  }

  constructor(parts: RoomParts) {
    super()
    this.#parts = parts
    this.name = parts.name
    this.topic = parts.topic
    this.hasPassword = parts.hasPassword ?? false
    this.identity = parts.identity.key
    this.#endpoint = this.#open(parts)
    this.#restore()
    this.ready = this.#start()
  }

  /** Which of our devices this is: the key that is announced and dialled. See `device-changed`. */
  get device(): PeerKey {
    return this.#endpoint.device
  }

  /** What we are called. */
  get nick(): string {
    return this.#machine.nick
  }

  /**
   * Says something; gives its id, which receipts name. Throws BAD_TEXT if it is empty or over 8192
   * bytes of UTF-8, ROOM_LEFT, and ROOM_FAULT if a mistake of ours kept it from being sent.
   */
  say(text: string): MessageId {
    return this.#send({ type: 'say', text: checkText(text) }, roomFault)
  }

  /**
   * Says something that only this identity can read; gives its id. Throws BAD_TEXT if it is empty
   * or over 8125 bytes, NOT_SENT (more than 5 in a second; no such identity), ROOM_LEFT.
   */
  direct(to: IdentityKey, text: string): MessageId {
    return this.#send({ type: 'say-to', to, text: checkText(text, MAX_DIRECT_TEXT_BYTES) }, notSent)
  }

  /** Shows what somebody whom we have not written to writes to us alone, from now on; or hides it. */
  judge(identity: IdentityKey, accept: boolean): void {
    this.#endpoint.feed({ type: 'judge', identity, accept })
  }

  /** Goes by another nick from now on. Throws BAD_NICK, ROOM_LEFT. */
  rename(nick: string): void {
    const checked = checkNick(nick)
    this.#checkInside()
    this.#endpoint.feed({ type: 'rename', nick: checked })
  }

  /** The commands that this bot obeys from now on, without the slash; what cannot be told is not. */
  offerCommands(commands: readonly string[]): void {
    this.#endpoint.feed({ type: 'offer-commands', commands })
  }

  /** Who is in the room, ourselves included unless we only observe. */
  members(): Member[] {
    return this.#handover.among(this.#machine.members())
  }

  /** One of them, if present; costs the same in a room of ten as in one of ten thousand. */
  member(identity: IdentityKey): Member | undefined {
    return this.#parts.machine.member(identity)
  }

  /** True while a network is usable. */
  get online(): boolean {
    return this.#networks.some(({ state }) => state === 'online')
  }

  /** What is wrong with the networks that are missed, in their order. */
  get problems(): SwarmchatError[] {
    const networks = this.#networks
    const missed = networks.filter(network => isMissed(network, networks))
    return missed.flatMap(({ problem }) => problem ?? [])
  }

  /** Looks once more, now, and ends when all networks have answered. Never rejects. */
  lookUp(): Promise<void> {
    return this.#endpoint.lookUp()
  }

  /** How many others we are linked to directly: a handful, however large the room. */
  get links(): number {
    return this.#machine.snapshot().links
  }

  /** Everybody else that we know of, a few thousand at most: how each is reached, or why not. */
  peers(): PeerReport[] {
    const machine = this.#machine
    return reportPeers({
      swarm: this.#endpoint.parts.swarm,
      peers: machine.peers(),
      members: machine.members(),
      self: this.device,
      refusals: this.#refusals
    })
  }

  /** How far the members' clocks seem to be ahead of ours, in ms; one by one, in no order. */
  clocks(): Millis[] {
    return this.#machine.clocks()
  }

  /** Mistakes of ours so far that the room has survived: see `fault`. */
  get faults(): number {
    return this.#faults.count
  }

  /** The room and its swarm in figures, for Prometheus; labelled with the start of the topic. */
  metrics(): Metric[] {
    const { machine, swarm } = this.#endpoint.parts
    const snapshot = machine.snapshot()
    const { load } = this.#endpoint
    const own = roomMetrics({ snapshot, load, counters: this.#counters, faults: this.faults })
    return labelled([...own, ...swarm.metrics()], { topic: shortId(this.topic) })
  }

  /** Looks for others again, now. */
  refresh(): void {
    this.#endpoint.refresh()
  }

  /** Says goodbye, ends the announcement and closes what it opened: within 2 s. Never rejects. */
  leave(): Promise<void> {
    this.#left ??= this.#leave()
    return this.#left
  }

  get #machine() {
    return this.#endpoint.parts.machine
  }

  get #networks(): readonly Network[] {
    return this.#endpoint.parts.swarm.networks
  }

  #send(input: Input, failed: () => SwarmchatError): MessageId {
    this.#checkInside()
    const id = idOfSent(this.#endpoint.feed(input))
    if (id === undefined) throw failed()
    return id
  }

  #checkInside(): void {
    if (this.#left !== undefined) throw roomLeft(this.name)
  }

  // What a device tells that has given its key up is nobody's news.
  #open(parts: EndpointParts): Endpoint {
    const ifCurrent =
      <A extends unknown[]>(act: (...args: A) => void) =>
      (...args: A) => {
        if (this.#endpoint === undefined || this.#endpoint === endpoint) act(...args)
      }
    const endpoint: Endpoint = new Endpoint(parts, {
      ...this.#parts,
      store: this.#parts.history?.store,
      counters: this.#counters,
      tell: ifCurrent(update => this.#heard(update)),
      onnetwork: ifCurrent(network => this.#tell(this.#news.take(network, this.#networks))),
      onfault: (where, thrown) => this.#tell(this.#faults.note(where, thrown))
    })
    return endpoint
  }

  // Before anything is said, so that it comes after all of that; shown when there are listeners.
  #restore(): void {
    const messages = this.#parts.history?.take() ?? []
    if (messages.length > 0) this.#endpoint.feed({ type: 'restore', messages, isUntold: true })
  }

  async #start(): Promise<boolean> {
    await new Promise(setImmediate)
    if (this.#left !== undefined) return false
    this.#parts.history?.onproblem(problem => this.#tell(problem))
    for (const status of this.#news.begin(this.#networks)) this.#tell(status)
    const { former } = this.#parts.device
    if (former !== undefined) this.#tellChange('copied')
    const isReady = await this.#ready()
    if (isReady && former !== undefined) retire(former, this.topic, this.#endpoint.parts.swarm)
    return isReady
  }

  async #ready(): Promise<boolean> {
    const endpoint = this.#endpoint
    if (await endpoint.start()) return true
    return this.#endpoint === endpoint ? false : this.#ready()
  }

  #heard(event: EndpointEvent): void {
    if (event.type === 'device-taken') this.#changeDevice()
    else this.#tell(this.#handover.filter(event))
  }

  // Nothing is lost: the new device has what the old one had, and is there before that leaves.
  #changeDevice(): void {
    const former = this.#endpoint
    const fresh = this.#parts.renew?.(former.parts)
    if (fresh === undefined || this.#left !== undefined) return
    const others = this.members().filter(({ identity }) => identity !== this.identity)
    const messages = former.parts.machine.history()
    this.#endpoint = this.#open(fresh)
    this.#handover.expect(others)
    this.#endpoint.feed({ type: 'restore', messages })
    void this.#endpoint.start()
    this.#tellChange('taken')
    void this.#handover.depart(former, this.#endpoint)
  }

  #tellChange(why: DeviceChangedEvent['why']): void {
    this.#tell({ type: 'device-changed', device: this.device, why })
  }

  async #leave(): Promise<void> {
    await Promise.all([this.#endpoint.leave(), this.#handover.leave()])
    const { history, lease } = this.#parts
    await atMost(CLOSE_MILLIS, Promise.all([history?.store.close(), lease?.release()]))
    this.#endpoint.parts.device.release()
  }

  // A listener that throws is its owner's bug: it must not end a link.
  #tell(update: RoomUpdate | undefined): void {
    if (update === undefined) return
    this.#refusals.note(update)
    this.#parts.onTrace?.(updateTrace(update))
    try {
      this.#tellApart(update)
      this.emit('update', update)
    } catch (thrown) {
      surface(thrown)
    }
  }

  #tellApart(update: RoomUpdate): void {
    // The compiler cannot see that an update's type is the name of its own event.
    const emitter = this as EventEmitter<Record<string, unknown[]>>
    const isLine = update.type === 'message' || update.type === 'direct'
    emitter.emit(update.type, isLine ? update.message : update)
  }
}
