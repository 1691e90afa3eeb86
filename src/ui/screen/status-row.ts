import type { Millis } from '../../base/time.js'

/** While much happens, it is looked no more often than this. Guess: nobody reads faster. */
const PAUSE_MILLIS: Millis = 50

/** The status as it was when it was looked at last: lines of others are drawn far more often than it reads otherwise. */
export class StatusRow {
  readonly #textFor: (columns: number) => string
  readonly #onchange: () => void
  /** All of it. */
  #text = ''
  #row: { readonly columns: number; readonly text: string } | undefined
  #lookedAt: Millis = Number.NEGATIVE_INFINITY
  #looksSoon = false
  #isOver = false

  /** `textFor`: how it reads now, in so many columns. `onchange`: it reads otherwise than before. */
  constructor(textFor: (columns: number) => string, onchange: () => void) {
    this.#textFor = textFor
    this.#onchange = onchange
  }

  /** What to draw in so many columns. */
  text(columns: number): string {
    if (this.#row?.columns !== columns) this.#row = { columns, text: this.#textFor(columns) }
    return this.#row.text
  }

  /** Looks once for all that happens in this turn of the event loop; in a flood, once for all of some turns. */
  lookSoon(): void {
    if (this.#looksSoon) return
    this.#looksSoon = true
    const look = () => {
      this.#looksSoon = false
      this.look()
    }
    if (performance.now() - this.#lookedAt < PAUSE_MILLIS) setTimeout(look, PAUSE_MILLIS).unref()
    else setImmediate(look)
  }

  /** Looks how it reads now. */
  look(): void {
    if (this.#isOver) return
    this.#lookedAt = performance.now()
    const text = this.#textFor(Number.MAX_SAFE_INTEGER)
    if (text === this.#text) return
    this.#text = text
    this.forget()
    this.#onchange()
  }

  /** It is of something else from now on. */
  forget(): void {
    this.#row = undefined
  }

  /** Looks no more. */
  end(): void {
    this.#isOver = true
  }
}
