import type { MessageId } from '../../base/ids.js'
import type { Millis } from '../../base/time.js'

/** Which lines are wanted. */
export interface LineQuery {
  /** Words that a line must have, in any order, in any case of letters, with or without accents. Default: all lines. */
  readonly text?: string | undefined
  /** Only of who goes by this nick, in any case of letters, or whose identity begins with these hex digits (4 at least). */
  readonly from?: string | undefined
  /** Only what is dated from then on, ms since 1970. */
  readonly since?: Millis | undefined
  /** Only what is dated before then, ms since 1970. */
  readonly until?: Millis | undefined
}

interface Line {
  readonly from: string
  readonly nick: string
  readonly time: Millis
}

const ASCII = /^[ -~]*$/
/** Identities may be given by their beginning; fewer digits are a nick. */
const IDENTITY = /^[0-9a-f]{4,64}$/

/** A text as it is searched: without case, accents and compatibility forms. */
export function foldText(text: string): string {
  // Most texts are so, and need no normal form.
  if (ASCII.test(text)) return text.toLowerCase()
  return text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
}

/** The words of a search, folded. */
export function wordsOf(text: string): string[] {
  return foldText(text)
    .split(/\s+/u)
    .filter(word => word !== '')
}

/** True for a folded text that has all these words. */
export function hasWords(folded: string, words: readonly string[]): boolean {
  return words.every(word => folded.includes(word))
}

/** True for a line that fits everything but the text. */
export function fitsQuery({ from, nick, time }: Line, query: LineQuery): boolean {
  if (time < (query.since ?? Number.NEGATIVE_INFINITY)) return false
  if (time >= (query.until ?? Number.POSITIVE_INFINITY)) return false
  if (query.from === undefined) return true
  const wanted = foldText(query.from.trim())
  return foldText(nick) === wanted || (IDENTITY.test(wanted) && from.startsWith(wanted))
}

/**
 * The folded texts of lines, to be looked through one after another: 100,000 lines take some 20 ms (bench/search.ts), which
 * an index of words would not do with parts of words.
 */
export class FoldedTexts {
  // BOUNDED: by the owner, who removes what is gone.
  readonly #texts = new Map<MessageId, string>()

  has(id: MessageId): boolean {
    return this.#texts.has(id)
  }

  set(id: MessageId, text: string): void {
    this.#texts.set(id, foldText(text))
  }

  delete(id: MessageId): void {
    this.#texts.delete(id)
  }

  /** The lines that have all these words. */
  *find(words: readonly string[]): Generator<MessageId> {
    for (const [id, text] of this.#texts) if (hasWords(text, words)) yield id
  }
}
