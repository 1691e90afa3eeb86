import { TokenBucket } from '../base/token-bucket.js'
import type { RoomUpdate } from '../room/events.js'
import { notice } from './notice.js'

/** Lines about single people: what is over is counted. Guess: a few friends who come together are named. */
const LINE_RATE = { perSecond: 1, burst: 5 } as const
/** The first count comes after this, and each further one after twice the time, as long as it goes on. Guess. */
const FIRST_PAUSE_MILLIS = 1_000
const LONGEST_PAUSE_MILLIS = 60_000

/** What there may be many of at once, and what is said of so many. */
const WORDS = { join: 'joined', leave: 'left', rename: 'changed their nicks' } as const
type Coming = keyof typeof WORDS

/** Shows lines, those about who comes, goes and changes nicks among them: a few as they are, a crowd as numbers. */
export class Comings {
  readonly #print: (line: string) => void
  readonly #lines = new TokenBucket(LINE_RATE, performance.now())
  // BOUNDED: one number for each kind.
  readonly #counts = new Map<Coming, number>()
  #last: () => string | undefined = () => undefined
  #pause = FIRST_PAUSE_MILLIS
  #timer: NodeJS.Timeout | undefined

  constructor(print: (line: string) => void) {
    this.#print = print
  }

  /** Shows the line of an update, if there is one: as it is, or counted. */
  show({ type }: RoomUpdate, line: () => string | undefined): void {
    if (isComing(type) && !this.#isSingle()) this.#count(type, line)
    else this.#printLine(line)
  }

  #isSingle(): boolean {
    const calm = this.#counts.size === 0 && this.#pause === FIRST_PAUSE_MILLIS
    return calm && this.#lines.take(performance.now())
  }

  #count(type: Coming, line: () => string | undefined): void {
    this.#counts.set(type, (this.#counts.get(type) ?? 0) + 1)
    this.#last = line
    this.#wait()
  }

  #printLine(line: () => string | undefined): void {
    const text = line()
    if (text !== undefined) this.#print(text)
  }

  #wait(): void {
    if (this.#timer !== undefined) return
    this.#timer = setTimeout(() => this.#tell(), this.#pause)
    // Nobody waits for a count at the end.
    this.#timer.unref()
  }

  #tell(): void {
    this.#timer = undefined
    const counted = [...this.#counts]
    this.#counts.clear()
    const [only] = counted
    if (only !== undefined && counted.length === 1 && only[1] === 1) this.#printLine(this.#last)
    else for (const [type, count] of counted) this.#print(countLine(type, count))
    const total = counted.reduce((sum, [, count]) => sum + count, 0)
    const goesOn = total > (this.#pause / 1_000) * LINE_RATE.perSecond
    this.#pause = goesOn ? Math.min(2 * this.#pause, LONGEST_PAUSE_MILLIS) : FIRST_PAUSE_MILLIS
    // A crowd that has gone by is noticed by nobody coming.
    if (goesOn) this.#wait()
  }
}

function isComing(type: RoomUpdate['type']): type is Coming {
  return Object.hasOwn(WORDS, type)
}

function countLine(type: Coming, count: number): string {
  return notice(Date.now(), `${count} ${count === 1 ? 'other' : 'others'} ${WORDS[type]}`)
}
