/** Rows of a room that is not shown; then the oldest go. Guess: some screens. */
const MAX_ROWS = 200
/** Rows that are shown again where nothing was missed. Guess: enough to know where one is. */
const REMINDER_ROWS = 5

/** The last rows of a room, and how many of them were not shown. */
export class RowsKept {
  // BOUNDED: MAX_ROWS, the oldest goes first.
  readonly #rows: string[] = []
  #missed = 0

  add(row: string, isShown: boolean): void {
    this.#rows.push(row)
    if (this.#rows.length > MAX_ROWS) this.#rows.shift()
    if (!isShown) this.#missed += 1
  }

  /** What to show when the room is: what was missed, and at least a few rows. */
  take(): string[] {
    const missed = this.#missed
    this.#missed = 0
    const rows = this.#rows.slice(-Math.max(missed, REMINDER_ROWS))
    const lost = missed - rows.length
    return lost > 0 ? [`--- ${lost.toLocaleString('en')} rows are not shown ---`, ...rows] : rows
  }
}
