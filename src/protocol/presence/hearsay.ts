import type { IdentityKey } from '../../base/ids.js'
import type { Heard } from './heard.js'

/**
 * Members whom only one link has told us of: nobody else vouches that they are in the room. If there is no room for all,
 * they go first, those of the link that told of most.
 */
export class Hearsay {
  // BOUNDED: by the roster, of which these are members. By who told of them, the newest last.
  readonly #byTeller = new Map<IdentityKey, Set<IdentityKey>>()
  readonly #tellerOf = new Map<IdentityKey, IdentityKey>()
  // BOUNDED: by the roster: the other members, in the order in which that was known.
  readonly #trusted = new Set<IdentityKey>()

  /** True if only one link has told of the member. */
  has(identity: IdentityKey): boolean {
    return this.#tellerOf.has(identity)
  }

  /** Takes note of a presence that says something new: of somebody new, or by another link than before. */
  note({ message, teller, toldTwice }: Heard, isNew: boolean): void {
    const { author } = message
    const before = this.#tellerOf.get(author)
    if (!isNew) {
      if (before !== teller) this.confirm(author)
      return
    }
    if (teller === undefined || teller === author || toldTwice === true) {
      this.#trusted.add(author)
      return
    }
    this.#trusted.delete(author)
    this.#tellerOf.set(author, teller)
    const told = this.#byTeller.get(teller)
    if (told === undefined) this.#byTeller.set(teller, new Set([author]))
    else told.add(author)
  }

  /** Somebody else vouches for the member. */
  confirm(identity: IdentityKey): void {
    if (this.#drop(identity)) this.#trusted.add(identity)
  }

  /** The member is gone. */
  forget(identity: IdentityKey): void {
    this.#trusted.delete(identity)
    this.#drop(identity)
  }

  /** Members, those first whom more than one link has told of; of the others one by each link in turn. Made as it is read. */
  *trustedFirst(): Generator<IdentityKey> {
    yield* this.#trusted
    const links = [...this.#byTeller.values()].map(told => told.values())
    for (let left = links; left.length > 0; ) {
      const round = left.map(told => told.next())
      for (const { done, value } of round) if (done !== true) yield value
      left = left.filter((_, at) => round[at]?.done !== true)
    }
  }

  #drop(identity: IdentityKey): boolean {
    const teller = this.#tellerOf.get(identity)
    if (teller === undefined) return false
    this.#tellerOf.delete(identity)
    const told = this.#byTeller.get(teller)
    told?.delete(identity)
    if (told?.size === 0) this.#byTeller.delete(teller)
    return true
  }

  /** Who is to go for somebody new: the newest of the link that told of most. Undefined if the new one is of that link itself. */
  least({ teller, toldTwice }: Heard): IdentityKey | undefined {
    let most: { readonly teller: IdentityKey; readonly told: Set<IdentityKey> } | undefined
    for (const [each, told] of this.#byTeller)
      if (told.size > (most?.told.size ?? 0)) most = { teller: each, told }
    if (most === undefined || (most.teller === teller && toldTwice !== true)) return undefined
    return [...most.told].at(-1)
  }
}
