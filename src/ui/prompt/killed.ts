import type { TypedText } from './typed-text.js'

/** Keys that delete more than a character, with Ctrl or Alt. */
const KILLS: ReadonlySet<string> = new Set([
  ...['C-u', 'C-k', 'C-w', 'C-backspace', 'C-delete'],
  ...['M-d', 'M-backspace', 'M-delete']
])

/** What was deleted last, for Ctrl-Y: readline forgets words. One for all rooms, so that a text can be taken to another. */
export class Killed {
  // BOUNDED: by what was typed.
  #text = ''
  #goesOn = false

  get text(): string {
    return this.#text
  }

  /** A key was pressed that made this of that; several kills in a row are one text. */
  hear(key: string, before: TypedText, after: TypedText): void {
    const goesOn = this.#goesOn
    this.#goesOn = KILLS.has(key)
    const left = before.text.slice(after.cursor, before.cursor)
    const count = before.text.length - after.text.length - left.length
    const right = before.text.slice(before.cursor, before.cursor + count)
    if (!this.#goesOn || left + right === '') return
    this.#text = left + (goesOn ? this.#text : '') + right
  }
}
