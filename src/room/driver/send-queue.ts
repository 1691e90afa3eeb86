import { encodeFrame } from '../../protocol/wire/frame-codec.js'
import type { Frame } from '../../protocol/wire/frames.js'
import { glance } from '../../protocol/wire/glance.js'
import { isEphemeral, KIND_PRESENCE, KIND_SUSPICION } from '../../protocol/wire/kinds.js'
import { ByteShares } from './byte-shares.js'
import { waitsWithHistory } from './lanes.js'
import { PIECES_PER_TURN } from './turns.js'

/** Most bytes that wait for one peer. Guess: 16 of the largest frames. */
export const MAX_QUEUED_BYTES = 1_048_576
/** From here on what may be dropped is. */
export const CROWDED_BYTES = MAX_QUEUED_BYTES / 2
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

interface Queued {
  readonly frame: Frame
  readonly bytes: Uint8Array
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
 * what is said meanwhile. If they
 * grow too many, what can be missed is dropped, from the author who has most of it here first:
 * whoever floods pays for it, and not the link.
 */
export class SendQueue {
  // BOUNDED: MAX_QUEUED_BYTES in both, and a frame. Each in the order in which they came.
  readonly #waiting = new Set<Queued>()
  readonly #history = new Set<Queued>()
  #bytes = 0
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
    const bytes = encodeFrame(frame)
    const queued = { frame, bytes, byteLength: bytes.byteLength + FRAME_OVERHEAD_BYTES }
    this.#laneOf(frame).add(queued)
    this.#bytes += queued.byteLength
    this.#drops?.add(queued)
    if (this.crowded) this.#makeRoom()
    return this.#bytes <= MAX_QUEUED_BYTES
  }

  /** Takes the oldest frames, of so many bytes in all; at least one, if there is one. */
  take(maxBytes: number): Uint8Array[] {
    const frames: Uint8Array[] = []
    let bytes = 0
    for (const queued of this.#inOrder()) {
      bytes += queued.byteLength
      if (frames.length > 0 && bytes > maxBytes) break
      frames.push(queued.bytes)
      this.#remove(queued)
      this.#drops?.left(queued)
    }
    if (this.#bytes === 0) this.#drops = undefined
    return frames
  }

  #laneOf(frame: Frame): Set<Queued> {
    if (waitsWithHistory(frame, this.#history.size > 0)) return this.#history
    if (this.#history.size <= PIECES_PER_TURN) this.#keepInOrder()
    return this.#waiting
  }

  // Where little waits, nothing is gained if that is overtaken.
  #keepInOrder(): void {
    for (const queued of this.#history) this.#waiting.add(queued)
    this.#history.clear()
  }

  *#inOrder(): Generator<Queued> {
    yield* this.#waiting
    yield* this.#history
  }

  #makeRoom(): void {
    this.#drops ??= new Drops(this.#inOrder())
    for (const kind of DROPPED_WHEN_CROWDED) this.#drop(this.#drops, kind, CROWDED_BYTES)
    this.#drop(this.#drops, 'chat', MAX_QUEUED_BYTES)
  }

  #drop(drops: Drops, kind: Droppable, goal: number): void {
    while (this.#bytes > goal) {
      const queued = drops.next(kind)
      if (queued === undefined) return
      this.#remove(queued)
    }
  }

  #remove(queued: Queued): void {
    if (!this.#waiting.delete(queued)) this.#history.delete(queued)
    this.#bytes -= queued.byteLength
  }
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

  constructor(waiting: Iterable<Queued>) {
    for (const queued of waiting) this.add(queued)
  }

  add(queued: Queued): void {
    const { author, droppable } = standingOf(queued.frame)
    if (droppable !== undefined) this.#shares[droppable].add(author, queued)
  }

  /** A frame was sent. */
  left(queued: Queued): void {
    const { author, droppable } = standingOf(queued.frame)
    if (droppable !== undefined) this.#shares[droppable].remove(author, queued)
  }

  /** The next one of this kind to be dropped. */
  next(kind: Droppable): Queued | undefined {
    return this.#shares[kind].takeFromLargest()
  }
}

function standingOf(frame: Frame): Standing {
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
