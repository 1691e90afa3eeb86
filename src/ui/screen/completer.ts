import type { Completion } from '../prompt/prompt.js'
import type { TypedText } from '../prompt/typed-text.js'

/** What a word may become; those that are meant most likely come first. */
export interface Words {
  readonly commands: readonly string[]
  readonly nicks: readonly string[]
  /** What the first word after this command is. */
  readonly argumentsOf: (command: string) => readonly string[]
}

/** What was offered last: the text that it left, and what else fits. */
interface Offer {
  readonly left: string
  readonly fitting: readonly string[]
  readonly at: number
}

/** Completes the word left of the cursor; pressed again, offers the next that fits. */
export class Completer {
  readonly #words: () => Words
  #last: Offer | undefined

  constructor(words: () => Words) {
    this.#words = words
  }

  /** What Tab does; undefined where nothing fits. After a blank it is a tab. */
  complete({ cursor, text }: TypedText): Completion | undefined {
    const left = text.slice(0, cursor)
    if (this.#last?.left === left) return this.#next(this.#last)
    const word = /\S*$/u.exec(left)?.[0] ?? ''
    if (word === '') return { units: 0, text: '\t' }
    const start = left.slice(0, left.length - word.length)
    return this.#offer(start, word.length, this.#fitting(start, word), 0)
  }

  #next({ at, fitting, left }: Offer): Completion | undefined {
    const before = fitting[at] ?? ''
    const start = left.slice(0, left.length - before.length)
    return this.#offer(start, before.length, fitting, (at + 1) % fitting.length)
  }

  #offer(start: string, units: number, fitting: readonly string[], at: number) {
    const text = fitting[at]
    this.#last = text === undefined ? undefined : { left: start + text, fitting, at }
    return text === undefined ? undefined : { units, text }
  }

  #fitting(start: string, word: string): string[] {
    const { argumentsOf, commands, nicks } = this.#words()
    const command = /^\s*\/(\S+)\s+$/u.exec(start)?.[1]
    if (start.trim() === '' && word.startsWith('/'))
      return starting(commands, word.slice(1), '/', ' ')
    if (command !== undefined) return starting(argumentsOf(command.toLowerCase()), word, '', ' ')
    const sign = word.startsWith('@') ? '@' : ''
    return starting(nicks, word.slice(sign.length), sign, start.trim() === '' ? ': ' : ' ')
  }
}

function starting(
  words: readonly string[],
  begun: string,
  before: string,
  after: string
): string[] {
  const wanted = folded(begun)
  const fitting = words.filter(word => folded(word).startsWith(wanted))
  return [...new Set(fitting)].map(word => `${before}${word}${after}`)
}

function folded(text: string): string {
  return text.normalize('NFC').toLowerCase()
}
