import type { IdentityKey } from '../base/ids.js'
import { foldNick } from '../base/look-alike.js'
import type { Named } from '../base/names.js'
import type { Room } from '../room/room.js'

/** Fewest hex digits that name somebody. */
const MIN_KEY_DIGITS = 8
const KEY = /^[0-9a-f]{64}$/

/**
 * The other members that a word means: by their nick, however it is written, or by the first 8 digits of their identity or
 * more. A whole identity means itself, here or not.
 */
export function membersMeant(
  room: Pick<Room, 'identity' | 'members'>,
  wanted: string
): readonly Named[] {
  const digits = wanted.toLowerCase()
  if (KEY.test(digits)) return [{ identity: digits as IdentityKey, nick: '' }]
  const nick = foldNick(wanted.replace(/^@/, ''))
  const others = room.members().filter(({ identity }) => identity !== room.identity)
  const byKey = digits.length >= MIN_KEY_DIGITS
  return others.filter(
    member => foldNick(member.nick) === nick || (byKey && member.identity.startsWith(digits))
  )
}
