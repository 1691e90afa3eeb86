import b4a from 'b4a'
import type { IdentityKey, Topic } from '../base/ids.js'
import type { Millis } from '../base/time.js'
import {
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

/** The invitations to a room that were made in this home. */
export class OwnDesks {
  readonly #home: string
  readonly #keys: RoomKeys

  constructor(home: string, keys: RoomKeys) {
    this.#home = home
    this.#keys = keys
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

  /**
   * What the room is yet to be told of those by which any member lets in: that they were made, or revoked. Who has come by
   * them, as the room knows it, is noted here.
   */
  news(told: readonly ToldInvitation[], self: IdentityKey): Inviting[] {
    const ours = told.filter(({ author }) => author === self)
    return this.#kept()
      .filter(({ anyone }) => anyone)
      .flatMap(kept => this.#newsOf(kept, ours) ?? [])
  }

  #newsOf(kept: KeptInvitation, ours: readonly ToldInvitation[]): Inviting | undefined {
    const { expires, isRevoked, seed, uses } = kept
    const ticket = ticketOf(seed).publicKey
    const known = ours.find(each => b4a.equals(each.ticket, ticket))
    if (known === undefined)
      return isRevoked ? undefined : { type: 'invite', ticket, expires, uses }
    noteUses(this.#home, kept, known.newcomers)
    return isRevoked && !known.isRevoked ? { type: 'revoke', invitation: known.id } : undefined
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
    const now = systemClock.wall()
    try {
      return keptInvitations(this.#home).filter(kept => counts(kept, this.#keys.topic, now))
    } catch {
      // The disk cannot be read now: nobody comes in.
      return []
    }
  }
}

function counts({ expires, topic }: KeptInvitation, room: Topic, now: Millis): boolean {
  return topic === room && now < expires
}
