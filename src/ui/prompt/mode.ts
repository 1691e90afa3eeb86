import type { Terminal } from './terminal.js'

const MARK_PASTES = '\u001b[?2004h'
const MARK_NO_PASTES = '\u001b[?2004l'

/** The state that a prompt needs its terminal in: every key is ours, and pastes are marked. */
export class TerminalMode {
  readonly #terminal: Terminal
  #isOurs = false

  constructor(terminal: Terminal) {
    this.#terminal = terminal
  }

  /** Takes the terminal over, until {@link give}. Again where it was changed meanwhile. */
  take(): void {
    const { input, output } = this.#terminal
    // Node remembers what it set last, and sets nothing that it believes to be so.
    if (this.#isOurs) input.setRawMode?.(false)
    input.setRawMode?.(true)
    output.write(MARK_PASTES)
    this.#isOurs = true
  }

  /** The terminal is somebody else's: there is nothing to give back. */
  lose(): void {
    this.#isOurs = false
  }

  /** Gives the terminal back as it was. */
  give(): void {
    if (!this.#isOurs) return
    this.#isOurs = false
    this.#terminal.output.write(MARK_NO_PASTES)
    this.#terminal.input.setRawMode?.(false)
  }
}
