import { domain, hash } from '../../base/crypto.js'
import { idFromBytes, type Topic } from '../../base/ids.js'
import { MAX_ROOM_NAME_POINTS } from '../config.js'
import { encodeText } from '../wire/text.js'

/** A room name in the one form that is hashed, or the sentence's end that says why it is none. */
export type RoomName =
  | { readonly ok: true; readonly name: string }
  | { readonly ok: false; readonly reason: string }

/** Length in bytes of the secret of a room. */
export const ROOM_SECRET_BYTES = 32

// U+200C and U+200D join letters and emoji: fine between two characters, invisible at an end.
const HIDDEN = /[\p{Cc}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]|(?![\u200c\u200d])\p{Cf}/u
// England, Scotland and Wales: a black flag, and tags that are invisible without it. Others are drawn as a black flag alone.
const FLAGS =
  /\u{1f3f4}\u{e0067}\u{e0062}(?:\u{e0065}\u{e006e}\u{e0067}|\u{e0073}\u{e0063}\u{e0074}|\u{e0077}\u{e006c}\u{e0073})\u{e007f}/gu
// Typed in the wrong place, an invitation must not lead to a public room that is called like it.
const LINK = /^swarmchat:/
const JOINER_AT_END = /^[\u200c\u200d]|[\u200c\u200d]$/u

/**
 * The form in which a room name is hashed: NFKC, case folded, without white space around it and without one leading
 * `#`; 1 to 64 code points, none of them invisible or unassigned, but for what makes flags. No name begins with `swarmchat:`, as invitations do.
 */
export function normaliseRoomName(input: string): RoomName {
  const written = fold(input).trim()
  const name = written.replace(/^#/, '').trim()
  const points = [...name].length
  if (LINK.test(name)) return { ok: false, reason: 'it is an invitation' }
  if (written === '#') return { ok: false, reason: '# alone is no name' }
  if (points === 0) return { ok: false, reason: 'it is empty' }
  if (points > MAX_ROOM_NAME_POINTS) {
    return { ok: false, reason: `it has ${points} characters, and ${MAX_ROOM_NAME_POINTS} fit` }
  }
  if (HIDDEN.test(name.replace(FLAGS, '')) || JOINER_AT_END.test(name)) {
    return { ok: false, reason: 'it holds a character that nobody can see' }
  }
  return { ok: true, name }
}

/** The 32-byte secret of the room with this *normalised* name: whoever can guess the name can compute it. */
export function roomSecretFromName(name: string): Uint8Array {
  return hash([domain('room-name'), encodeText(name)])
}

/** Where a room is announced in the DHT. The topic does not give the secret away. */
export function topicOf(roomSecret: Uint8Array): Topic {
  return idFromBytes(hash([domain('topic')], roomSecret))
}

// Lower, upper, lower: so that ß meets SS, and the final sigma the other one.
function fold(text: string): string {
  return text.normalize('NFKC').toLowerCase().toUpperCase().toLowerCase().normalize('NFKC')
}
