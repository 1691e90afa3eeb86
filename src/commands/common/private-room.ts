import { safeText } from '../../base/safe-text.js'
import { standardStreams } from '../../cli/streams.js'
import { unreadableSecrets } from '../../home/room-secrets.js'

const PLAIN_WORD = /^[\p{L}\p{N}_][\p{L}\p{N}_.-]*$/u

/** Names that are commands where a room could stand. */
const COMMANDS_OF_INVITE = new Set(['list', 'revoke'])

/** A name as a shell takes it for one word, and swarmchat for a room: no flag, no `-`. Safe for a terminal. */
export function asWord(name: string): string {
  const text = safeText(name)
  if (text.startsWith('-')) return quoted(`#${text}`)
  return PLAIN_WORD.test(text) ? text : quoted(text)
}

/** Likewise, after `swarmchat invite`. */
export function asInvited(name: string): string {
  return COMMANDS_OF_INVITE.has(name) ? quoted(`#${name}`) : asWord(name)
}

const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`

/** What is said of a room that is a private one from now on, on this device. */
export const privateFromNowOn = (name: string) => ({
  message: `${safeText(name)} is a private room here from now on, and its secret is kept in your home.`,
  hint: `Come back with: swarmchat join ${asWord(name)}. The public room of that name: --public.`
})

/** Tells which files of private rooms cannot be read: otherwise one would be missing, or stay open, and nobody would know. Throws NO_HOME. */
export function tellUnreadable(home: string): void {
  for (const error of unreadableSecrets(home)) standardStreams.tell(error)
}
