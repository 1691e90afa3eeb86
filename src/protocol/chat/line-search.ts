import type { MessageId } from '../../base/ids.js'
import { shortId } from '../../base/ids.js'
import type { Change, Fold, FoldedLine } from './fold.js'
import { byPlace } from './newest.js'
import { FoldedTexts, fitsQuery, foldText, hasWords, type LineQuery, wordsOf } from './search.js'

/** Lines that one search reads which none has read before: about 100 ms, after which others wait. Guess. */
const READ_PER_SEARCH = 3_000

/**
 * Finds lines of a fold. Costs nothing until the first search. That looks at the newest lines, until it has found enough; the
 * older ones are read bit by bit, by {@link readOn}. What was read is kept up to date.
 */
export class LineSearch {
  readonly #fold: Fold
  // BOUNDED: by the fold, of whose lines these are the texts.
  readonly #texts = new FoldedTexts()
  // BOUNDED: by the fold: what no search has read yet, the newest last. Undefined before the first.
  #unread: MessageId[] | undefined

  readonly #all: () => MessageId[]

  /** `all`: the ids of everything there is, in order. */
  constructor(fold: Fold, all: () => MessageId[]) {
    this.#fold = fold
    this.#all = all
  }

  /** False if some lines were not read yet that a search would have read if it had had the time. */
  get isComplete(): boolean {
    return this.#unread === undefined || this.#unread.length === 0
  }

  /**
   * The lines that fit, as they read now, the newest first; at most so many. Of a large room only of the newest lines, unless
   * all were read.
   */
  find(query: LineQuery, limit: number): FoldedLine[] {
    this.#unread ??= this.#all()
    const words = wordsOf(query.text ?? '')
    const found: FoldedLine[] = []
    for (const id of this.#texts.find(words)) {
      const line = this.#fold.line(id)
      if (line !== undefined && fits(line, query)) found.push(line)
    }
    for (
      let left = READ_PER_SEARCH;
      left > 0 && found.length < limit && !this.isComplete;
      left -= 1
    ) {
      const line = this.#readNext()
      if (line !== undefined && fits(line, query) && hasWords(foldText(line.text), words))
        found.push(line)
    }
    return found.sort((a, b) => byPlace(b, a)).slice(0, limit)
  }

  /** Reads so many older lines; true if there are no more. */
  readOn(count: number): boolean {
    for (let left = count; left > 0 && !this.isComplete; left -= 1) this.#readNext()
    return this.isComplete
  }

  /** Something changed. */
  take(change: Change): void {
    if (this.#unread === undefined) return
    if (change.type === 'delete') this.#texts.delete(change.about)
    else if ('line' in change) this.#texts.set(change.line.id, change.line.text)
  }

  /** A message is not kept any more. */
  forget(id: MessageId): void {
    this.#texts.delete(id)
  }

  #readNext(): FoldedLine | undefined {
    const id = this.#unread?.pop()
    const isRead = id === undefined || this.#texts.has(id)
    const line = isRead ? undefined : this.#fold.line(id)
    if (line !== undefined) this.#texts.set(line.id, line.text)
    return line
  }
}

function fits({ author: from, clock: time, nick }: FoldedLine, query: LineQuery): boolean {
  return fitsQuery({ from, nick: nick || shortId(from), time }, query)
}
