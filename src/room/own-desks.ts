import b4a from 'b4a'
import type { IdentityKey } from '../base/ids.js'
import {
  isOpen,
  type KeptInvitation,
  keptInvitations,
  noteUses,
  useInvitation
} from '../home/invitations.js'
import { type Answer, decideAdmission, ticketOf } from '../protocol/access/admission.js'
import type { ToldInvitation } from '../protocol/access/told-invitations.js'
import type { Inviting } from '../protocol/events.js'
import { systemClock } from './clock.js'
import type { Desk } from './desk.js'
import type { RoomKeys } from './keys.js'

/** Uses that are noted at once: each is a file, and a member that means ill tells of thousands. Guess: some 50 ms. */
const MAX_NOTED = 16

/** The invitations to a room that somebody made in this home. Those of who they were before are no business of theirs. */
export class OwnDesks {
  readonly #home: string
  readonly #keys: RoomKeys
  readonly #self: IdentityKey

  constructor(home: string, keys: RoomKeys, self: IdentityKey) {
    this.#home = home
    this.#keys = keys
    this.#self = self
  }

  /** Those by which this home alone lets in. Who comes by one that was used up or revoked is told so, until it would have expired. */
  desks(): Desk[] {
    return this.#kept()
      .filter(({ anyone }) => !anyone)
      .map(({ seed }) => ({
        ticket: ticketOf(seed).publicKey,
        decide: async newcomer => this.#decide(seed, newcomer)
      }))
  }

  /** What the room is yet to be told of those by which any member lets in: that they were made, or revoked. */
  news(told: readonly ToldInvitation[]): Inviting[] {
    return this.#forAnyone(told).flatMap(({ kept, known }) => newsOf(kept, known))
  }

  /** Notes who has come by them, as the room knows it: some now, more the next time. Throws NO_HOME. */
  note(told: readonly ToldInvitation[]): void {
    let left = MAX_NOTED
    for (const { kept, known } of this.#forAnyone(told)) {
      left -= noteUses(this.#home, kept, known?.newcomers ?? [], left)
    }
  }

  /** Those by which any member lets in, and what was told of each. */
  #forAnyone(told: readonly ToldInvitation[]) {
    const ours = told.filter(({ author }) => author === this.#self)
    const kept = this.#kept().filter(({ anyone }) => anyone)
    return kept.map(each => {
      const ticket = ticketOf(each.seed).publicKey
      return { kept: each, known: ours.find(one => b4a.equals(one.ticket, ticket)) }
    })
  }

  #decide(seed: Uint8Array, newcomer: IdentityKey): Answer {
    // As another program of ours may have left it just now.
    const invitation = this.#kept().find(each => b4a.equals(each.seed, seed))
    if (invitation === undefined) return { verdict: 'expired' }
    const verdict = decideAdmission(invitation, newcomer, systemClock.wall())
    if (verdict !== 'granted') return { verdict }
    const isStored = useInvitation(this.#home, invitation, newcomer)
    return isStored ? { verdict, secret: this.#keys.secret } : { verdict: 'used-up' }
  }

  #kept(): KeptInvitation[] {
    try {
      return keptInvitations(this.#home).filter(kept => this.#counts(kept))
    } catch {
      // The disk cannot be read now: nobody comes in.
      return []
    }
  }

  #counts({ expires, inviter = this.#self, topic }: KeptInvitation): boolean {
    return inviter === this.#self && topic === this.#keys.topic && systemClock.wall() < expires
  }
}

function newsOf(kept: KeptInvitation, known: ToldInvitation | undefined): Inviting[] {
  const { expires, isRevoked, seed, uses } = kept
  const invite = { type: 'invite', ticket: ticketOf(seed).publicKey, expires, uses } as const
  if (known === undefined) return isOpen(kept, systemClock.wall()) ? [invite] : []
  return isRevoked && !known.isRevoked ? [{ type: 'revoke', invitation: known.id }] : []
}
