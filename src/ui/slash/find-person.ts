import { type IdentityKey, shortId } from '../../base/ids.js'
import { foldNick } from '../../base/look-alike.js'
import { safeText } from '../../base/safe-text.js'
import type { Talk } from './command.js'

/** Fewest hex digits that name somebody. */
const MIN_KEY_DIGITS = 4

/** Somebody that a word means. */
export interface Found {
  readonly identity: IdentityKey
  readonly nick: string
}

/** Whom a nick, a name of ours or the first digits of a key mean; or a line that says why nobody, or not who. */
export function findPerson(talk: Talk, wanted: string): Found | string {
  const found = new Map<IdentityKey, string>()
  for (const { identity, nick } of candidates(talk))
    if (isMeant(talk, identity, nick, wanted)) found.set(identity, nick)
  const [only, ...others] = [...found].map(([identity, nick]) => ({ identity, nick }))
  if (only === undefined)
    return `! Nobody here is called ${safeText(wanted)}. /who lists the members.`
  if (others.length === 0) return only
  const keys = [only, ...others].map(({ identity }) => shortId(identity)).join(' or ')
  return `! More than one is called ${safeText(wanted)}. Say which: ${keys}`
}

// Also who has left: their lines stand here.
function* candidates({ habits, room, view }: Talk): Generator<Found> {
  for (const { identity, nick } of room.members()) yield { identity, nick }
  for (const { message } of view.lines) yield { identity: message.from, nick: message.nick }
  for (const { identity, name } of habits.contacts.all()) yield { identity, nick: name ?? '' }
}

function isMeant(talk: Talk, identity: IdentityKey, nick: string, wanted: string): boolean {
  if (identity === talk.room.identity) return false
  if (nick !== '' && foldNick(nick) === foldNick(wanted)) return true
  if (talk.habits.contacts.nameOf(identity) === wanted) return true
  const digits = wanted.toLowerCase()
  return digits.length >= MIN_KEY_DIGITS && identity.startsWith(digits)
}
