import { emitKeypressEvents, type Key } from 'node:readline'
import { PassThrough } from 'node:stream'
import { Display, type Status } from './display.js'
import { Killed } from './killed.js'
import { LineEditor } from './line-editor.js'
import { TerminalMode } from './mode.js'
import type { Terminal } from './terminal.js'
import { TerminalInput } from './terminal-input.js'
import type { TypedText } from './typed-text.js'

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
  /** Tab: what to put in the place of what stands left of the cursor, if there is one thing to put there. */
  readonly oncomplete?: (typed: TypedText) => Completion | undefined
  /** Alt with a digit, or with an arrow: another text is to be typed on. */
  readonly onswitch?: (to: Switch) => void
  /** What is being typed reads so now; a line feed is {@link NEW_LINE}. */
  readonly onedit?: (typed: string) => void
}

/** So many UTF-16 units left of the cursor give way to a text. */
export interface Completion {
  readonly units: number
  readonly text: string
}

/** Which of several texts: that with this number, from 1, or the next one, or the one before. */
export type Switch = number | 'next' | 'previous'

/** Lines above a text that is being typed. */
export class Prompt {
  readonly #input: Terminal['input']
  readonly #handlers: PromptHandlers
  readonly #mode: TerminalMode
  // BOUNDED: by the owner, who drops what it does not need: a text that is being typed for each place to type it.
  readonly #editors = new Map<string, LineEditor>()
  readonly #killed = new Killed()
  #editor: LineEditor
  readonly #display: Display
  readonly #onBytes: (bytes: Buffer) => void
  readonly #onEnd = () => this.#end()
  readonly #onLost = () => this.lose()
  readonly #onExit = () => this.close()
  /** Letters of one piece of input that are not in the line yet. */
  // BOUNDED: by that piece.
  #run = ''
  /** What was being typed when that was told last. */
  #told = ''
  #closed = false

  constructor(terminal: Terminal, handlers: PromptHandlers, status?: Status) {
    this.#input = terminal.input
    this.#handlers = handlers
    this.#mode = new TerminalMode(terminal)
    this.#editor = this.#open('')
    this.#mode.take()
    this.#display = new Display(terminal, () => this.#editor.typed, status)
    const terminalInput = this.#reader(this.#keyboard())
    this.#onBytes = bytes => {
      terminalInput.take(bytes)
      this.#display.flush()
    }
    // Errors are listened to for good: a terminal that is gone says so more than once.
    this.#input.on('data', this.#onBytes).on('end', this.#onEnd).on('error', this.#onLost)
    // A program that a mistake ends says so below what was said, not in the middle of what is typed.
    process.on('exit', this.#onExit)
  }

  /** Shows a line (safe text, no line feed) above what is being typed. */
  print(line: string): void {
    this.#display.print(line)
  }

  /** What stands below has changed. */
  update(): void {
    this.#display.update()
  }

  /** Types on what was typed under this name, with the texts that were entered there; a new name begins with nothing. */
  switchTo(name: string): void {
    this.#editor = this.#editors.get(name) ?? this.#open(name)
    this.#edited()
  }

  /** What is typed now is known by this name from now on. */
  rename(name: string): void {
    for (const [before, editor] of this.#editors)
      if (editor === this.#editor) this.#editors.delete(before)
    this.#editors.set(name, this.#editor)
  }

  /** Forgets what was typed under this name, which is not the current one. */
  drop(name: string): void {
    this.#editors.get(name)?.close()
    this.#editors.delete(name)
  }

  /** Begins at the top of an empty screen. */
  clear(): void {
    this.#display.clear()
  }

  /** The program goes on after it was stopped, and whoever had the terminal meanwhile may have changed it. */
  resume(): void {
    if (this.#closed) return
    this.#mode.take()
    this.#display.update()
  }

  /** The terminal is gone, or a shell has it that knows nothing of us: nothing more is written to it. */
  lose(): void {
    this.#display.lose()
    this.#mode.lose()
    this.#end()
  }

  /** Leaves the terminal as it was. What is typed from now on is not heard. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    process.off('exit', this.#onExit)
    this.#input.off('data', this.#onBytes).off('end', this.#onEnd).pause()
    for (const editor of this.#editors.values()) editor.close()
    this.#display.close()
    this.#mode.give()
  }

  #open(name: string): LineEditor {
    const { oninterrupt, online } = this.#handlers
    const onsuspend = () => this.#suspend()
    const editor = new LineEditor(
      { online, oninterrupt, onsuspend, onend: this.#onEnd },
      this.#killed
    )
    this.#editors.set(name, editor)
    return editor
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
    this.#edited()
  }

  #press(text: string | undefined, key: Key): void {
    if (this.#closed) return
    if (isLetter(text, key)) {
      this.#run += text
      return
    }
    this.#insertRun()
    if (!this.#isOurs(key)) this.#editor.press(text, key)
    this.#edited()
  }

  #edited(): void {
    if (this.#closed) return
    const { text } = this.#editor.typed
    if (text !== this.#told) this.#handlers.onedit?.(text)
    this.#told = text
    this.#display.update()
  }

  /** True for a key that is not the editor's; it has had its effect. */
  #isOurs(key: Key): boolean {
    const { ctrl, meta, name } = key
    const to = meta === true && !ctrl ? switchOf(key) : undefined
    if (ctrl === true && name === 'l') this.#display.clear()
    else if (meta === true && (name === 'return' || name === 'enter')) this.#editor.insert('\n')
    else if (name === 'tab' && !ctrl && !meta) return this.#complete()
    else if (to !== undefined) this.#handlers.onswitch?.(to)
    else return false
    return true
  }

  #complete(): boolean {
    const { oncomplete } = this.#handlers
    const found = oncomplete?.(this.#editor.typed)
    if (found !== undefined) this.#editor.replaceLeft(found.units, found.text)
    return oncomplete !== undefined
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

const ARROWS: ReadonlyMap<string, Switch> = new Map([
  ['right', 'next'],
  ['down', 'next'],
  ['left', 'previous'],
  ['up', 'previous']
])

function switchOf({ name = '' }: Key): Switch | undefined {
  return /^[1-9]$/.test(name) ? Number(name) : ARROWS.get(name)
}

const CONTROL = /\p{Cc}/u

/** True for a key that does nothing but put its letter in. */
function isLetter(text: string | undefined, { ctrl, meta, sequence }: Key): text is string {
  return text !== undefined && text === sequence && !ctrl && !meta && !CONTROL.test(text)
}
