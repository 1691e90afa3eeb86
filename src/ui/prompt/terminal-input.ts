import { StringDecoder } from 'node:string_decoder'

const PASTE_END = '\u001b[201~'
const CTRL_C = '\u0003'
/** More than this of one paste is dropped. Guess: 128 of the longest messages. */
export const MAX_PASTE_CHARACTERS = 1_048_576

// biome-ignore-start lint/suspicious/noControlCharactersInRegex: that is what terminals send.
/** The beginning of a paste, or where the cursor is: row and column, from 1. */
const PASTE_OR_POSITION = /\u001b\[(?:200~|\d+;(\d+)R)/
/** What may become one of them. Escape alone is the key. */
const UNFINISHED = /(?!^\u001b$)\u001b(?:\[[\d;]{0,9})?$/
// biome-ignore-end lint/suspicious/noControlCharactersInRegex: that is what terminals send.
/** Tabs and line feeds stay; the rest of the controls could only be keys. */
const CONTROLS = /(?![\t\n])\p{Cc}/gu
const LINE_ENDS = /\r\n?/g

/** What was read from a terminal. */
export interface InputHandlers {
  readonly onkeys: (keys: string) => void
  /** A whole paste: no controls but tabs and line feeds, and no line feed at its end. */
  readonly onpaste: (text: string) => void
  /** The terminal says in which column, from 0, its cursor is. */
  readonly oncolumn: (column: number) => void
}

/**
 * Tells keys, pastes and the terminal's answers apart, wherever the bytes were cut on their way. Readline's own reader goes
 * by pauses between bytes, which a busy machine makes anywhere, and takes what is pasted for keys.
 */
export class TerminalInput {
  readonly #handlers: InputHandlers
  readonly #decoder = new StringDecoder('utf8')
  /** What may be the beginning of a mark. At most 11 characters. */
  #held = ''
  /** What was pasted so far; undefined where keys are expected. */
  // BOUNDED: MAX_PASTE_CHARACTERS.
  #pasted: string | undefined

  constructor(handlers: InputHandlers) {
    this.#handlers = handlers
  }

  /** Takes what was read. */
  take(bytes: Buffer): void {
    let text = this.#held + this.#decoder.write(bytes)
    this.#held = ''
    // A terminal that never ends a paste must not lock its user in.
    if (this.#pasted !== undefined && text === CTRL_C) this.#endPaste()
    while (text !== '') text = this.#pasted === undefined ? this.#keys(text) : this.#paste(text)
  }

  #keys(text: string): string {
    const found = PASTE_OR_POSITION.exec(text)
    const end = found?.index ?? text.length - this.#hold(UNFINISHED.exec(text)?.[0] ?? '')
    if (end > 0) this.#handlers.onkeys(text.slice(0, end))
    if (found === null) return ''
    const [mark, column] = found
    if (column === undefined) this.#pasted = ''
    else this.#handlers.oncolumn(Number(column) - 1)
    return text.slice(found.index + mark.length)
  }

  #paste(text: string): string {
    const found = text.indexOf(PASTE_END)
    const end = found === -1 ? text.length - this.#hold(unfinishedEnd(text)) : found
    this.#pasted = `${this.#pasted}${text.slice(0, end)}`.slice(0, MAX_PASTE_CHARACTERS)
    if (found === -1) return ''
    this.#endPaste()
    return text.slice(found + PASTE_END.length)
  }

  #endPaste(): void {
    const text = (this.#pasted ?? '').replace(LINE_ENDS, '\n').replace(CONTROLS, '')
    this.#pasted = undefined
    this.#handlers.onpaste(text.replace(/\n+$/, ''))
  }

  #hold(text: string): number {
    this.#held = text
    return text.length
  }
}

function unfinishedEnd(text: string): string {
  for (let length = PASTE_END.length - 1; length > 0; length -= 1) {
    const begun = PASTE_END.slice(0, length)
    if (text.endsWith(begun)) return begun
  }
  return ''
}
