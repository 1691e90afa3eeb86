import { Chain, type Chained } from '../../base/chain.js'
import { encodeFrame } from '../../protocol/wire/frame-codec.js'
import type { Frame } from '../../protocol/wire/frames.js'
import { glance } from '../../protocol/wire/glance.js'
import { isEphemeral, KIND_PRESENCE, KIND_SUSPICION } from '../../protocol/wire/kinds.js'
import { ByteShares } from './byte-shares.js'
import { FairOrder } from './fair-order.js'
import { comesLast, takesTurns, waitsWithHistory } from './lanes.js'
import { PIECES_PER_TURN } from './turns.js'

/** Most bytes that wait for one peer. Guess: 16 of the largest frames. */
export const MAX_QUEUED_BYTES = 1_048_576
/** From here on what may be dropped is. */
export const CROWDED_BYTES = MAX_QUEUED_BYTES / 2
/**
 * So many bytes of what is said overtake history that waits; then that gets its share. If more waits, what is said leaves by turns
 * of its authors. Guess: one write.
 */
export const OVERTAKING_BYTES = 65_536
/** Bytes of what is said for each of history that was overtaken by so many. Guess. */
const SAID_FOR_HISTORY = 3
/**
 * What a frame costs on its channel beside its own bytes. protomux: 3 for its length, 1 for its
 * type; and some.
 */
const FRAME_OVERHEAD_BYTES = 8

/**
 * What goes first if the queue is too full. All of it can be missed: ephemeral messages are of the
 * moment, presences come again, announcements and chat that was pushed come with history.
 */
const DROP_ORDER = ['ephemeral', 'presence', 'announcement', 'chat'] as const
type Droppable = (typeof DROP_ORDER)[number]

/** Chat is dropped only where the queue would overflow. */
const DROPPED_WHEN_CROWDED = DROP_ORDER.slice(0, 3)

/** A frame on its way: one for all peers that it goes to, for who floods makes us pass on very many. */
interface Parcel {
  readonly frame: Frame
  readonly bytes: Uint8Array
  /** What may be dropped of it; undefined until that is asked for. */
  standing: Standing | undefined
}

interface Queued extends Chained<Queued> {
  readonly parcel: Parcel
  /** What it waits in. */
  lane: Chain<Queued>
  /** Greater than that of all that came before it. */
  readonly number: number
  /** It has waited for all that was here before it, or for as much, when so many bytes are gone. */
  readonly waitsFor: number
  /** With what it costs on the channel. */
  readonly byteLength: number
}

/** What may be dropped of a frame, and from whom. */
interface Standing {
  /**
   * Undefined for what must not be missed: handshakes, goodbyes, answers, history that was asked
   * for.
   */
  readonly droppable: Droppable | undefined
  /** Whose message it is; empty for what has no author. */
  readonly author: string
}

/**
 * Frames that wait until their peer has read what was sent before: first in, first out, but for history, which lets go first
 * what is said meanwhile, and yet gets a share: who floods must not keep it from a slow reader for ever. If much waits,
 * authors take turns: whoever says little must not wait for a flood. If they grow too many, what can be missed is dropped, from the author who has most of it here first: whoever floods pays for it, and not
 * the link.
 */
export class SendQueue {
  // BOUNDED: MAX_QUEUED_BYTES in all three, and a frame. Each in the order in which they came.
  readonly #waiting = new Chain<Queued>()
  readonly #said = new Chain<Queued>()
  readonly #history = new Chain<Queued>()
  #bytes = 0
  #saidBytes = 0
  /** The order of what is said; kept only from when there is much of it until there is none. */
  #order: FairOrder<Queued> | undefined
  /** Frames that came so far. */
  #count = 0
  /** Bytes that are gone so far: sent, or dropped. */
  #gone = 0
  /** Bytes that history was overtaken by, less what it was given for them. */
  #overtaken = 0
  /** The frames that may be dropped; kept only from when it is crowded until it is empty. */
  #drops: Drops | undefined

  /** How many bytes wait, with what they cost on the channel. */
  get bytes(): number {
    return this.#bytes
  }

  /** True while more waits than should, so that something is dropped for each frame that comes. */
  get crowded(): boolean {
    return this.#bytes > CROWDED_BYTES
  }

  /**
   * Adds a frame, and drops what must be for it. False if the queue is over its limit all the same:
   * with what must not be missed. Throws a RangeError for a frame that breaks a cap: a bug of ours.
   */
  push(frame: Frame): boolean {
    const waitsFor = comesLast(frame) ? Number.POSITIVE_INFINITY : this.#gone + this.#bytes
    const queued = queuedOf(frame, this.#laneOf(frame), ++this.#count, waitsFor)
    queued.lane.push(queued)
    this.#bytes += queued.byteLength
    this.#drops?.add(queued)
    if (queued.lane === this.#said) this.#addSaid(queued)
    if (this.crowded) this.#makeRoom()
    return this.#bytes <= MAX_QUEUED_BYTES
  }

  /** Takes the oldest frames, of so many bytes in all; at least one, if there is one. */
  take(maxBytes: number): Uint8Array[] {
    const frames: Uint8Array[] = []
    let bytes = 0
    for (let queued = this.#next; queued; queued = this.#next) {
      bytes += queued.byteLength
      if (frames.length > 0 && bytes > maxBytes) break
      frames.push(queued.parcel.bytes)
      this.#weigh(queued)
      if (queued.lane === this.#said) this.#order?.left(queued)
      this.#remove(queued)
      this.#drops?.left(queued)
    }
    if (this.#bytes === 0) this.#drops = undefined
    return frames
  }

  // History goes before nothing that came before it, or before as much.
  get #next(): Queued | undefined {
    const [said, history] = [this.#nextSaid, this.#history.first]
    if (said === undefined || history === undefined) return said ?? history
    const mayOvertake = this.#overtaken >= OVERTAKING_BYTES && !hasBefore(this.#waiting, history)
    return mayOvertake && this.#isBefore(history, this.#said.first) ? history : said
  }

  // Nor does what takes no turns.
  get #nextSaid(): Queued | undefined {
    const [waiting, oldest] = [this.#waiting.first, this.#said.first]
    if (waiting !== undefined && this.#isBefore(waiting, oldest)) return waiting
    return this.#order?.next ?? oldest
  }

  // What an author has most of stays while others speak: whatever came after it would wait for all of them as well.
  #isBefore({ number, waitsFor }: Queued, other: Queued | undefined): boolean {
    return other === undefined || number < other.number || waitsFor <= this.#gone
  }

  #addSaid(queued: Queued): void {
    this.#saidBytes += queued.byteLength
    if (this.#order !== undefined) this.#order.add(queued)
    else if (this.#saidBytes > OVERTAKING_BYTES) this.#order = new FairOrder(authorOf, this.#said)
  }

  #weigh({ byteLength, lane }: Queued): void {
    if (this.#history.first === undefined) this.#overtaken = 0
    else if (lane !== this.#history) this.#overtaken += byteLength
    else this.#overtaken = Math.max(0, this.#overtaken - SAID_FOR_HISTORY * byteLength)
  }

  #laneOf(frame: Frame): Chain<Queued> {
    if (waitsWithHistory(frame, this.#history.first !== undefined)) return this.#history
    if (!hasMoreThan(PIECES_PER_TURN, this.#history)) this.#keepInOrder()
    return takesTurns(frame) ? this.#said : this.#waiting
  }

  // Where little waits, nothing is gained if that is overtaken.
  #keepInOrder(): void {
    for (let queued = this.#history.first; queued; queued = this.#history.first) {
      this.#history.delete(queued)
      queued.lane = this.#waiting
      this.#waiting.push(queued)
    }
  }

  #makeRoom(): void {
    this.#drops ??= new Drops(this.#waiting, this.#said, this.#history)
    for (const kind of DROPPED_WHEN_CROWDED) this.#drop(this.#drops, kind, CROWDED_BYTES)
    this.#drop(this.#drops, 'chat', MAX_QUEUED_BYTES)
  }

  #drop(drops: Drops, kind: Droppable, goal: number): void {
    while (this.#bytes > goal) {
      const queued = drops.next(kind)
      if (queued === undefined) return
      if (queued.lane === this.#said) this.#order?.drop(queued)
      this.#remove(queued)
    }
  }

  #remove(queued: Queued): void {
    queued.lane.delete(queued)
    this.#bytes -= queued.byteLength
    this.#gone += queued.byteLength
    if (queued.lane !== this.#said) return
    this.#saidBytes -= queued.byteLength
    if (this.#saidBytes === 0) this.#order = undefined
  }
}

function hasBefore({ first }: Chain<Queued>, { number }: Queued): boolean {
  return first !== undefined && first.number < number
}

function hasMoreThan(count: number, items: Iterable<unknown>): boolean {
  let seen = 0
  for (const _ of items) if (++seen > count) return true
  return false
}

/** The frames of a queue that may be dropped, by kind and author. */
class Drops {
  // BOUNDED: by the queue.
  readonly #shares: Readonly<Record<Droppable, ByteShares<Queued>>> = {
    ephemeral: new ByteShares(),
    presence: new ByteShares(),
    announcement: new ByteShares(),
    chat: new ByteShares()
  }

  constructor(...lanes: Iterable<Queued>[]) {
    for (const lane of lanes) for (const queued of lane) this.add(queued)
  }

  add(queued: Queued): void {
    const { author, droppable } = standingOf(queued)
    if (droppable !== undefined) this.#shares[droppable].add(author, queued)
  }

  /** A frame was sent. */
  left(queued: Queued): void {
    const { author, droppable } = standingOf(queued)
    if (droppable !== undefined) this.#shares[droppable].remove(author, queued)
  }

  /** The next one of this kind to be dropped. */
  next(kind: Droppable): Queued | undefined {
    return this.#shares[kind].takeFromLargest()
  }
}

let last: Parcel | undefined

/** What goes to several peers goes to one after the other: frames do not change. */
function queuedOf(frame: Frame, lane: Chain<Queued>, number: number, waitsFor: number): Queued {
  if (last?.frame !== frame) last = { frame, bytes: encodeFrame(frame), standing: undefined }
  const byteLength = last.bytes.byteLength + FRAME_OVERHEAD_BYTES
  return { parcel: last, lane, number, waitsFor, byteLength, before: undefined, after: undefined }
}

function authorOf(queued: Queued): string {
  return standingOf(queued).author
}

function standingOf({ parcel }: Queued): Standing {
  parcel.standing ??= findStanding(parcel.frame)
  return parcel.standing
}

function findStanding(frame: Frame): Standing {
  switch (frame.type) {
    case 'message':
    case 'mesh':
    case 'stored':
      return standingOfMessage(frame.type !== 'stored', frame.sealed)
    case 'ihave':
    case 'forward-join':
    case 'shuffle':
    case 'shuffle-reply':
      return { droppable: 'announcement', author: '' }
    default:
      return { droppable: undefined, author: '' }
  }
}

function standingOfMessage(isPushed: boolean, sealed: Uint8Array): Standing {
  const { author = '', kind = 0 } = glance(sealed) ?? {}
  if (kind === KIND_PRESENCE || kind === KIND_SUSPICION) return { droppable: 'presence', author }
  if (isEphemeral(kind)) return { droppable: 'ephemeral', author }
  return { droppable: isPushed ? 'chat' : undefined, author }
}
