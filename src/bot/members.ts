import type { IdentityKey } from '../base/ids.js'
import { Recent } from '../base/recent.js'
import type { Author, Update } from './updates.js'

/** What a bot needs to know of a member of a room. */
export interface RosterEntry {
  readonly identity: IdentityKey
  readonly nick: string
  readonly bot: boolean
}

/** Bots that left are known as bots for their late messages. Guess. */
const MAX_FORMER = 1_024

/** Who is in a room, by identity, the bot included: kept up to date by what it is told. */
export class MemberList {
  // BOUNDED: by the roster, MAX_DEVICES.
  #members = new Map<IdentityKey, Author>()
  // BOUNDED: MAX_FORMER, the oldest goes first.
  readonly #former = new Recent<IdentityKey, Author>(MAX_FORMER)

  /** Everybody, in the order in which they came. */
  all(): Author[] {
    return [...this.#members.values()]
  }

  /** Somebody who is here, or was lately. */
  get(identity: IdentityKey): Author | undefined {
    return this.#members.get(identity) ?? this.#former.get(identity)
  }

  /** Takes over the whole roster. */
  replace(members: Iterable<Author>): void {
    this.#members = new Map([...members].map(author => [author.identity, author]))
  }

  /** Takes in what an update says about who is here. */
  take(update: Update): void {
    if (update.type === 'join' || update.type === 'rename')
      this.#members.set(update.author.identity, update.author)
    if (update.type !== 'leave') return
    this.#members.delete(update.author.identity)
    this.#former.set(update.author.identity, update.author)
  }
}

/** A roster's entry as bots see it. */
export function authorOf({ bot, identity, nick }: RosterEntry): Author {
  return { identity, nick, isBot: bot }
}
