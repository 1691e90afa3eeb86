import { userInfo } from 'node:os'
import { badNick } from '../base/errors.js'
import { type IdentityKey, shortId } from '../base/ids.js'
import { safeNick } from '../base/safe-text.js'
import { MAX_NICK_BYTES } from '../protocol/config.js'

const SPACES = /\p{Zs}+/gu

/**
 * The nick as it is used: NFC, trimmed, spaces in a row as one. Throws BAD_NICK if it is empty, over 64 bytes of UTF-8, or
 * would be shown as another: others see nothing of what is invisible, except joiners between letters and flags of tags.
 */
export function checkNick(text: string): string {
  if (typeof text !== 'string') throw badNick('it is no text')
  const nick = text.normalize('NFC').trim().replace(SPACES, ' ')
  if (nick === '') throw badNick('it is empty')
  if (Buffer.byteLength(nick) > MAX_NICK_BYTES)
    throw badNick(`it has ${Buffer.byteLength(nick)} bytes, more than ${MAX_NICK_BYTES}`)
  if (safeNick(nick) !== nick) throw badNick('it holds control or invisible characters')
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
