import { type IdentityKey, shortId } from '../base/ids.js'
import { safeNick } from '../base/safe-text.js'

/** Somebody with a nick. */
export interface Named {
  readonly identity: IdentityKey
  readonly nick: string
}

/** What somebody is called on the screen: the nick, and a short key where somebody else goes by the same. */
export function displayName(who: Named, everybody: Iterable<Named>): string {
  const nick = safeNick(who.nick)
  for (const other of everybody)
    if (other.identity !== who.identity && looksLike(nick, safeNick(other.nick)))
      return `${nick} (${shortId(who.identity)})`
  return nick
}

function looksLike(a: string, b: string): boolean {
  return fold(a) === fold(b)
}

function fold(nick: string): string {
  return nick.normalize('NFKC').toLowerCase()
}
