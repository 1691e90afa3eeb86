import { emitKeypressEvents, type Key } from 'node:readline'
import { PassThrough } from 'node:stream'
import { Display } from './display.js'
import { LineEditor } from './line-editor.js'
import { TerminalMode } from './mode.js'
import type { Terminal } from './terminal.js'
import { TerminalInput } from './terminal-input.js'

/** What a prompt tells. */
export interface PromptHandlers {
  /** A text was typed or pasted, and Enter pressed. It may have several lines. */
  readonly online: (text: string) => void
  /** Ctrl-C: the terminal is in raw mode, so that no signal comes of it. */
  readonly oninterrupt: () => void
  /** Ctrl-Z, likewise: the terminal has been given back. Returns when the program goes on. */
  readonly onsuspend: () => void
  /** Ctrl-D, or the terminal is gone. */
  readonly onclose: () => void
}

/** Lines above a text that is being typed. */
export class Prompt {
  readonly #input: Terminal['input']
  readonly #handlers: PromptHandlers
  readonly #mode: TerminalMode
  readonly #editor: LineEditor
  readonly #display: Display
  readonly #onBytes: (bytes: Buffer) => void
  readonly #onEnd = () => this.#end()
  /** Letters of one piece of input that are not in the line yet. */
  // BOUNDED: by that piece.
  #run = ''
  #closed = false

  constructor(terminal: Terminal, handlers: PromptHandlers) {
    this.#input = terminal.input
    this.#handlers = handlers
    this.#mode = new TerminalMode(terminal)
    this.#editor = new LineEditor({
      online: handlers.online,
      oninterrupt: handlers.oninterrupt,
      onsuspend: () => this.#suspend(),
      onend: this.#onEnd
    })
    this.#mode.take()
    this.#display = new Display(terminal.output, () => this.#editor.typed)
    const terminalInput = this.#reader(this.#keyboard())
    this.#onBytes = bytes => terminalInput.take(bytes)
    // Errors are listened to for good: a terminal that is gone says so more than once.
    this.#input.on('data', this.#onBytes).on('end', this.#onEnd).on('error', this.#onEnd)
  }

  /** Shows a line (safe text, no line feed) above what is being typed. */
  print(line: string): void {
    this.#display.print(line)
  }

  /** The program goes on after it was stopped, and whoever had the terminal meanwhile may have changed it. */
  resume(): void {
    if (this.#closed) return
    this.#mode.take()
    this.#display.update()
  }

  /** Leaves the terminal as it was. What is typed from now on is not heard. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#input.off('data', this.#onBytes).off('end', this.#onEnd).pause()
    this.#editor.close()
    this.#display.close()
    this.#mode.give()
  }

  #end(): void {
    if (!this.#closed) this.#handlers.onclose()
  }

  #keyboard(): PassThrough {
    const keyboard = new PassThrough()
    emitKeypressEvents(keyboard)
    keyboard.on('keypress', (text: string | undefined, key: Key) => this.#press(text, key))
    return keyboard
  }

  // Each piece at once, so that keys and pastes stay in order.
  #reader(keyboard: PassThrough): TerminalInput {
    return new TerminalInput({
      onkeys: keys => {
        keyboard.emit('data', Buffer.from(keys))
        this.#insertRun()
      },
      onpaste: text => this.#paste(text),
      oncolumn: column => this.#display.hearColumn(column)
    })
  }

  #paste(text: string): void {
    if (this.#closed) return
    this.#editor.insert(text)
    this.#display.update()
  }

  #press(text: string | undefined, key: Key): void {
    if (this.#closed) return
    if (isLetter(text, key)) {
      this.#run += text
      return
    }
    this.#insertRun()
    if (key.ctrl === true && key.name === 'l') this.#display.clear()
    else this.#editor.press(text, key)
    this.#display.update()
  }

  // Readline measures the whole line with every key: what came in one piece goes in as one.
  #insertRun(): void {
    const run = this.#run
    this.#run = ''
    if (run !== '') this.#paste(run)
  }

  #suspend(): void {
    this.#display.hide()
    this.#mode.give()
    this.#handlers.onsuspend()
    this.resume()
  }
}

const CONTROL = /\p{Cc}/u

/** True for a key that does nothing but put its letter in. */
function isLetter(text: string | undefined, { ctrl, meta, sequence }: Key): text is string {
  return text !== undefined && text === sequence && !ctrl && !meta && !CONTROL.test(text)
}
