import { userInfo } from 'node:os'
import { badNick } from '../base/errors.js'
import { type IdentityKey, shortId } from '../base/ids.js'
import { MAX_NICK_BYTES } from '../protocol/config.js'

// What nobody can see, or what tampers with the line: no part of a nick. The joiners that Persian and emoji need stay.
const FORBIDDEN = /(?!\p{Join_Control})[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u

/** The nick as it is used: NFC, trimmed. Throws BAD_NICK where it is empty, over 64 bytes of UTF-8, or invisible. */
export function checkNick(text: string): string {
  const nick = text.normalize('NFC').trim()
  if (nick === '') throw badNick('it is empty')
  if (Buffer.byteLength(nick) > MAX_NICK_BYTES)
    throw badNick(`it has ${Buffer.byteLength(nick)} bytes, more than ${MAX_NICK_BYTES}`)
  if (FORBIDDEN.test(nick)) throw badNick('it holds control or invisible characters')
  return nick
}

/** The nick of somebody who gave none: what the operating system calls them, else the short key. */
export function defaultNick(identity: IdentityKey, user: () => string = systemUser): string {
  try {
    return checkNick(user())
  } catch {
    // No such user (a bare container), or a name that no nick can be.
    return shortId(identity)
  }
}

function systemUser(): string {
  return userInfo().username
}
