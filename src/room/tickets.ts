import { randomBytes } from 'node:crypto'
import { SwarmchatError } from '../base/errors.js'
import type { Topic } from '../base/ids.js'
import type { Millis } from '../base/time.js'
import { homeDirectory } from '../home/directory.js'
import { keptIdentity } from '../home/identity.js'
import {
  isOpen,
  type KeptInvitation,
  keepInvitation,
  keptInvitations,
  revokeInvitation
} from '../home/invitations.js'
import { TICKET_SEED_BYTES, ticketId } from '../protocol/access/admission.js'
import { writeTicket } from '../protocol/access/invitation-link.js'
import { systemClock } from './clock.js'
import type { RoomKeys } from './keys.js'

/** NO_INVITATION: no invitation that was made here is called so, or several are. Exit code 1. */
const noInvitation = (id: string, count: number) =>
  new SwarmchatError(
    'NO_INVITATION',
    count === 0 ? `No invitation ${id} was made here.` : `${count} invitations begin with ${id}.`,
    { hint: 'swarmchat invite list shows those that were made here.', exitCode: 1 }
  )

/** An invitation that admits, for people: no secret is in it. */
export interface TicketSummary {
  /** What it is called. */
  readonly id: Topic
  readonly room: string
  /** ms since 1970. */
  readonly expires: Millis
  readonly uses: number
  /** So many have come by it. */
  readonly used: number
  readonly state: 'open' | 'expired' | 'used-up' | 'revoked'
}

/**
 * Makes an invitation that admits, and keeps it in this home. `expires`: ms since 1970. Throws TOO_MANY_INVITATIONS, NO_HOME,
 * OPEN_HOME, and what `loadIdentity` throws.
 */
export function makeTicket(
  { name, topic }: RoomKeys,
  terms: { readonly expires: Millis; readonly uses: number },
  home: string = homeDirectory()
): { readonly id: Topic; readonly link: string } {
  const seed = randomBytes(TICKET_SEED_BYTES)
  const inviter = keptIdentity(home).key
  keepInvitation(home, { ...terms, seed, topic, room: name }, systemClock.wall())
  return { id: ticketId(seed), link: writeTicket({ name, seed, inviter, expires: terms.expires }) }
}

/** Those that were made in this home, by room. Throws NO_HOME. */
export function ticketsMade(home: string = homeDirectory()): TicketSummary[] {
  return keptInvitations(home)
    .map(summaryOf)
    .sort((a, b) => (a.room < b.room ? -1 : 1))
}

/** Nobody comes by it any more. `id`: its first digits. Throws NO_INVITATION, NO_HOME. */
export function revokeTicket(id: string, home: string = homeDirectory()): TicketSummary {
  const meant = keptInvitations(home).filter(({ seed }) => ticketId(seed).startsWith(id))
  const [only] = meant
  if (only === undefined || meant.length > 1) throw noInvitation(id, meant.length)
  revokeInvitation(home, only)
  return summaryOf({ ...only, isRevoked: true })
}

function summaryOf(invitation: KeptInvitation): TicketSummary {
  const { expires, newcomers, room, seed, uses } = invitation
  return {
    id: ticketId(seed),
    room,
    expires,
    uses,
    used: newcomers.length,
    state: stateOf(invitation)
  }
}

function stateOf(invitation: KeptInvitation): TicketSummary['state'] {
  if (invitation.isRevoked) return 'revoked'
  if (isOpen(invitation, systemClock.wall())) return 'open'
  return invitation.newcomers.length < invitation.uses ? 'expired' : 'used-up'
}
