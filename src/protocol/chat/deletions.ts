import type { IdentityKey, MessageId } from '../../base/ids.js'
import { type Entry, Shares } from '../../base/shares.js'
import type { Millis } from '../../base/time.js'
import { MAX_DELETIONS } from './tuning.js'

/** What matters of a deletion. */
interface Deletion {
  readonly id: MessageId
  readonly author: IdentityKey
  readonly clock: Millis
}

/** A deletion that is remembered, and which messages it names: as many of the first as are `left`. */
interface Naming extends Deletion, Entry {
  readonly id: MessageId
  readonly clock: Millis
  readonly targets: readonly MessageId[]
  left: number
}

/** The deletion that names a message, or all of them, the first first, by their ids. Of tens of thousands hardly one is named twice. */
type Namings = Naming | Map<MessageId, Naming>

/**
 * Which messages were taken back by whom. One deletion names up to 64, which need not be here, or be anywhere: whoever
 * names most gives way first, so that nobody's deletions are forgotten for a stranger's.
 */
export class Deletions {
  readonly #max: number
  // BOUNDED: #max named messages: by who named them, and by what is named.
  readonly #named = new Map<IdentityKey, Map<MessageId, Namings>>()
  // BOUNDED: #max; those among them that were removed go first, for they are their author's oldest.
  readonly #shares = new Shares<IdentityKey, Naming>()

  /** Remembers at most `max` named messages. */
  constructor(max: number = MAX_DELETIONS) {
    this.#max = max
  }

  /** True if this author has taken this message back: it counts only if that is the message's own author. */
  has(target: MessageId, author: IdentityKey): boolean {
    return this.#named.get(author)?.has(target) === true
  }

  /** The first of the deletions by which this author has taken this message back: there may be thousands. */
  of(target: MessageId, author: IdentityKey): MessageId | undefined {
    const namings = this.#named.get(author)?.get(target)
    if (!(namings instanceof Map)) return namings?.id
    const [first] = namings.keys()
    return first
  }

  /** A deletion that is not here. */
  add({ author, clock, id }: Deletion, named: readonly MessageId[]): void {
    const targets = [...new Set(named)]
    const naming = { id, clock, author, targets, left: targets.length }
    const ofAuthor = this.#named.get(author) ?? new Map<MessageId, Namings>()
    this.#named.set(author, ofAuthor)
    for (const target of targets) ofAuthor.set(target, joined(ofAuthor.get(target), naming))
    this.#shares.add(author, naming)
    while (this.#shares.size > this.#max) this.#takeFirst()
  }

  remove({ author, id }: Pick<Deletion, 'author' | 'id'>, targets: readonly MessageId[]): void {
    for (const target of targets) {
      const naming = found(this.#named.get(author)?.get(target), id)
      if (naming !== undefined) this.#forget(naming, target)
    }
  }

  #takeFirst(): void {
    const naming = this.#shares.takeFirst()
    const target = naming?.targets[naming.left]
    if (naming !== undefined && target !== undefined) this.#forget(naming, target)
  }

  #forget(naming: Naming, target: MessageId): void {
    const ofAuthor = this.#named.get(naming.author)
    const namings = ofAuthor?.get(target)
    if (ofAuthor === undefined || found(namings, naming.id) !== naming) return
    if (namings instanceof Map && namings.size > 1) namings.delete(naming.id)
    else ofAuthor.delete(target)
    if (ofAuthor.size === 0) this.#named.delete(naming.author)
  }
}

function joined(namings: Namings | undefined, naming: Naming): Namings {
  if (namings === undefined) return naming
  const all = namings instanceof Map ? namings : new Map([[namings.id, namings]])
  return all.set(naming.id, naming)
}

function found(namings: Namings | undefined, id: MessageId): Naming | undefined {
  if (namings instanceof Map) return namings.get(id)
  return namings?.id === id ? namings : undefined
}
