import { atMost } from '../async/at-most.js'
import { roomLeft, type SwarmchatError } from '../base/errors.js'
import { type IdentityKey, type MessageId, type PeerKey, shortId, type Topic } from '../base/ids.js'
import { labelled, type Metric } from '../base/metrics.js'
import type { Millis } from '../base/time.js'
import { checkNick } from '../home/nick.js'
import type { DeviceRecord } from '../protocol/access/device-record.js'
import type { FoldedLine } from '../protocol/chat/fold.js'
import type { Input, Output, Saying, Typing } from '../protocol/events.js'
import type { Member } from '../protocol/presence/roster.js'
import type { LookupSample } from '../swarm/discovery-context.js'
import { problemsOf } from '../swarm/networks/missed.js'
import type { Network } from '../swarm/networks/network.js'
import { Observation, type Sightings } from './census/observation.js'
import { systemClock } from './clock.js'
import type { Reading } from './conversation.js'
import { RoomCounters } from './counters.js'
import { Endpoint } from './device/endpoint.js'
import { Handover } from './device/handover.js'
import { retire } from './device/retire.js'
import { Faults } from './driver/faults.js'
import { emitUpdate } from './emit-update.js'
import type { DeviceChangedEvent, EndpointEvent, RoomUpdate } from './events.js'
import { Judgements } from './judgements.js'
import { historyOwner } from './kept/history-owner.js'
import type { RoomLog } from './kept/room-log.js'
import type { RoomAccess } from './keys.js'
import { roomMetrics } from './metrics.js'
import { openParts, type RoomOptions } from './open.js'
import type { EndpointParts, RoomParts } from './parts.js'
import { Refusals } from './reach/refusals.js'
import { type PeerReport, reportPeers } from './reach/report.js'
import { NetworkNews } from './status.js'
import { updateTrace } from './trace.js'

/** Leaving waits no longer than this for the networks to close. Guess: 2 s in all for a command. */
const CLOSE_MILLIS: Millis = 500

/** A group chat: all who open the same name are in it. Listen in the turn in which `Room.open` resolves: it starts in the next. */
export class Room extends Observation {
  readonly name: string
  readonly topic: Topic
  /** Who can come in: who knows the name, the password as well, or the secret. Others of that name are in other rooms. */
  readonly access: RoomAccess
  /** Who we are to the others. */
  readonly identity: IdentityKey
  /**
   * Resolves true when the room was looked up, and we announced, on the first network that could: from then on others
   * find us. False if we left before. Stays pending while every network is offline.
   */
  readonly ready: Promise<boolean>
  readonly #parts: RoomParts
  readonly #refusals = new Refusals()
  readonly #faults = new Faults()
  readonly #news = new NetworkNews()
  readonly #counters = new RoomCounters()
  #endpoint: Endpoint
  readonly #judgements = new Judgements()
  readonly #handover = new Handover(update => this.#tell(update))
  #left: Promise<void> | undefined

  /** Opens a room. Rejects with what `Rooms.open` rejects with. */
  static async open(options: RoomOptions): Promise<Room> {
    return new Room(await openParts(options))
  }

  constructor(parts: RoomParts) {
    super(parts.admitting)
    this.#parts = parts
    this.name = parts.name
    this.topic = parts.topic
    this.access = parts.access ?? 'public'
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

  override get log(): RoomLog | undefined {
    return this.#parts.history?.log
  }

  /** Resolves when all that was said is on the disk, usually within 50 ms, or cannot be; a disk that fails is tried for so long. */
  async written(patience: Millis = 0): Promise<void> {
    await this.#parts.history?.written(patience)
  }

  /** Shows what somebody whom we have not written to writes to us alone, from now on; or hides it; undefined: it waits again. */
  judge(identity: IdentityKey, accept: boolean | undefined): void {
    this.#judgements.judge(this.#endpoint, identity, accept)
  }

  /** Goes by another nick from now on. Throws BAD_NICK, ROOM_LEFT. */
  rename(nick: string): void {
    const checked = checkNick(nick)
    this.#checkInside()
    this.#endpoint.feed({ type: 'rename', nick: checked })
  }

  /** What this bot obeys from now on, without the slash; what cannot be announced is left out. */
  offerCommands(commands: readonly string[]): void {
    this.#endpoint.feed({ type: 'offer-commands', commands })
  }

  /** Who is in the room, ourselves included unless we only observe. */
  members(): Member[] {
    return this.#handover.among(this.#machine.members())
  }

  /** One of them, if present; costs the same in a room of ten as in one of ten thousand. */
  member(identity: IdentityKey): Member | undefined {
    return this.#machine.member(identity)
  }

  /** Asks the DHT who has a device that cannot be dialled; undefined where it does not say. Rejects only for a fault. */
  async recordOf(device: PeerKey): Promise<DeviceRecord | undefined> {
    const { clock = systemClock, records } = this.#parts
    return await records?.read(this.#networks, device, clock.wall())
  }

  /** True while a network is usable. */
  get online(): boolean {
    return this.#networks.some(({ state }) => state === 'online')
  }

  /** What is wrong with the networks that are missed, in their order. */
  get problems(): SwarmchatError[] {
    return problemsOf(this.#networks)
  }

  /** Looks once more, now, on all networks. Gives whom they named; undefined if none answered. */
  lookUp(): Promise<LookupSample | undefined> {
    return this.#endpoint.lookUp()
  }

  /** How many others we are linked to directly: a handful, however large the room. */
  get links(): number {
    return this.#machine.snapshot().links
  }

  /** Everybody else that we know of: how each is reached or why not. At most a few thousand. */
  peers(): PeerReport[] {
    const { machine, swarm } = this.#endpoint.parts
    return reportPeers({ machine, swarm, self: this.device, refusals: this.#refusals })
  }

  /** Mistakes of ours so far that the room has survived: see `fault`. */
  get faults(): number {
    return this.#faults.count
  }

  /** Room and swarm in figures, for Prometheus: of now, and counters since it was opened (the swarm's: since the device changed). */
  metrics(): Metric[] {
    const { load, parts } = this.#endpoint
    const snapshot = parts.machine.snapshot()
    const own = roomMetrics({ snapshot, load, counters: this.#counters, faults: this.faults })
    return labelled([...own, ...parts.swarm.metrics()], { topic: shortId(this.topic) })
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

  protected override hand(saying: Saying | Typing): readonly Output[] {
    this.#checkInside()
    return this.#endpoint.feed(saying)
  }

  protected override lineHere(id: MessageId): FoldedLine | undefined {
    this.#checkInside()
    return this.#machine.line(id)
  }

  protected override get reading(): Reading & Sightings {
    return this.#machine
  }

  protected override feed(input: Input): void {
    this.#endpoint.feed(input)
  }

  get #machine() {
    return this.#endpoint.parts.machine
  }

  get #networks(): readonly Network[] {
    return this.#endpoint.parts.swarm.networks
  }

  #checkInside(): void {
    if (this.#left !== undefined) throw roomLeft(this.name)
  }

  // What a device tells that has given its key up is nobody's news.
  #open(parts: EndpointParts): Endpoint {
    const isCurrent = () => this.#endpoint === undefined || this.#endpoint === endpoint
    const ifCurrent =
      <A>(act: (arg: A) => void) =>
      (arg: A) =>
        isCurrent() && act(arg)
    const endpoint: Endpoint = new Endpoint(parts, {
      ...this.#parts,
      store: this.#parts.history?.store,
      counters: this.#counters,
      tell: ifCurrent(update => this.#heard(update)),
      onnetwork: ifCurrent(network => this.#tell(this.#news.take(network, this.#networks))),
      oninvitations: () => this.#parts.admitting?.changed(),
      onfault: (where, thrown) => this.#tell(this.#faults.note(where, thrown))
    })
    return endpoint
  }

  // Before anything is said; shown when there are listeners.
  #restore(): void {
    this.#parts.history?.log?.attach(this, () => this.#machine)
    const shelved = this.#parts.history?.take()
    if (shelved !== undefined)
      this.#endpoint.feed({ type: 'restore', messages: [], shelved, isUntold: true })
  }

  async #start(): Promise<boolean> {
    await new Promise(setImmediate)
    if (this.#left !== undefined) return false
    const { history } = this.#parts
    history?.follow(historyOwner(this.#parts, () => this.#endpoint, this.#tell.bind(this)))
    for (const status of this.#news.begin(this.#networks)) this.#tell(status)
    this.#parts.admitting?.attach(this.identity, () => this.#endpoint, history)
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
    const kept = former.parts.machine.kept()
    this.#endpoint = this.#open(fresh)
    this.#handover.expect(others)
    this.#judgements.repeat(this.#endpoint)
    this.#endpoint.feed({ type: 'restore', ...kept })
    void this.#endpoint.start()
    this.#tellChange('taken')
    void this.#handover.depart(former, this.#endpoint)
  }

  #tellChange(why: DeviceChangedEvent['why']): void {
    this.#tell({ type: 'device-changed', device: this.device, why })
  }

  async #leave(): Promise<void> {
    this.#parts.admitting?.handOn()
    await Promise.all([this.#endpoint.leave(), this.#handover.leave()])
    const { history, lease } = this.#parts
    await atMost(CLOSE_MILLIS, Promise.all([history?.close(), lease?.release()]))
    this.#endpoint.parts.device.release()
  }

  #tell(update: RoomUpdate | undefined): void {
    if (update === undefined) return
    this.#refusals.note(update)
    this.#parts.onTrace?.(updateTrace(update))
    emitUpdate(this, update)
  }
}
