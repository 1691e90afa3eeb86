import { boolean } from '@oclif/core/flags'
import { isLink } from '../../base/links.js'
import { badArguments } from '../../cli/bad-arguments.js'
import type { RoomAddress } from '../../room/keys.js'
import { unlocking } from '../common/passphrase.js'
import { passwordFlags, passwordGiven } from './password-flags.js'
import { roomNamed } from './room-argument.js'

/** The flags of every command that a room is named to; read them with {@link roomGiven}. */
export const roomFlags = {
  ...passwordFlags,
  public: boolean({
    exclusive: ['password', 'password-file'],
    description: 'the public room of that name, if a private one is kept here'
  })
}

/** What oclif makes of `roomFlags`. */
export type RoomFlags = Parameters<typeof passwordGiven>[1] & { readonly public: boolean }

/**
 * The room that a word of the command line means: an invitation, or a name, or what `-` reads. A password is that of the room
 * of this name; without one it is the private room that is kept here, else the public one. Rejects with BAD_INPUT, NO_PASSWORD,
 * BAD_ARGUMENTS, when the signal fires, and with what `addressOf` throws.
 */
export async function roomGiven(
  word: string,
  flags: RoomFlags,
  signal: AbortSignal
): Promise<RoomAddress> {
  const name = await roomNamed(word, signal)
  const password = await passwordGiven([name], flags, signal)
  return addressWith(name, password, flags.public, signal)
}

/**
 * The room of a name, or of an invitation; for one whose secret is locked, the passphrase is asked for. Rejects with BAD_ARGUMENTS,
 * NO_PASSPHRASE, when the signal fires, and with what `addressOf` throws.
 */
export async function addressWith(
  name: string,
  password: string | undefined,
  isPublic: boolean,
  signal: AbortSignal
): Promise<RoomAddress> {
  const isNamed = password !== undefined || isPublic
  if (isNamed && isLink(name)) throw needsNone()
  if (isNamed) return { name, password }
  const { addressOf } = await import('../../room/admission/private-rooms.js')
  return unlocking(signal, () => addressOf(name))
}

const needsNone = () =>
  badArguments(
    'An invitation needs no password, and is of no public room.',
    'Give the invitation alone.'
  )
