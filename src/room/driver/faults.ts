import { messageOf } from '../../base/errors.js'
import type { FaultEvent } from '../events.js'

/**
 * Most kinds of mistakes that are told apart; later ones are counted only. Guess: there should be
 * none.
 */
const MAX_KINDS = 32

/** Mistakes of ours that did not end the room: all are counted, each kind is told once. */
export class Faults {
  // BOUNDED: MAX_KINDS.
  readonly #told = new Set<string>()
  #count = 0

  /** How many there were. */
  get count(): number {
    return this.#count
  }

  /** Counts what was thrown; what to tell of it, unless the same place has failed before. */
  note(where: string, thrown: unknown): FaultEvent | undefined {
    this.#count += 1
    const kind = `${where} ${placeOf(thrown)}`
    if (this.#told.has(kind) || this.#told.size >= MAX_KINDS) return undefined
    this.#told.add(kind)
    const text = `Something went wrong inside swarmchat (${where}: ${messageOf(thrown)}). The room goes on.`
    return { type: 'fault', count: this.#count, text, cause: thrown }
  }
}

// The function and line that threw: strangers cannot make these up, as they can the words of an
// error.
function placeOf(thrown: unknown): string {
  const stack = thrown instanceof Error ? (thrown.stack ?? '') : ''
  return stack.split('\n').find(line => line.trimStart().startsWith('at ')) ?? ''
}
