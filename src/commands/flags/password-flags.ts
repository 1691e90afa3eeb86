import { readFileSync } from 'node:fs'
import { boolean, string } from '@oclif/core/flags'
import { SwarmchatError } from '../../base/errors.js'
import { readPlainText } from '../../base/plain-text.js'
import { reasonOf } from '../../base/system-errors.js'
import { standardStreams } from '../../cli/streams.js'
import { isShortPassword } from '../../room/admission/password-strength.js'
import { askSecret } from '../common/ask-secret.js'

/** The flags of every command that a room is named to; read them with {@link passwordGiven}. */
export const passwordFlags = {
  password: boolean({
    description: `ask for the room's password, without showing it [env: SWARMCHAT_PASSWORD]`
  }),
  'password-file': string({
    helpValue: 'FILE',
    exclusive: ['password'],
    description: `file with the room's password; an end of line after it is not part of it`
  })
}

/** What oclif makes of `passwordFlags`. */
interface PasswordFlags {
  readonly password: boolean
  readonly 'password-file'?: string | undefined
}

const VARIABLE = 'SWARMCHAT_PASSWORD'

/** NO_PASSWORD: there is nobody to ask for the password, or its file cannot be read. */
const noPassword = (why: string, cause?: unknown) =>
  new SwarmchatError('NO_PASSWORD', `The room's password is missing (${why}).`, {
    hint: `Set ${VARIABLE}, or give --password-file FILE, or --password on a terminal.`,
    cause
  })

const shortPassword = {
  message: 'That password is short.',
  hint: 'Whoever knows the name can try passwords without anybody noticing. Five words drawn by lot cannot be found so.'
}

/**
 * The password of these rooms that is asked for, or in a file, or in the environment, which loses it: what this process starts is
 * not told. Undefined if none is wanted. Says on stderr if it is short, when a room gets one for the first time here. Rejects with
 * NO_PASSWORD, and when the signal fires.
 */
export async function passwordGiven(
  rooms: readonly string[],
  flags: PasswordFlags,
  signal: AbortSignal
): Promise<string | undefined> {
  const fromEnvironment = process.env[VARIABLE]
  delete process.env[VARIABLE]
  const password = (await chosen(flags, signal)) ?? fromEnvironment
  // That an empty one is none is said by whoever uses it.
  if (password && isShortPassword(password) && !(await areKnown(rooms)))
    standardStreams.tell(shortPassword)
  return password
}

// What is wrong with a room or the home is said by whoever uses them.
async function areKnown(rooms: readonly string[]): Promise<boolean> {
  const { wasInPasswordRoom } = await import('../../room/admission/password-rooms.js')
  try {
    return rooms.every(room => wasInPasswordRoom(room))
  } catch {
    return false
  }
}

async function chosen(flags: PasswordFlags, signal: AbortSignal): Promise<string | undefined> {
  const file = flags['password-file']
  if (file !== undefined) return passwordIn(file)
  return flags.password ? askSecret('Password: ', signal, noPassword) : undefined
}

function passwordIn(file: string): string {
  const content = readPlainText(bytesOf(file))
  if (!content.ok) throw noPassword(content.reason)
  return content.text.replace(/\r?\n$/, '')
}

function bytesOf(file: string): Buffer {
  try {
    return readFileSync(file)
  } catch (thrown) {
    throw noPassword(`${file}: ${reasonOf(thrown)}`, thrown)
  }
}
