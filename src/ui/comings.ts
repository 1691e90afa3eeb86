import { TokenBucket } from '../base/token-bucket.js'
import type { ViewEvent } from '../room/view/room-view.js'
import { notice } from './notice.js'

/** Lines about single people: what is over is counted. Guess: a few friends who come together are named. */
const LINE_RATE = { perSecond: 1, burst: 5 } as const
/** The same of those who have spoken. Guess: a conversation's worth. */
const SPOKEN_RATE = { perSecond: 1, burst: 20 } as const
/** The first count comes after this, and each further one after twice the time, as long as it goes on. Guess. */
const FIRST_PAUSE_MILLIS = 1_000
const LONGEST_PAUSE_MILLIS = 60_000

/** What there may be many of at once. */
const KINDS = ['join', 'leave', 'rename'] as const
type Coming = (typeof KINDS)[number]

/** Which of those who come and go have a line of their own: all, few of those who have not spoken, none of these. */
export type ComingsShown = 'all' | 'folded' | 'none'

/** How many of each kind there were, as what lines say of it. */
export type CountTexts = (counts: Readonly<Record<Coming, number>>) => string[]

/** `+3 -1`, for who looks at it. */
export const countSigns: CountTexts = ({ join, leave, rename }) => {
  const parts = [signed('+', join), signed('-', leave), signed('renamed: ', rename)]
  return [parts.filter(part => part !== '').join(' ')]
}

/** `3 others joined` and `1 other left`, for who hears it. */
export const countWords: CountTexts = ({ join, leave, rename }) =>
  [
    worded(join, 'joined'),
    worded(leave, 'left'),
    worded(rename, rename === 1 ? 'changed its nick' : 'changed their nicks')
  ].filter(part => part !== '')

/** Shows lines, those about who comes, goes and changes nicks among them: a few as they are, a crowd as numbers. */
export class Comings {
  readonly #print: (line: string) => void
  readonly #shown: () => ComingsShown
  readonly #countTexts: CountTexts
  readonly #quiet = new TokenBucket(LINE_RATE, performance.now())
  readonly #spoken = new TokenBucket(SPOKEN_RATE, performance.now())
  #counts = { join: 0, leave: 0, rename: 0 }
  #last: () => string | undefined = () => undefined
  #pause = FIRST_PAUSE_MILLIS
  #timer: NodeJS.Timeout | undefined

  constructor(print: (line: string) => void, shown: () => ComingsShown, countTexts: CountTexts) {
    this.#print = print
    this.#shown = shown
    this.#countTexts = countTexts
  }

  /** Shows the line of an event, if there is one: as it is, or counted. */
  show({ event, quiet }: ViewEvent, line: () => string | undefined): void {
    const { type } = event
    if (!isComing(type) || this.#shown() === 'all') this.#printLine(line)
    else if (quiet && this.#shown() === 'none') return
    else if (this.#isSingle(quiet)) this.#printLine(line)
    else this.#count(type, line)
  }

  /** Counts nobody any more. */
  end(): void {
    clearTimeout(this.#timer)
  }

  #isSingle(quiet: boolean): boolean {
    const now = performance.now()
    if (!quiet) return this.#spoken.take(now)
    const calm = this.#total === 0 && this.#pause === FIRST_PAUSE_MILLIS
    return calm && this.#quiet.take(now)
  }

  get #total(): number {
    return KINDS.reduce((sum, kind) => sum + this.#counts[kind], 0)
  }

  #count(type: Coming, line: () => string | undefined): void {
    this.#counts[type] += 1
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
    const [counts, total] = [this.#counts, this.#total]
    this.#counts = { join: 0, leave: 0, rename: 0 }
    if (total === 1) this.#printLine(this.#last)
    else
      for (const text of total === 0 ? [] : this.#countTexts(counts))
        this.#print(notice(Date.now(), text))
    const goesOn = total > (this.#pause / 1_000) * LINE_RATE.perSecond
    this.#pause = goesOn ? Math.min(2 * this.#pause, LONGEST_PAUSE_MILLIS) : FIRST_PAUSE_MILLIS
    // A crowd that has gone by is noticed by nobody coming.
    if (goesOn) this.#wait()
  }
}

function isComing(type: ViewEvent['event']['type']): type is Coming {
  return (KINDS as readonly string[]).includes(type)
}

function signed(sign: string, count: number): string {
  return count === 0 ? '' : `${sign}${count}`
}

function worded(count: number, verb: string): string {
  return count === 0 ? '' : `${count} ${count === 1 ? 'other' : 'others'} ${verb}`
}
