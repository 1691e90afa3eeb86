import type { IdentityKey } from '../../base/ids.js'
import { Recent } from '../../base/recent.js'
import type { Millis } from '../../base/time.js'

/** Identities of which it is known when they spoke last. Guess: those of a large room. */
const MAX_SPEAKERS = 4_096

/** Somebody who is here, as we have seen them. */
export interface Person {
  readonly identity: IdentityKey
  readonly nick: string
  /** When we saw them first, since they came last. */
  readonly since: Millis
}

/** Who is here since when, and who has spoken. */
export class People {
  // BOUNDED: by the roster of the room, which tells who comes and goes.
  readonly #here = new Map<IdentityKey, Person>()
  // BOUNDED: MAX_SPEAKERS, the oldest goes first.
  readonly #spoke = new Recent<IdentityKey, Millis>(MAX_SPEAKERS)

  here(identity: IdentityKey, nick: string, now: Millis): void {
    const since = this.#here.get(identity)?.since ?? now
    this.#here.set(identity, { identity, nick, since })
  }

  gone(identity: IdentityKey): void {
    this.#here.delete(identity)
  }

  spoke(identity: IdentityKey, time: Millis): void {
    this.#spoke.set(identity, Math.max(time, this.#spoke.get(identity) ?? time))
  }

  hasSpoken(identity: IdentityKey): boolean {
    return this.#spoke.get(identity) !== undefined
  }

  sinceOf(identity: IdentityKey): Millis | undefined {
    return this.#here.get(identity)?.since
  }

  /** How many are here. */
  get count(): number {
    return this.#here.size
  }

  /** Everybody here: who spoke last comes first, then by nick. */
  byLastWord(): Person[] {
    const last = ({ identity }: Person) => this.#spoke.get(identity) ?? Number.NEGATIVE_INFINITY
    const order = (a: Person, b: Person) => last(b) - last(a) || compare(a.nick, b.nick)
    return [...this.#here.values()].sort(order)
  }
}

function compare(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
