import type { ChatIo } from '../chat-io.js'
import { TerminalMode } from '../prompt/mode.js'
import { cutTo } from '../width.js'

const ENTER = '\u001b[?1049h\u001b[?25l\u001b[?7l'
const LEAVE = '\u001b[?7h\u001b[?25h\u001b[?1049l'
const HOME = '\u001b[H'
const CLEAR_ROW = '\u001b[K'
const CLEAR_BELOW = '\u001b[J'
const [CTRL_C, CTRL_D, CTRL_Z] = ['\u0003', '\u0004', '\u001a']
const [DEFAULT_COLUMNS, DEFAULT_ROWS] = [80, 24]

/** The whole screen of a terminal, drawn anew in its place. When it ends the terminal is as it was before. */
export class LiveScreen {
  readonly #io: ChatIo
  readonly #mode: TerminalMode
  readonly #ignoreResume: () => void
  readonly #onResize = () => this.#draw()
  readonly #onExit = () => this.close()
  readonly #onKeys = (keys: Buffer) => this.#hear(keys.toString('latin1'))
  // BOUNDED: by the owner, who shows what fits.
  #rows: readonly string[] = []
  #isShown = false

  constructor(io: ChatIo) {
    this.#io = io
    this.#mode = new TerminalMode(io)
    this.#ignoreResume = io.onresume(() => this.#show())
    io.output.on('resize', this.#onResize)
    if (io.input.isTTY === true) io.input.on('data', this.#onKeys)
    process.on('exit', this.#onExit)
    this.#show()
  }

  /** Rows (safe text) that fit; what is shown beyond that is left out. */
  get height(): number {
    return this.#io.output.rows || DEFAULT_ROWS
  }

  /** Shows these rows instead of those before. */
  show(rows: readonly string[]): void {
    this.#rows = rows
    if (this.#io.isOrphan?.()) this.#lose()
    else this.#draw()
  }

  // Another shell has the terminal: it gets its screen back, and keeps its keys.
  #lose(): void {
    this.#mode.lose()
    this.#hide()
    this.#io.interrupt()
  }

  /** Gives the terminal back. */
  close(): void {
    process.off('exit', this.#onExit)
    this.#io.output.off('resize', this.#onResize)
    this.#ignoreResume()
    if (this.#io.input.isTTY === true) this.#io.input.off('data', this.#onKeys).pause()
    this.#hide()
  }

  #show(): void {
    if (this.#io.input.isTTY === true) this.#mode.take()
    this.#io.output.write(ENTER)
    this.#isShown = true
    this.#draw()
  }

  #hide(): void {
    if (!this.#isShown) return
    this.#isShown = false
    this.#io.output.write(LEAVE)
    this.#mode.give()
  }

  // One write, so that nobody sees half of it.
  #draw(): void {
    if (!this.#isShown) return
    const columns = this.#io.output.columns || DEFAULT_COLUMNS
    const rows = this.#rows.slice(0, this.height)
    const text = rows.map(row => `${cutTo(row, columns)}${CLEAR_ROW}`).join('\r\n')
    this.#io.output.write(`${HOME}${text}${CLEAR_BELOW}`)
  }

  #hear(keys: string): void {
    if (keys.includes(CTRL_C) || keys.includes(CTRL_D) || keys.includes('q')) this.#io.interrupt()
    else if (keys.includes(CTRL_Z)) this.#suspend()
  }

  #suspend(): void {
    this.#hide()
    this.#io.suspend()
  }
}
