import { IdNumbers } from '../../base/id-numbers.js'
import type { MessageId } from '../../base/ids.js'
import type { Millis } from '../../base/time.js'
import { HOLE_LIFE_MILLIS } from './tuning.js'

const SPANS = 20
/** Holes of such a span are counted together. */
const SPAN_MILLIS: Millis = HOLE_LIFE_MILLIS / SPANS

/**
 * Messages that others name and that are not here. Each counts for ten minutes, and to the end of its span: then nobody is going to have it. BOUNDED: by the
 * owner, who takes out what it forgets.
 */
export class Holes {
  /** In which span each was missed first, or was missed again after its ten minutes. */
  readonly #spans: IdNumbers
  // BOUNDED: by the holes: how many there are of each span.
  readonly #counts = new Map<number, number>()

  /** `seed`: 32 bytes that strangers do not know. */
  constructor(seed: Uint8Array) {
    this.#spans = new IdNumbers(seed)
  }

  /** How many are remembered, with those that count no more. */
  get size(): number {
    return this.#spans.size
  }

  /** True if one counts. */
  hasAny(now: Millis): boolean {
    const last = spanOf(now)
    for (let span = Math.max(0, last - SPANS); span <= last; span += 1)
      if (this.#counts.has(span)) return true
    return false
  }

  /** This one is missed. */
  add(id: MessageId, now: Millis): void {
    const span = spanOf(now)
    const former = this.#spans.get(id)
    if (former !== undefined && span - former <= SPANS) return
    this.delete(id)
    this.#spans.set(id, span)
    this.#counts.set(span, (this.#counts.get(span) ?? 0) + 1)
  }

  /** It is here, or nobody names it any more. */
  delete(id: MessageId): void {
    const span = this.#spans.get(id)
    if (span === undefined) return
    this.#spans.delete(id)
    const left = (this.#counts.get(span) ?? 1) - 1
    if (left === 0) this.#counts.delete(span)
    else this.#counts.set(span, left)
  }
}

function spanOf(now: Millis): number {
  return Math.max(0, Math.floor(now / SPAN_MILLIS))
}
