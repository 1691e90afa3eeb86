import { safeText } from '../../base/safe-text.js'
import { spanOf } from '../../base/span.js'
import type { TicketTerms } from '../../room/admission/tickets.js'
import { letInText } from '../tickets.js'
import type { SlashCommand, Talk } from './command.js'

const EXAMPLES = '/invite 3 is for three people, /invite 2d for whoever comes within two days.'

/** Makes an invitation that ends, and shows it to us alone. */
export const INVITE: SlashCommand = {
  usage: '/invite [3|2d]',
  help: 'let people in: a link',
  run: invite
}

function invite({ room }: Talk, rest: string): string[] {
  const terms = termsOf(rest.trim())
  if (terms === undefined)
    return [`! ${safeText(rest)} says neither how many may come nor how long: ${EXAMPLES}`]
  const made = room.invite(terms)
  return [made.link, letInText(room.name, made)[0] ?? '', 'They take it with: swarmchat join']
}

/** One person if nothing is said; so many, or whoever comes within a time. */
function termsOf(text: string): TicketTerms | undefined {
  if (text === '') return { uses: 1 }
  if (/^\d{1,4}$/.test(text)) return { uses: Number(text) }
  const span = spanOf(text)
  return span === undefined ? undefined : { expires: Date.now() + span }
}
