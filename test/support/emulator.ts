import xterm from '@xterm/headless'
import { graphemeWidth } from './grapheme-width.js'

/** What a terminal does with rows that a narrower window has no place for. */
export type Reflow =
  /** It breaks them in two, as most do. */
  | 'all'
  /** It breaks those that the cursor is not in, as xterm.js does. */
  | 'above'
  /** It cuts them off, as xterm does. */
  | 'none'

/** A terminal's size and manners. */
export interface EmulatorOptions {
  /** Default 80. */
  readonly columns?: number | undefined
  /** Default 24. */
  readonly rows?: number | undefined
  /** Default 'all'. */
  readonly reflow?: Reflow | undefined
  /** True: it draws what belongs together in one place (a family of emoji: two columns). Default false: an old terminal. */
  readonly graphemes?: boolean | undefined
}

const REFLOW = {
  all: { reflowCursorLine: true },
  above: {},
  none: { windowsPty: { backend: 'conpty', buildNumber: 1 } }
} as const

/** Cells of a terminal of one look. */
export interface Run {
  readonly column: number
  readonly columns: number
  readonly text: string
  readonly bold: boolean
  readonly dim: boolean
  readonly inverse: boolean
  /** Of xterm's 256; undefined: the terminal's own. */
  readonly colour: number | undefined
}

function cellRun(cell: xterm.IBufferCell, column: number): Run {
  return {
    column,
    columns: cell.getWidth(),
    text: cell.getChars() || ' ',
    bold: cell.isBold() !== 0,
    dim: cell.isDim() !== 0,
    inverse: cell.isInverse() !== 0,
    colour: cell.isFgPalette() ? cell.getFgColor() : undefined
  }
}

function runsOf(cells: readonly Run[]): Run[] {
  const runs: Run[] = []
  for (const cell of cells) {
    const last = runs.at(-1)
    const isSame =
      last?.bold === cell.bold &&
      last.dim === cell.dim &&
      last.inverse === cell.inverse &&
      last.colour === cell.colour
    if (!isSame) runs.push(cell)
    else
      runs[runs.length - 1] = {
        ...last,
        text: last.text + cell.text,
        columns: last.columns + cell.columns
      }
  }
  return runs
}

/** A terminal without a window: xterm.js. It shows what is written to it and answers what terminals answer. */
export class Emulator {
  readonly #terminal: xterm.Terminal
  readonly #reflow: Reflow

  constructor(options: EmulatorOptions, onanswer: (keys: string) => void) {
    const { columns: cols = 80, graphemes = false, reflow = 'all', rows = 24 } = options
    const size = { cols, rows, scrollback: 100_000 }
    this.#terminal = new xterm.Terminal({ ...size, ...REFLOW[reflow], allowProposedApi: true })
    this.#reflow = reflow
    this.#terminal.onData(onanswer)
    if (!graphemes) return
    this.#terminal.unicode.register(graphemeWidth)
    this.#terminal.unicode.activeVersion = graphemeWidth.version
  }

  /** Takes what a program writes; calls back when it is on the screen. */
  write(text: string, ondone: () => void = () => {}): void {
    this.#terminal.write(text, ondone)
  }

  resize(columns: number, rows: number): void {
    const { column } = this.cursor
    if (this.#reflow === 'none') this.#cut(columns, rows)
    else this.#terminal.resize(columns, rows)
    // The cursor goes along with its row, in others than xterm.js also from left to right.
    if (this.#reflow === 'all' && column >= columns)
      this.#terminal.write(`\u001b[${(column % columns) + 1}G`)
  }

  /** True while the program wants to be told what is pasted. */
  get marksPastes(): boolean {
    return this.#terminal.modes.bracketedPasteMode
  }

  /** What the terminal sends for a paste. */
  pasteKeys(text: string): string {
    const keys = text.replaceAll('\n', '\r')
    return this.marksPastes ? `\u001b[200~${keys}\u001b[201~` : keys
  }

  // xterm.js would keep what is right of the edge, and show it again.
  #cut(columns: number, rows: number): void {
    const cutAt = (y: number) => `\u001b[${y + 1};${columns + 1}H\u001b[K`
    const all = Array.from({ length: this.#terminal.rows }, (_, y) => cutAt(y))
    const cut = columns < this.#terminal.cols ? `\u001b7${all.join('')}\u001b8` : ''
    this.#terminal.write(cut, () => this.#terminal.resize(columns, rows))
  }

  /** Every line that the terminal holds, those that have scrolled away included; one that wraps is one line. */
  get lines(): string[] {
    const { active } = this.#terminal.buffer
    const lines: string[] = []
    for (let y = 0; y < active.length; y += 1) {
      const line = active.getLine(y)
      const text = line?.translateToString(true) ?? ''
      if (line?.isWrapped === true) lines.push((lines.pop() ?? '') + text)
      else lines.push(text)
    }
    while (lines.at(-1) === '') lines.pop()
    return lines
  }

  /** The rows that are to be seen, top to bottom. */
  get screen(): string[] {
    const { active } = this.#terminal.buffer
    const rowAt = (y: number) => active.getLine(active.baseY + y)?.translateToString(true) ?? ''
    return Array.from({ length: this.#terminal.rows }, (_, y) => rowAt(y))
  }

  /** The same with how it looks: cells of one look, next to each other, are a run. */
  get looks(): Run[][] {
    const { active } = this.#terminal.buffer
    return Array.from({ length: this.#terminal.rows }, (_, y) => {
      const line = active.getLine(active.baseY + y)
      const cells = Array.from({ length: this.#terminal.cols }, (_, x) => line?.getCell(x))
      return runsOf(
        cells.flatMap((cell, column) => (cell?.getWidth() ? cellRun(cell, column) : []))
      )
    })
  }

  /** Where the cursor is: column and row of the screen, from 0. */
  get cursor(): { readonly column: number; readonly row: number } {
    const { cursorX, cursorY } = this.#terminal.buffer.active
    return { column: cursorX, row: cursorY }
  }
}
