import { createInterface, cursorTo, type Interface, moveCursor } from 'node:readline'
import type { Writable } from 'node:stream'
import { rowsOf } from './width.js'

const PROMPT = '> '
const CLEAR_BELOW = '\u001b[J'

/** A terminal: where lines are typed, and where they are shown. */
export interface Terminal {
  readonly input: NodeJS.ReadableStream
  readonly output: Writable & { readonly columns?: number }
}

/** What a prompt tells. */
export interface PromptHandlers {
  readonly online: (line: string) => void
  /** Ctrl-C: the terminal is in raw mode, so that no signal comes of it. */
  readonly oninterrupt: () => void
  /** Ctrl-D, or the terminal is gone. */
  readonly onclose: () => void
}

/** Lines above a line that is being typed. */
export class Prompt {
  readonly #readline: Interface
  readonly #output: Terminal['output']
  #closed = false

  constructor({ input, output }: Terminal, { onclose, oninterrupt, online }: PromptHandlers) {
    this.#output = output
    this.#readline = createInterface({
      input,
      output,
      prompt: PROMPT,
      terminal: true,
      historySize: 100
    })
    this.#readline.on('line', line => {
      this.#eraseTyped(line)
      online(line)
      if (!this.#closed) this.#readline.prompt()
    })
    this.#readline.on('SIGINT', oninterrupt)
    this.#readline.on('close', () => {
      this.#closed = true
      onclose()
    })
    this.#readline.prompt()
  }

  /** Shows a line (safe text, no line feed) above what is being typed. */
  print(line: string): void {
    if (this.#closed) return void this.#output.write(`${line}\n`)
    this.#toStart(this.#readline.getCursorPos().rows)
    this.#output.write(`${line}\n`)
    this.#readline.prompt(true)
  }

  /** Leaves the terminal as it was. */
  close(): void {
    if (this.#closed) return
    this.#toStart(this.#readline.getCursorPos().rows)
    this.#readline.close()
  }

  // Readline has echoed the line: it goes, because it comes back with its author and time.
  #eraseTyped(line: string): void {
    this.#toStart(rowsOf(PROMPT + line, this.#output.columns ?? 80))
  }

  #toStart(rowsUp: number): void {
    moveCursor(this.#output, 0, -rowsUp)
    cursorTo(this.#output, 0)
    this.#output.write(CLEAR_BELOW)
  }
}
