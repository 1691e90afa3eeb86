import type { Completion } from '../prompt/prompt.js'
import type { TypedText } from '../prompt/typed-text.js'

/** Somebody here. */
export interface Called {
  /** What others know them by. */
  readonly nick: string
  /** What we call them, if we do, which is nobody else's business. */
  readonly name?: string | undefined
}

/** What a word may become; those that are meant most likely come first. */
export interface Words {
  readonly commands: readonly string[]
  readonly people: readonly Called[]
  /** What `rest` may become, which stands after this command; undefined where that is a text for the room. */
  readonly argumentsOf: (command: string, rest: string) => readonly string[] | undefined
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

  /** What Tab does; undefined where nothing fits. After a blank in a text it is a tab. */
  complete({ cursor, text }: TypedText): Completion | undefined {
    const left = text.slice(0, cursor)
    const last = this.#last?.left === left ? this.#last : undefined
    if (last !== undefined && last.fitting.length > 1) return this.#next(last)
    const argument = this.#argument(left)
    if (argument !== undefined) return argument
    if (last !== undefined) return this.#next(last)
    const word = /\S*$/u.exec(left)?.[0] ?? ''
    if (word === '') return { units: 0, text: '\t' }
    const start = left.slice(0, left.length - word.length)
    return this.#offer(start, word.length, this.#fitting(start, word), 0)
  }

  // It may have blanks; once it stands there, a text may follow.
  #argument(left: string): Completion | undefined {
    const [, command, rest = ''] = /^\s*\/(\S+)\s+(.*)$/su.exec(left) ?? []
    const all = command && this.#words().argumentsOf(command.toLowerCase(), rest)
    const fitting = all ? starting(all, rest, '', ' ') : []
    if (fitting.length === 0) return undefined
    return this.#offer(left.slice(0, left.length - rest.length), rest.length, fitting, 0)
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
    const { commands, people } = this.#words()
    if (start.trim() === '' && word.startsWith('/'))
      return starting(commands, word.slice(1), '/', ' ')
    const sign = word.startsWith('@') ? '@' : ''
    const begun = word.slice(sign.length)
    const meant = people.filter(
      ({ name = '', nick }) => isBegun(nick, begun) || isBegun(name, begun)
    )
    const nicks = meant.map(({ nick }) => nick)
    return starting(nicks, '', sign, start.trim() === '' ? ': ' : ' ')
  }
}

function starting(
  words: readonly string[],
  begun: string,
  before: string,
  after: string
): string[] {
  const fitting = words.filter(word => isBegun(word, begun))
  return [...new Set(fitting)].map(word => `${before}${word}${after}`)
}

function isBegun(word: string, begun: string): boolean {
  return folded(word).startsWith(folded(begun))
}

function folded(text: string): string {
  return text.normalize('NFC').toLowerCase()
}
