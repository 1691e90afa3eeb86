import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Millis } from '../base/time.js'
import type { Room } from '../room/room.js'
import type { Saying } from '../room/sending/speak.js'
import { splitText } from '../room/text.js'

// Members take 50 messages and 32 KiB a second of one author, and 2,000 messages or 1 MiB at once (docs/protocol.md); what
// is over that reaches them late, with history. We stay below, for others count what we said a little later.

/** What messages cost, in millis of pace. */
interface Pace {
  readonly messageMillis: Millis
  /** ... or a byte, where that is more. */
  readonly byteMillis: Millis
}

/** 45 messages a second, or 30 KiB. */
const FOR_MEMBERS: Pace = { messageMillis: 22, byteMillis: 1_000 / 30_720 }
/** Nobody is there to take too much: 1,000 messages a second, or 1 MiB. Guess: what a disk and a view take without effort. */
const ALONE: Pace = { messageMillis: 1, byteMillis: 1_000 / 1_048_576 }
/** What a text is sealed and signed in, in bytes, which members count as well. Measured: 277 for short ones; parents can make it more. */
const ENVELOPE_BYTES = 350
/** So much pace may be used at once: 1,270 short messages, or 840 KiB. */
const BURST_MILLIS: Millis = 28_000
/**
 * Messages said before others have their turn, and those are on the disk. Guess: some 60 ms; with 50 a flood took twice as long
 * on a busy machine.
 */
const AT_ONCE = 200
/** Between two turns, where the pace asks for less. Guess: timers are no finer. */
const SHORTEST_MILLIS: Millis = 10
/** How many wait is told when some have waited for so long, and then this often. Guesses. */
const TELL_FIRST_MILLIS: Millis = 1_000
const TELL_AGAIN_MILLIS: Millis = 10_000
/** Texts that wait at most, and their characters; then no more are to come. Guess: two timelines; a few MB. */
const MAX_WAITING = 20_000
const MAX_CHARACTERS = 4_194_304

/** What a queue speaks to. */
export interface SayQueueParts {
  readonly say: (saying: Saying) => void
  /** Resolves when what was said is on the disk, or cannot be. */
  readonly written: () => Promise<void>
  /** True where nobody hears it now. */
  readonly isAlone: () => boolean
  /** Something could not be said. */
  readonly onfault: (thrown: unknown) => void
  /** So many are to be sent after the last one that was. */
  readonly onwaiting: (count: number) => void
  /** There is room again, where {@link SayQueue.isFull} was true. */
  readonly onroom?: () => void
  /** Nothing waits any more. */
  readonly onempty?: () => void
}

/** What a queue needs of a room besides saying things. */
export function pacedBy(room: Pick<Room, 'links' | 'written'>) {
  return { written: () => room.written(), isAlone: () => room.links === 0 }
}

/**
 * What is to be said, in order: no faster than members take it, and than the disk does. So nothing else waits for a flood, and
 * a crash can take no more of it than a few lines that nobody was told of.
 */
export class SayQueue {
  readonly #parts: SayQueueParts
  // BOUNDED: MAX_WAITING and MAX_CHARACTERS, and what is added beyond that all the same.
  #waiting: Saying[] = []
  #characters = 0
  /** Until then what was said is paid for. */
  #paidUntil: Millis = 0
  /** When to tell of those that wait, while some do. */
  #tellAt: Millis | undefined
  #timer: NodeJS.Timeout | undefined
  /** How many were said since it was looked whether all of them are on the disk. */
  #unwritten = 0
  #isWriting = false
  #hasEnded = false

  constructor(parts: SayQueueParts) {
    this.#parts = parts
  }

  /** True where no more should come now. */
  get isFull(): boolean {
    return this.#waiting.length >= MAX_WAITING || this.#characters >= MAX_CHARACTERS
  }

  /** Says it, now or in its turn; what is too long for one message in several. */
  add(text: string): void {
    for (const part of splitText(text)) this.put({ type: 'say', text: part })
  }

  /** Says it, now or in its turn; not after {@link end}. */
  put(saying: Saying): void {
    if (this.#hasEnded) return
    this.#waiting.push(saying)
    this.#characters += textOf(saying).length
    if (this.#timer === undefined && !this.#isWriting) this.#sayOn()
  }

  /** How many texts are still to be said. */
  get length(): number {
    return this.#waiting.length
  }

  /** True where nothing waits. */
  get isEmpty(): boolean {
    return this.#waiting.length === 0
  }

  /** Says no more; gives how many texts were not said. A few that only wait for the disk are said. */
  end(): number {
    clearTimeout(this.#timer)
    this.#hasEnded = true
    this.#unwritten = 0
    const now = performance.now()
    if (this.length <= AT_ONCE) this.#waiting.splice(0, this.#sayUpTo(now + BURST_MILLIS, now))
    const unsaid = this.#waiting.length
    this.#waiting = []
    this.#characters = 0
    return unsaid
  }

  #sayOn(): void {
    this.#timer = undefined
    const wasFull = this.isFull
    const now = performance.now()
    const said = this.#sayUpTo(now + BURST_MILLIS, now)
    this.#waiting.splice(0, said)
    if (wasFull && !this.isFull) this.#parts.onroom?.()
    this.#tell(now)
    if (this.#unwritten >= AT_ONCE) void this.#sayWhenWritten()
    if (this.isEmpty) this.#parts.onempty?.()
    else if (!this.#isWriting) this.#sayLater(this.#paidUntil - now - BURST_MILLIS)
  }

  #sayLater(millis: Millis): void {
    this.#timer = setTimeout(() => this.#sayOn(), Math.max(SHORTEST_MILLIS, millis))
  }

  // A disk that fails holds nobody up: what cannot be written is said all the same.
  async #sayWhenWritten(): Promise<void> {
    this.#isWriting = true
    await this.#parts.written().catch(() => {})
    await nextTurn()
    this.#isWriting = false
    this.#unwritten = 0
    if (!this.#hasEnded && !this.isEmpty) this.#sayOn()
  }

  // One array is cut once: it may be long.
  #sayUpTo(until: Millis, now: Millis): number {
    const { byteMillis, messageMillis } = this.#parts.isAlone() ? ALONE : FOR_MEMBERS
    let said = 0
    for (const saying of this.#waiting) {
      if (this.#paidUntil > until || this.#unwritten >= AT_ONCE) break
      this.#unwritten += 1
      const text = textOf(saying)
      said += 1
      this.#characters -= text.length
      const bytes = Buffer.byteLength(text) + ENVELOPE_BYTES
      const cost = Math.max(messageMillis, bytes * byteMillis)
      this.#paidUntil = Math.max(this.#paidUntil, now) + cost
      this.#say(saying)
    }
    return said
  }

  #say(saying: Saying): void {
    try {
      this.#parts.say(saying)
    } catch (thrown) {
      this.#parts.onfault(thrown)
    }
  }

  #tell(now: Millis): void {
    if (this.#waiting.length === 0) this.#tellAt = undefined
    else this.#tellAt ??= now + TELL_FIRST_MILLIS
    if (this.#tellAt === undefined || now < this.#tellAt) return
    this.#tellAt = now + TELL_AGAIN_MILLIS
    this.#parts.onwaiting(this.#waiting.length)
  }
}

/** What a saying holds that may be long: others have checked nothing of it. */
function textOf(saying: Saying): string {
  switch (saying.type) {
    case 'delete':
      return ''
    case 'react':
      return saying.emoji
    case 'subject':
      return saying.subject
    case 'card':
      return saying.title + saying.description + saying.rules
    default:
      return saying.text
  }
}
