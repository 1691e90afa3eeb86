import type { IdentityKey, MessageId, PeerKey, RelayKey } from '../../base/ids.js'
import type { Millis } from '../../base/time.js'
import type { ToldInvitation } from '../access/told-invitations.js'
import type { ReadMessage } from '../chat/directs.js'
import type { FoldedLine } from '../chat/fold.js'
import type { LineQuery } from '../chat/search.js'
import type { ChatMessage, DirectRequest, Input, Output, RoomCard, RoomSubject } from '../events.js'
import type { Told } from '../membership/inquiry.js'
import type { Sign } from '../presence/device.js'
import type { KnownPeer } from '../presence/peer-states.js'
import type { Member } from '../presence/roster.js'
import { isEmptyCard } from '../wire/bodies/room-card.js'
import type { KnownMessage } from '../wire/message.js'
import { hearOrTell } from './inputs.js'
import type { RoomMachineOptions } from './options.js'
import { lose, mergeAll, restoreAll } from './restoring.js'
import { RoomParts } from './room-parts.js'

export type { RoomMachineOptions } from './options.js'

/** What a room has. */
export type Kept = ReturnType<RoomParts['timeline']['all']>

/** A room in numbers. */
export interface Snapshot {
  /** Members present, ourselves included unless we only observe. */
  readonly members: number
  /** Links that are up, observers' included. */
  readonly links: number
  /** Streams, in whatever phase. */
  readonly streams: number
  /** Messages in memory. */
  readonly messages: number
}

/**
 * A room: everything that happens to it goes in, everything that it wants done comes out. It has no clock, no timer, no
 * I/O and no randomness of its own, and never throws for what others sent.
 */
export class RoomMachine {
  readonly #observer: boolean
  readonly #parts: RoomParts
  #left = false

  constructor(options: RoomMachineOptions) {
    this.#observer = options.observer ?? false
    this.#parts = new RoomParts(options)
  }

  /** What we are called: by this device, or by another one of our identity whose user chose later. */
  get nick(): string {
    return this.#parts.presence.nick
  }

  /** Everybody present; ourselves first, unless we only observe or are quiet. */
  members(): Member[] {
    const all = this.#parts.roster.members()
    if (this.#parts.self.observer) return all
    return [
      this.#ourselves(),
      ...all.filter(({ identity }) => identity !== this.#parts.self.identity)
    ]
  }

  /** One of them; costs the same however many there are. */
  member(identity: IdentityKey): Member | undefined {
    const isOurs = identity === this.#parts.self.identity && !this.#parts.self.observer
    return isOurs ? this.#ourselves() : this.#parts.roster.member(identity)
  }

  /** Every device that we know of, and how sure we are of it; ours is not among them. At most 4,096. */
  peers(): (KnownPeer & { readonly device: PeerKey })[] {
    return this.#parts.peerStates.all()
  }

  /** The newest sign of life of each device that is here, ours not among them. At most 4,096. */
  signs(): Sign[] {
    return this.#parts.roster.signs()
  }

  /** What members told when they were asked (`inquire`). */
  get told(): Told {
    return this.#parts.inquiry
  }

  /** How far the other devices' clocks seem to be ahead of our own, in ms. */
  clocks(): Millis[] {
    return this.#parts.roster.clocks().map(ahead => ahead + this.#parts.clock.correction)
  }

  /** The relays that other devices offer, the latest first. */
  relays(): RelayKey[] {
    return this.#parts.roster.relays()
  }

  /** The room in numbers, as it is now. */
  snapshot(): Snapshot {
    const links = this.#parts.links.upCount
    const members = this.#parts.roster.otherCount + (this.#parts.self.observer ? 0 : 1)
    return { members, links, streams: this.#parts.links.size, messages: this.#parts.timeline.size }
  }

  /** A line as it reads now; undefined if it is not here, was taken back, or is none. */
  line(id: MessageId): FoldedLine | undefined {
    return this.#parts.chat.line(id)
  }

  /** A line as people see it now; undefined if it is none, or gone. */
  lineShown(id: MessageId): ChatMessage | undefined {
    return this.#parts.chat.lineShown(id)
  }

  /** What the room is about now; undefined: nothing in particular. */
  subject(): RoomSubject | undefined {
    const subject = this.#parts.chat.facts.subject()
    return subject?.subject ? subject : undefined
  }

  /** What the room is now; undefined: it has no card. */
  card(): RoomCard | undefined {
    const card = this.#parts.chat.facts.card()
    return card === undefined || isEmptyCard(card) ? undefined : card
  }

  /** The invitations that were told to the room, as its members know them: in no order. */
  invitations(): readonly ToldInvitation[] {
    return this.#parts.invitations.all()
  }

  /** Whose words for us alone wait until they are accepted, in the order in which one of each is shown. */
  requests(): DirectRequest[] {
    return this.#parts.directs.requests()
  }

  /** The newest lines that fit, the newest first. */
  search(query: LineQuery, limit: number): ChatMessage[] {
    return this.#parts.chat.search(query, limit)
  }

  /** Reads so many older lines for searches to come, about 30 µs each; true if there are no more. */
  readOn(count: number): boolean {
    return this.#parts.chat.lines.readOn(count)
  }

  /** A stored message, and what it says to us alone, or of us to another; undefined if it is not here, or cannot be read. */
  read(id: MessageId): ReadMessage | undefined {
    const message = this.#parts.timeline.get(id)
    return message && { message, direct: this.#parts.directs.known(message) }
  }

  /** True for a message that is stored. */
  has(id: MessageId): boolean {
    return this.#parts.timeline.has(id)
  }

  /** Ids of the stored messages dated from `since` and before `until`, in order. */
  idsBetween(since: Millis, until: Millis): MessageId[] {
    return this.#parts.timeline.idsBetween(since, until)
  }

  /** The stored messages, in the room's one order, but for those that the store cannot give. */
  history(): KnownMessage[] {
    return this.#parts.timeline.messages()
  }

  /** The same for another machine, which has the same store: in no order. */
  kept(): Kept {
    return this.#parts.timeline.all()
  }

  /**
   * Takes one event and says what is to be done, in order. `now` is in ms on a clock that never jumps; `wall`, in ms since
   * 1970, may: messages are dated with it.
   */
  handle(input: Input, now: Millis, wall: Millis = now): Output[] {
    if (this.#left) return []
    this.#parts.turn.begin(now, this.#parts.clock.read(now, wall))
    this.#lookAtClock()
    this.#take(input)
    return this.#parts.turn.end()
  }

  #lookAtClock(): void {
    const by = this.#parts.author.takeSetBack(this.#parts.turn.wall)
    if (by === 0) return
    const redated = this.#parts.chat.redate()
    this.#parts.turn.emit({ type: 'clock-back', by, redated })
    this.#parts.presence.changed()
  }

  #take(input: Input): void {
    switch (input.type) {
      case 'start':
        this.#start()
        break
      case 'restore':
        restoreAll(this.#parts, input, input.isUntold === true)
        break
      case 'lost':
        lose(this.#parts, input.ids)
        break
      case 'merge':
        mergeAll(this.#parts, input.messages)
        break
      case 'forget-all':
        this.#parts.timeline.forgetAll(input.stays)
        break
      case 'judge':
        this.#parts.directs.judge(input.identity, input.accept)
        break
      case 'inquire':
        this.#parts.inquiry.ask(input)
        break
      case 'probe':
        this.#parts.links.probe()
        break
      case 'leave':
        this.#leave()
        break
      default:
        hearOrTell(this.#parts, input)
    }
  }

  #start(): void {
    this.#parts.chat.start()
    this.#parts.presence.start()
    if (this.#observer) return
    this.#parts.peers.feed({ type: 'start' })
    this.#parts.sync.start()
  }

  #leave(): void {
    this.#parts.chat.receipts.tell()
    this.#parts.presence.leave()
    this.#left = true
    this.#parts.incoming.leave()
    for (const link of this.#parts.links.up()) this.#parts.links.send(link, { type: 'goodbye' })
    for (const link of this.#parts.links.all()) this.#parts.links.close(link, 'leaving')
  }

  #ourselves(): Member {
    const { identity } = this.#parts.self
    return this.#parts.self.with(
      this.#parts.roster.member(identity),
      this.#parts.roster.namingOf(identity)
    )
  }
}
