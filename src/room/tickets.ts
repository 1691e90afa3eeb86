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
import {
  commitmentTo,
  TICKET_SEED_BYTES,
  ticketId,
  ticketOf
} from '../protocol/access/admission.js'
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
  /** So many may come by it; 0: any number. */
  readonly uses: number
  /** True: any member lets in by it, so that more may have come than were meant to. */
  readonly anyone: boolean
  /** So many have come by it, as far as it is known here. */
  readonly used: number
  readonly state: 'open' | 'expired' | 'used-up' | 'revoked'
}

/** What an invitation that admits is good for. */
export interface TicketTerms {
  /** ms since 1970. */
  readonly expires: Millis
  /** So many may come by it, at most 1,000; 0, of one by which anyone lets in: any number. */
  readonly uses: number
  /** True: any member lets in by it. Default: this home does alone, and so the number of uses is certain. */
  readonly anyone?: boolean | undefined
}

/**
 * Makes an invitation that admits, and keeps it in this home. `expires`: ms since 1970. Throws TOO_MANY_INVITATIONS, NO_HOME,
 * OPEN_HOME, and what `loadIdentity` throws.
 */
export function makeTicket(
  { name, secret, topic }: RoomKeys,
  { anyone = false, expires, uses }: TicketTerms,
  home: string = homeDirectory()
): { readonly id: Topic; readonly link: string } {
  const seed = randomBytes(TICKET_SEED_BYTES)
  const inviter = keptIdentity(home).key
  keepInvitation(home, { anyone, expires, uses, seed, topic, room: name }, systemClock.wall())
  const commitment = anyone ? commitmentTo(secret) : undefined
  return { id: idOf(seed), link: writeTicket({ name, seed, inviter, expires, commitment }) }
}

/** Those that were made in this home, by room, those of a room by their end. Throws NO_HOME. */
export function ticketsMade(home: string = homeDirectory()): TicketSummary[] {
  return keptInvitations(home).map(summaryOf).sort(compareTickets)
}

/** Nobody comes by it any more. `id`: its first digits. Throws NO_INVITATION, NO_HOME. */
export function revokeTicket(id: string, home: string = homeDirectory()): TicketSummary {
  const meant = keptInvitations(home).filter(({ seed }) => idOf(seed).startsWith(id))
  const [only] = meant
  if (only === undefined || meant.length > 1) throw noInvitation(id, meant.length)
  revokeInvitation(home, only)
  return summaryOf({ ...only, isRevoked: true })
}

function summaryOf(invitation: KeptInvitation): TicketSummary {
  const { anyone, expires, newcomers, room, seed, uses } = invitation
  return {
    id: idOf(seed),
    room,
    expires,
    uses,
    anyone,
    used: newcomers.length,
    state: stateOf(invitation)
  }
}

function stateOf(invitation: KeptInvitation): TicketSummary['state'] {
  if (invitation.isRevoked) return 'revoked'
  if (isOpen(invitation, systemClock.wall())) return 'open'
  return invitation.expires <= systemClock.wall() ? 'expired' : 'used-up'
}

function idOf(seed: Uint8Array): Topic {
  return ticketId(ticketOf(seed).publicKey)
}

function compareTickets(a: TicketSummary, b: TicketSummary): number {
  if (a.room !== b.room) return a.room < b.room ? -1 : 1
  return a.expires - b.expires || (a.id < b.id ? -1 : 1)
}
