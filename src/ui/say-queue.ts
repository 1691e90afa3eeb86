import type { Millis } from '../base/time.js'
import type { Saying } from '../room/speak.js'
import { splitText } from '../room/text.js'

// Members take 50 messages and 32 KiB a second of one author, and 2,000 messages or 1 MiB at once (docs/protocol.md); what
// is over that reaches them late, with history. We stay well below, for others count what we said a little later.

/** Millis of pace that a message costs: 40 a second. */
const MESSAGE_MILLIS: Millis = 25
/** ... or a byte, where that is more: 24 KiB a second. */
const BYTE_MILLIS: Millis = 1_000 / 24_576
/** So much pace may be used at once: 1,000 short messages, or 600 KiB. */
const BURST_MILLIS: Millis = 25_000
/** How many wait is told when some have waited for so long, and then this often. Guesses. */
const TELL_FIRST_MILLIS: Millis = 1_000
const TELL_AGAIN_MILLIS: Millis = 10_000
/** Texts that wait at most, and their characters; then no more are to come. Guess: two timelines; a few MB. */
const MAX_WAITING = 20_000
const MAX_CHARACTERS = 4_194_304

/** What a queue speaks to. */
export interface SayQueueParts {
  readonly say: (saying: Saying) => void
  /** Something could not be said. */
  readonly onfault: (thrown: unknown) => void
  /** So many are to be sent after the last one that was. */
  readonly onwaiting: (count: number) => void
  /** There is room again, where {@link SayQueue.isFull} was true. */
  readonly onroom?: () => void
  /** Nothing waits any more. */
  readonly onempty?: () => void
}

/** What is to be said, no faster than members take it, in order. */
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

  /** Says it, now or in its turn. */
  put(saying: Saying): void {
    this.#waiting.push(saying)
    this.#characters += textOf(saying).length
    if (this.#timer === undefined) this.#sayOn()
  }

  /** How many texts are still to be said. */
  get length(): number {
    return this.#waiting.length
  }

  /** True where nothing waits. */
  get isEmpty(): boolean {
    return this.#waiting.length === 0
  }

  /** Says no more; gives how many texts were not said. */
  end(): number {
    clearTimeout(this.#timer)
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
    if (this.isEmpty) this.#parts.onempty?.()
    else this.#sayLater(Math.max(MESSAGE_MILLIS, this.#paidUntil - now - BURST_MILLIS))
  }

  #sayLater(millis: Millis): void {
    this.#timer = setTimeout(() => this.#sayOn(), millis)
  }

  // One array is cut once: it may be long.
  #sayUpTo(until: Millis, now: Millis): number {
    let said = 0
    for (const saying of this.#waiting) {
      if (this.#paidUntil > until) break
      const text = textOf(saying)
      said += 1
      this.#characters -= text.length
      const cost = Math.max(MESSAGE_MILLIS, Buffer.byteLength(text) * BYTE_MILLIS)
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

function textOf(saying: Saying): string {
  return 'text' in saying ? saying.text : ''
}
