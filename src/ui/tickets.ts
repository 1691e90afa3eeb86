import { safeText } from '../base/safe-text.js'
import type { Millis } from '../base/time.js'
import type { MadeTicket, TicketSummary } from '../room/admission/tickets.js'
import { day } from './kept.js'
import { clockTime } from './notice.js'

/** Until when it counts: `until 2026-11-29 10:30`. `expires`: ms since 1970. */
function untilText(expires: Millis): string {
  return `until ${day(expires)} ${clockTime(expires)}`
}

/** An invitation for a person: what it is called, its room, how often it was used, how it is. Safe for a terminal. */
export function ticketLine({
  anyone,
  elsewhere,
  expires,
  id,
  room,
  state,
  used,
  uses
}: TicketSummary): string {
  const how = state === 'open' ? untilText(expires) : state
  const count = uses === 0 ? `used ${used}` : `used ${used} of ${uses}`
  const other =
    elsewhere && state === 'open' ? '  another device of yours lets in, from a chat there' : ''
  const who = anyone ? '  any member lets in' : other
  return `${id.slice(0, 8)}  ${safeText(room)}  ${count}  ${how}${who}`
}

/** Whom an invitation lets in, until when and how; and, if members must hear of it, that they do. Safe for a terminal. */
export function letInText(room: string, { anyone, expires, uses }: MadeTicket): string[] {
  const whose = anyone ? 'a member' : 'a chat of yours'
  const said = `It lets in ${whoComes(uses)}, ${untilText(expires)}, while ${whose} is in ${safeText(room)}.`
  return anyone ? [said, 'Members hear of it from a chat of yours: be in the room once.'] : [said]
}

function whoComes(uses: number): string {
  if (uses === 0) return 'whoever has it'
  return uses === 1 ? 'one person' : `${uses.toLocaleString('en')} people`
}
