import { type IdentityKey, shortId } from '../../base/ids.js'
import { foldNick } from '../../base/look-alike.js'
import { safeText } from '../../base/safe-text.js'
import { MAX_NICK_BYTES } from '../../protocol/config.js'
import type { Talk } from './command.js'

/** Fewest hex digits that name somebody. */
const MIN_KEY_DIGITS = 4
/** So many are a key, as swarmchat shows it: whoever takes it for a nick is not meant. */
const KEY = /^[0-9a-f]{8,64}$/i

/** Somebody that a word means. */
export interface Found {
  readonly identity: IdentityKey
  readonly nick: string
}

/** Whom a nick, a name of ours or the first digits of a key mean; or a line that says why nobody, or not who. */
export function findPerson(talk: Talk, wanted: string): Found | string {
  const [only, ...others] = called(talk, wanted)
  if (only === undefined) return `! ${nobodyCalled(talk, wanted)}`
  if (others.length === 0) return only
  const keys = [only, ...others].map(({ identity }) => shortId(identity)).join(' or ')
  return `! More than one is called ${safeText(wanted)}. Say which: ${keys}`
}

/**
 * The word that a text begins with and that means somebody, and what follows it. A nick may have blanks: of those that mean
 * somebody the longest counts, so that what is for `ann lee` never goes to `ann`; if none does, it is the first word.
 */
export function splitPerson(talk: Talk, text: string): readonly [wanted: string, rest: string] {
  const blanks = [...text.slice(0, MAX_NICK_BYTES + 1).matchAll(/\s+/gu)].reverse()
  const parts = blanks.map(({ 0: { length }, index }) => {
    return [text.slice(0, index), text.slice(index + length)] as const
  })
  const whole = [text, ''] as const
  return (
    [whole, ...parts].find(([wanted]) => called(talk, wanted).length > 0) ?? parts.at(-1) ?? whole
  )
}

function called(talk: Talk, wanted: string): Found[] {
  const found = new Map<IdentityKey, string>()
  for (const { identity, nick } of candidates(talk))
    if (isMeant(talk, identity, nick, wanted)) found.set(identity, nick)
  return [...found].map(([identity, nick]) => ({ identity, nick }))
}

function nobodyCalled({ room }: Talk, wanted: string): string {
  if (foldNick(wanted) === foldNick(room.nick)) return `${safeText(room.nick)} is you.`
  return `Nobody here is called ${safeText(wanted)}. /who lists the members.`
}

// Also who has left: their lines stand here.
function* candidates({ habits, room, view }: Talk): Generator<Found> {
  for (const { identity, nick } of room.members()) yield { identity, nick }
  for (const { from, nick } of view.lines) yield { identity: from, nick }
  yield* room.requests()
  for (const { identity, name } of habits.contacts.all()) yield { identity, nick: name ?? '' }
}

function isMeant(talk: Talk, identity: IdentityKey, nick: string, wanted: string): boolean {
  if (identity === talk.room.identity) return false
  if (KEY.test(wanted)) return identity.startsWith(wanted.toLowerCase())
  if (nick !== '' && foldNick(nick) === foldNick(wanted)) return true
  if (talk.habits.contacts.nameOf(identity) === wanted) return true
  const digits = wanted.toLowerCase()
  return digits.length >= MIN_KEY_DIGITS && identity.startsWith(digits)
}
