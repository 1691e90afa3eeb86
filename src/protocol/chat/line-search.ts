import type { MessageId } from '../../base/ids.js'
import { shortId } from '../../base/ids.js'
import type { Change, Fold, FoldedLine } from './fold.js'
import { byPlace } from './newest.js'
import { FoldedTexts, fitsQuery, type LineQuery, wordsOf } from './search.js'

/** Finds lines of a fold. Costs nothing until the first search; from then on it is kept up to date. */
export class LineSearch {
  readonly #fold: Fold
  // BOUNDED: by the fold, of whose lines these are the texts.
  #texts: FoldedTexts | undefined

  constructor(fold: Fold) {
    this.#fold = fold
  }

  /** The lines that fit, as they read now, the newest first; at most so many. `all`: the ids of everything there is. */
  find(query: LineQuery, limit: number, all: () => Iterable<MessageId>): FoldedLine[] {
    this.#texts ??= this.#read(all())
    const found: FoldedLine[] = []
    for (const id of this.#texts.find(wordsOf(query.text ?? ''))) {
      const line = this.#fold.line(id)
      if (line !== undefined && fits(line, query)) found.push(line)
    }
    return found.sort((a, b) => byPlace(b, a)).slice(0, limit)
  }

  /** Something changed. */
  take(change: Change): void {
    if (change.type === 'delete') this.#texts?.delete(change.about)
    else if ('line' in change) this.#texts?.set(change.line.id, change.line.text)
  }

  /** A message is not kept any more. */
  forget(id: MessageId): void {
    this.#texts?.delete(id)
  }

  #read(ids: Iterable<MessageId>): FoldedTexts {
    const texts = new FoldedTexts()
    for (const id of ids) {
      const line = this.#fold.line(id)
      if (line !== undefined) texts.set(id, line.text)
    }
    return texts
  }
}

function fits({ author: from, clock: time, nick }: FoldedLine, query: LineQuery): boolean {
  return fitsQuery({ from, nick: nick || shortId(from), time }, query)
}
