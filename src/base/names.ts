import { type IdentityKey, shortId } from './ids.js'
import { type Look, lookOf } from './look-alike.js'
import { Recent } from './recent.js'

/** Somebody with a nick. */
export interface Named {
  readonly identity: IdentityKey
  readonly nick: string
}

/**
 * Nicks of which it is known who went by them and no longer does, and as many of those who are not here. Guess: those of a
 * large room.
 */
const MAX_FORMER_NICKS = 4_096

/** Who went by a nick. */
interface Former {
  readonly first: IdentityKey
  /** True if others did as well. */
  readonly isShared: boolean
}

/**
 * Whom people are called on a screen: the nick, and a short key where it could be taken for somebody else's, or for more
 * than a nick. Finding a name costs the same in a room of ten as in one of ten thousand.
 */
export class Names {
  // BOUNDED: by the roster of whoever tells who is here.
  readonly #members = new Map<IdentityKey, { readonly nick: string; readonly look: Look }>()
  // BOUNDED: the same identities, by what their nicks look like.
  readonly #owners = new Map<string, Set<IdentityKey>>()
  // BOUNDED: MAX_FORMER_NICKS, the oldest goes first.
  readonly #former = new Recent<string, Former>(MAX_FORMER_NICKS)
  /** What those who are not here were called last. */
  // BOUNDED: MAX_FORMER_NICKS, the oldest goes first.
  readonly #heard = new Recent<IdentityKey, string>(MAX_FORMER_NICKS)

  // BOUNDED: by the owner, who names them.
  readonly #pinned = new Map<IdentityKey, Look & { readonly isVerified: boolean }>()
  // BOUNDED: the same, by what the names look like.
  readonly #pinnedOwners = new Map<string, IdentityKey>()

  /** `members`: who is here now. */
  constructor(members: Iterable<Named> = []) {
    for (const member of members) this.here(member)
  }

  /** Somebody is here, and goes by this nick from now on. */
  here({ identity, nick }: Named): void {
    if (this.#members.get(identity)?.nick === nick) return
    this.gone(identity)
    const look = lookOf(nick)
    this.#members.set(identity, { nick, look })
    const owners = this.#owners.get(look.fold)
    if (owners === undefined) this.#owners.set(look.fold, new Set([identity]))
    else owners.add(identity)
  }

  /** Somebody is here no longer; the nick stays theirs for a while. */
  gone(identity: IdentityKey): void {
    const member = this.#members.get(identity)
    if (member === undefined) return
    const { fold } = member.look
    this.#members.delete(identity)
    this.#heard.set(identity, member.nick)
    const owners = this.#owners.get(fold)
    owners?.delete(identity)
    if (owners?.size === 0) this.#owners.delete(fold)
    this.#remember(identity, fold)
  }

  /** Somebody went by this nick, here or not. */
  heard({ identity, nick }: Named): void {
    if (this.#heard.get(identity) === nick) return
    this.#heard.set(identity, nick)
    this.#remember(identity, this.#lookOf({ identity, nick }).fold)
  }

  /**
   * Calls somebody by a name of ours from now on, whatever the nick; undefined: by the nick again. `isVerified`: it was made
   * sure that it is they.
   */
  pin(identity: IdentityKey, name: string | undefined, isVerified = false): void {
    const before = this.#pinned.get(identity)
    // Somebody else may have taken it over.
    if (before !== undefined && this.#pinnedOwners.get(before.fold) === identity)
      this.#pinnedOwners.delete(before.fold)
    this.#pinned.delete(identity)
    if (name === undefined) return
    const look = { ...lookOf(name), isVerified }
    this.#pinned.set(identity, look)
    this.#pinnedOwners.set(look.fold, identity)
  }

  /** True if it was made sure that it is they who go by a name of ours. */
  isVerified(identity: IdentityKey): boolean {
    return this.#pinned.get(identity)?.isVerified === true
  }

  /** Whom we know by the nick that somebody else goes by now: by a name of ours, or because they were here before. */
  imitatedBy(who: Named): IdentityKey | undefined {
    if (this.#pinned.has(who.identity)) return undefined
    const { fold } = this.#lookOf(who)
    const known = this.#pinnedOwners.get(fold) ?? this.#former.get(fold)?.first
    return known === who.identity ? undefined : known
  }

  /** The name on the screen: safe for a terminal. */
  of(who: Named): string {
    const pinned = this.#pinned.get(who.identity)
    if (pinned !== undefined) return pinned.shown
    const look = this.#lookOf(who)
    const key = shortId(who.identity)
    const isOwnKey = who.nick === key
    const needsKey = look.isDeceptive || this.#isAnothers(who.identity, look.fold)
    return needsKey && !isOwnKey ? `${look.shown} (${key})` : look.shown
  }

  /** The same of somebody who is here; undefined of others. */
  ofMember(identity: IdentityKey): string | undefined {
    const nick = this.#members.get(identity)?.nick
    return nick === undefined ? undefined : this.of({ identity, nick })
  }

  /** The name of a key, for what says no nick: of a member, or of whoever was heard; else a short key. */
  ofKey(identity: IdentityKey): string {
    const nick = this.#members.get(identity)?.nick ?? this.#heard.get(identity)
    if (nick !== undefined) return this.of({ identity, nick })
    return this.#pinned.get(identity)?.shown ?? shortId(identity)
  }

  #lookOf({ identity, nick }: Named): Look {
    const member = this.#members.get(identity)
    return member?.nick === nick ? member.look : lookOf(nick)
  }

  #isAnothers(identity: IdentityKey, fold: string): boolean {
    if (this.#pinnedOwners.has(fold)) return true
    const owners = this.#owners.get(fold)
    if (owners !== undefined && owners.size > (owners.has(identity) ? 1 : 0)) return true
    const former = this.#former.get(fold)
    return former !== undefined && (former.isShared || former.first !== identity)
  }

  #remember(identity: IdentityKey, fold: string): void {
    const known = this.#former.get(fold) ?? { first: identity, isShared: false }
    const isShared = known.isShared || known.first !== identity
    this.#former.set(fold, isShared === known.isShared ? known : { ...known, isShared })
  }
}
