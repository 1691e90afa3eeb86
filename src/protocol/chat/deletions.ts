import type { IdentityKey, MessageId } from '../../base/ids.js'
import { type Entry, Shares } from '../../base/shares.js'
import type { Millis } from '../../base/time.js'
import { MAX_DELETIONS } from './tuning.js'

/** One message that a deletion names. */
interface Naming extends Entry {
  readonly author: IdentityKey
  readonly target: MessageId
  readonly deletion: MessageId
}

/** What matters of a deletion. */
interface Deletion {
  readonly id: MessageId
  readonly author: IdentityKey
  readonly clock: Millis
}

/**
 * Which messages were taken back by whom. One deletion names up to 64, which need not be here, or be anywhere: whoever
 * names most gives way first, so that nobody's deletions are forgotten for a stranger's.
 */
export class Deletions {
  readonly #max: number
  // BOUNDED: #max namings: by what is named and who named it, the deletions.
  readonly #named = new Map<string, Set<MessageId>>()
  // BOUNDED: #max; those among them that were removed go first, for they are their author's oldest.
  readonly #shares = new Shares<IdentityKey, Naming>()

  /** Remembers at most `max` named messages. */
  constructor(max: number = MAX_DELETIONS) {
    this.#max = max
  }

  /** True if this author has taken this message back: it counts only if that is the message's own author. */
  has(target: MessageId, author: IdentityKey): boolean {
    return this.#named.size > 0 && this.#named.has(keyOf(target, author))
  }

  /** The first of the deletions by which this author has taken this message back: there may be thousands. */
  of(target: MessageId, author: IdentityKey): MessageId | undefined {
    const [first] = this.#named.get(keyOf(target, author)) ?? []
    return first
  }

  add({ author, clock, id }: Deletion, targets: readonly MessageId[]): void {
    for (const target of targets) {
      const key = keyOf(target, author)
      const deletions = this.#named.get(key) ?? new Set()
      if (deletions.has(id)) continue
      this.#named.set(key, deletions.add(id))
      this.#shares.add(author, { clock, id: `${id} ${target}`, author, target, deletion: id })
    }
    while (this.#shares.size > this.#max) this.#forget(this.#shares.takeFirst())
  }

  remove({ author, id }: Pick<Deletion, 'author' | 'id'>, targets: readonly MessageId[]): void {
    for (const target of targets) this.#forget({ author, target, deletion: id })
  }

  #forget(naming: Omit<Naming, keyof Entry> | undefined): void {
    if (naming === undefined) return
    const key = keyOf(naming.target, naming.author)
    const deletions = this.#named.get(key)
    deletions?.delete(naming.deletion)
    if (deletions?.size === 0) this.#named.delete(key)
  }
}

function keyOf(target: MessageId, author: IdentityKey): string {
  return `${target} ${author}`
}
