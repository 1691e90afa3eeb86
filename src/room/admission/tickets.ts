import { randomBytes } from 'node:crypto'
import { SwarmchatError } from '../../base/errors.js'
import type { InvitationId } from '../../base/ids.js'
import type { Millis } from '../../base/time.js'
import { homeDirectory } from '../../home/directory.js'
import { keptIdentity } from '../../home/identity.js'
import {
  isHeld,
  isOpen,
  type KeptInvitation,
  keepInvitation,
  keptInvitations,
  MAX_USES,
  revokeInvitation
} from '../../home/invitations.js'
import {
  commitmentTo,
  TICKET_SEED_BYTES,
  ticketId,
  ticketOf
} from '../../protocol/access/admission.js'
import { writeTicket } from '../../protocol/access/invitation-link.js'
import { systemClock } from '../clock.js'
import type { RoomKeys } from '../keys.js'

/** NO_INVITATION: no invitation of ours that is known here is called so, or several are. Exit code 1. */
const noInvitation = (id: string, count: number) =>
  new SwarmchatError(
    'NO_INVITATION',
    count === 0
      ? `No invitation ${id} of yours is known here.`
      : `${count} invitations begin with ${id}.`,
    { hint: 'swarmchat invite list shows those that are.', exitCode: 1 }
  )

/** BAD_EXPIRES: this does not say how long an invitation counts. */
export const badExpires = (text: string) =>
  new SwarmchatError('BAD_EXPIRES', `${text} is not how long an invitation can count.`, {
    hint: 'Give a time from now: 30m, 12h, 2d, 4w; at most 366d.'
  })

/** BAD_USES: nobody can come so often by an invitation. */
const badUses = (uses: number) =>
  new SwarmchatError('BAD_USES', `An invitation cannot be used ${uses} times.`, {
    hint: `Give a whole number from 1 to ${MAX_USES}.`
  })

/** NOT_PRIVATE: a public room was asked for an invitation: it has no secret to give. */
export const notPrivate = (name: string) =>
  new SwarmchatError('NOT_PRIVATE', `${name} is a public room: its name is its invitation.`, {
    hint: `Tell others to join ${name}. swarmchat create <name> makes a private room.`
  })

/** NOTHING_KEPT: a program that keeps nothing of a room cannot let anybody in later. Exit code 1. */
export const nothingKept = () =>
  new SwarmchatError(
    'NOTHING_KEPT',
    'This program keeps nothing of the room, and so no invitation.',
    {
      hint: 'Join without --ephemeral, or give the link of swarmchat invite.',
      exitCode: 1
    }
  )

/** An invitation that admits, for people: no secret is in it. */
export interface TicketSummary {
  /** What it is called. */
  readonly id: InvitationId
  readonly room: string
  /** ms since 1970. */
  readonly expires: Millis
  /** So many may come by it; 0: any number. */
  readonly uses: number
  /** True: any member lets in by it, so that more may have come than were meant to. */
  readonly anyone: boolean
  /** True: another device of ours lets in by it, and this home does not. */
  readonly elsewhere: boolean
  /** So many have come by it, as far as it is known here. */
  readonly used: number
  readonly state: 'open' | 'expired' | 'used-up' | 'revoked'
}

const DAY_MILLIS: Millis = 86_400_000
/** How long an invitation counts unless told otherwise, and at most. */
const DEFAULT_SPAN_MILLIS: Millis = 7 * DAY_MILLIS
const MAX_SPAN_MILLIS: Millis = 366 * DAY_MILLIS

/** What an invitation that admits is good for. */
export interface TicketTerms {
  /** ms since 1970; at most 366 days from now. Default: 7 days from now. */
  readonly expires?: Millis | undefined
  /** So many may come by it, 1 to 1,000. Default: any number, and then any member lets in. */
  readonly uses?: number | undefined
  /** True: any member lets in by it. Default: one of our own devices does, and so the number of uses is certain. */
  readonly anyone?: boolean | undefined
}

/**
 * Makes an invitation that admits, and keeps it in this home. `card`: under what the DHT has the room's card; default: the link names
 * none. Throws BAD_EXPIRES, BAD_USES, TOO_MANY_INVITATIONS, NO_HOME,
 * OPEN_HOME, and what `keptIdentity` throws.
 */
export function makeTicket(
  { name, secret, topic }: RoomKeys,
  terms: TicketTerms = {},
  home: string = homeDirectory(),
  card?: Uint8Array | undefined
): MadeTicket {
  const { anyone, expires, uses } = checked(terms, systemClock.wall())
  const seed = randomBytes(TICKET_SEED_BYTES)
  const inviter = keptIdentity(home).key
  const ticket = ticketOf(seed).publicKey
  const kept = { anyone, expires, inviter, uses, ticket, topic, room: name, held: 0 }
  keepInvitation(home, kept, systemClock.wall())
  const commitment = anyone ? commitmentTo(secret) : undefined
  const link = writeTicket({ name, seed, inviter, expires, commitment, card })
  return { id: ticketId(ticket), link, expires, uses, anyone }
}

function checked({ anyone, expires, uses }: TicketTerms, now: Millis) {
  const end = expires ?? now + DEFAULT_SPAN_MILLIS
  if (!Number.isInteger(end) || end <= now || end > now + MAX_SPAN_MILLIS)
    throw badExpires(spanText(end - now))
  if (uses !== undefined && !(Number.isInteger(uses) && uses >= 1 && uses <= MAX_USES))
    throw badUses(uses)
  return { anyone: anyone === true || uses === undefined, expires: end, uses: uses ?? 0 }
}

function spanText(millis: Millis): string {
  return millis < DAY_MILLIS ? `${millis} ms` : `${Math.ceil(millis / DAY_MILLIS)} days`
}

/** An invitation that was made. */
export interface MadeTicket extends Required<Pick<KeptInvitation, 'anyone' | 'expires' | 'uses'>> {
  /** What it is called. */
  readonly id: InvitationId
  /** What whoever comes by it is given. */
  readonly link: string
}

/** Ours that this home has made or heard of, by room, those of a room by their end. Throws NO_HOME. */
export function ticketsMade(home: string = homeDirectory()): TicketSummary[] {
  return keptInvitations(home).map(summaryOf).sort(compareTickets)
}

/** Nobody comes by it any more. `id`: its first digits. Throws NO_INVITATION, NO_HOME. */
export function revokeTicket(id: string, home: string = homeDirectory()): TicketSummary {
  const meant = keptInvitations(home).filter(({ ticket }) => ticketId(ticket).startsWith(id))
  const [only] = meant
  if (only === undefined || meant.length > 1) throw noInvitation(id, meant.length)
  revokeInvitation(home, only)
  return summaryOf({ ...only, isRevoked: true })
}

function summaryOf(invitation: KeptInvitation): TicketSummary {
  const { anyone, expires, room, ticket, used, uses } = invitation
  return {
    id: ticketId(ticket),
    room,
    expires,
    uses,
    anyone,
    elsewhere: !anyone && !isHeld(invitation),
    used,
    state: stateOf(invitation)
  }
}

function stateOf(invitation: KeptInvitation): TicketSummary['state'] {
  if (invitation.isRevoked) return 'revoked'
  if (isOpen(invitation, systemClock.wall())) return 'open'
  return invitation.expires <= systemClock.wall() ? 'expired' : 'used-up'
}

function compareTickets(a: TicketSummary, b: TicketSummary): number {
  if (a.room !== b.room) return a.room < b.room ? -1 : 1
  return a.expires - b.expires || (a.id < b.id ? -1 : 1)
}
