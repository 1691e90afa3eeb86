import type { Millis } from '../../base/time.js'
import { type Drawn, hasReflowed, mustAsk, rowsAbove } from './resized.js'
import type { Screen, Terminal } from './terminal.js'
import { typedRows } from './typed-rows.js'
import type { TypedText } from './typed-text.js'

const PROMPT = '> '
/** A row and what is below it. Not all from the first column on: of a whole screen that is cleared so, tmux keeps a copy. */
const CLEAR_BELOW = '\r\u001b[K\u001b[C\u001b[J\r'
const TOP = '\u001b[H'
const WRAP = '\u001b[?7h'
const NO_WRAP = '\u001b[?7l'
const WHERE_IS_THE_CURSOR = '\u001b[6n'
/** A terminal that has not said by then where its cursor is will not. Guess: a round trip over a bad line. */
const ANSWER_MILLIS: Millis = 500
/** What was written so long before we hear of another size was written in the former one: tmux tells a quarter of a second late. */
const LATE_MILLIS: Millis = 1_000
const [DEFAULT_COLUMNS, DEFAULT_ROWS] = [80, 24]
/** Rows that what is typed takes at most: the rest of the screen is for what the others say. */
const MAX_TYPED_ROWS = 6
/** A screen of fewer rows has none for a status. Guess. */
const MIN_ROWS_FOR_STATUS = 5
/** A status may take so many columns, where the window has them. Guess: the least that it is of use with. */
const MIN_STATUS_COLUMNS = 38

/** What stands below a text that is being typed: one row, for so many columns at most. Safe text, and perhaps its style. */
export type Status = (columns: number) => string | undefined

/**
 * Lines above a text that is being typed. That text is broken into rows here, and the terminal is kept from doing it: so
 * the number of rows above the cursor is known however it counts columns, and never is anything else erased.
 */
export class Display {
  readonly #screen: Screen
  readonly #typed: () => TypedText
  readonly #status: Status
  readonly #onResize = () => this.#resized()
  // BOUNDED: what one turn of the event loop brings, or half a second where the terminal is asked something.
  #lines: string[] = []
  /** What is typed, as it stands on the screen now. */
  #drawn: Drawn | undefined
  /** True until something was shown: what was typed before that stands on the screen as the terminal echoed it. */
  #isFirst = true
  #drawing: NodeJS.Immediate | undefined
  /** How many questions the terminal has not answered. */
  #questions = 0
  #asking: NodeJS.Timeout | undefined
  /** True where the terminal is known to break rows in two. */
  #reflows: boolean
  #drawnAt: Millis = Number.NEGATIVE_INFINITY
  #closed = false
  #isLost = false

  constructor(
    { output, reflows = false }: Pick<Terminal, 'output' | 'reflows'>,
    typed: () => TypedText,
    status: Status = () => undefined
  ) {
    this.#screen = output
    this.#reflows = reflows
    this.#typed = typed
    this.#status = status
    output.on('resize', this.#onResize)
    this.update()
  }

  /** Shows a line (safe text, no line feed) above what is typed. */
  print(line: string): void {
    this.#lines.push(line)
    if (this.#closed) this.#draw(false)
    else this.update()
  }

  /** What is typed has changed: shows it, once for all that happens in this turn of the event loop. */
  update(): void {
    if (!this.#closed) this.#drawing ??= setImmediate(() => this.#draw())
  }

  /** Shows at once what would be shown in a moment: what somebody types does not wait for what else this turn brings. */
  flush(): void {
    if (this.#drawing !== undefined) this.#draw()
  }

  /** Takes what is typed from the screen, until the next {@link update}. */
  hide(): void {
    this.#stopAsking()
    this.#draw(false)
  }

  /** Begins at the top of an empty screen: what was on it scrolls away, for some terminals forget what they clear. */
  clear(): void {
    // What is typed first, or a copy of it would scroll away as well. Where its rows are is not known while that is asked.
    const erased = this.#asking === undefined ? this.#erase() : ''
    const { rows } = this.#space()
    this.#write(`${erased}${'\n'.repeat(rows - 1)}${TOP}${CLEAR_BELOW}`)
    this.#drawn = undefined
    this.update()
  }

  /** The terminal has said in which column, from 0, its cursor is. */
  hearColumn(column: number): void {
    this.#questions = Math.max(0, this.#questions - 1)
    // Only the answer to the last question is about the size that the terminal has now.
    if (this.#drawn === undefined || this.#asking === undefined || this.#questions > 0) return
    const reflowed = hasReflowed(this.#drawn, this.#space().columns, column)
    this.#reflows ||= reflowed
    this.#redraw(reflowed)
  }

  /** The terminal is somebody else's from now on: nothing more is written to it. */
  lose(): void {
    this.#isLost = true
    this.close()
  }

  /** Hides what is typed for good; lines may still come. */
  close(): void {
    this.#closed = true
    this.#screen.off('resize', this.#onResize)
    this.hide()
  }

  #resized(): void {
    const { columns } = this.#space()
    if (this.#drawn !== undefined && mustAsk(this.#drawn, columns)) this.#ask()
    else if (this.#asking === undefined) this.#redraw(this.#reflows && this.#isSettled)
  }

  // Of rows that are written while a window changes nobody knows whether they were broken or cut off.
  get #isSettled(): boolean {
    return performance.now() - this.#drawnAt >= LATE_MILLIS
  }

  #ask(): void {
    this.#questions += 1
    clearTimeout(this.#asking)
    this.#asking = setTimeout(() => this.#redraw(false), ANSWER_MILLIS)
    this.#write(WHERE_IS_THE_CURSOR)
  }

  #stopAsking(): void {
    clearTimeout(this.#asking)
    this.#asking = undefined
  }

  #redraw(reflowed: boolean): void {
    this.#stopAsking()
    const { columns } = this.#space()
    if (this.#drawn !== undefined) {
      const cursorRow = rowsAbove(this.#drawn, columns, reflowed)
      this.#drawn = { ...this.#drawn, cursorRow, columns }
    }
    this.update()
  }

  // One write, so that nobody sees half of it.
  #draw(shown = true): void {
    clearImmediate(this.#drawing)
    this.#drawing = undefined
    if (this.#asking !== undefined) return
    const erased = this.#erase()
    const lines = this.#lines.map(line => `${line}\n`).join('')
    this.#lines = []
    this.#drawnAt = performance.now()
    this.#drawn = shown ? this.#layOut() : undefined
    this.#write(`${erased}${lines}${this.#drawn === undefined ? '' : rowsText(this.#drawn)}`)
  }

  #write(text: string): void {
    if (!this.#isLost) this.#screen.write(text)
  }

  #erase(): string {
    const isNeeded = this.#isFirst || this.#drawn !== undefined
    this.#isFirst = false
    return isNeeded ? `${up(this.#drawn?.cursorRow ?? 0)}${CLEAR_BELOW}` : ''
  }

  // The status is below: what is below the cursor is erased, however a terminal breaks it in two. Some (xterm.js) move the
  // cursor along with it; then a copy of what is typed stays.
  #layOut(): Drawn {
    const space = this.#space()
    const { columns } = space
    const typed = typedRows(PROMPT, this.#typed(), space)
    const status = space.hasStatus ? this.#status(statusColumns(columns)) : undefined
    const rows = status === undefined ? typed.rows : [...typed.rows, status]
    return { ...typed, rows, columns }
  }

  // Half of the screen at least is for what the others say.
  #space() {
    const { columns } = this.#screen
    const rows = this.#screen.rows || DEFAULT_ROWS
    const maxRows = Math.min(MAX_TYPED_ROWS, Math.floor(rows / 2))
    const hasStatus = rows >= MIN_ROWS_FOR_STATUS
    return { columns: columns || DEFAULT_COLUMNS, rows, maxRows, hasStatus }
  }
}

// What stands left of the cursor is written once more: so the cursor is where the terminal believes that to end.
function rowsText({ beforeCursor, cursorRow, rows }: Drawn): string {
  const below = rows.length - 1 - cursorRow
  const isAtEnd = below === 0 && beforeCursor === rows[cursorRow]
  const back = isAtEnd ? '' : `${up(below)}\r${beforeCursor}`
  return `${NO_WRAP}${rows.join('\r\n')}${back}${WRAP}`
}

// Not the whole width: a window that is dragged narrower breaks nothing in two before the next drawing.
function statusColumns(columns: number): number {
  return Math.min(columns - 1, Math.max(MIN_STATUS_COLUMNS, Math.floor(columns * 0.75)))
}

function up(rows: number): string {
  return rows === 0 ? '' : `\u001b[${rows}A`
}
