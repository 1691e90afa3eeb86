import { type IdentityKey, idFromBytes, type MessageId } from '../../base/ids.js'
import type { Millis } from '../../base/time.js'
import {
  decodeInvitationBody,
  decodeInvitationRevocationBody,
  decodeInvitationUseBody,
  type InvitationBody
} from '../wire/bodies/invitation.js'
import { KIND_INVITATION, KIND_INVITATION_REVOCATION, KIND_INVITATION_USE } from '../wire/kinds.js'

/** What matters of a message that tells of an invitation. */
interface Telling {
  readonly id: MessageId
  readonly kind: number
  readonly author: IdentityKey
  readonly clock: Millis
  /** Undefined if it does not open, or was dropped. */
  readonly body: Uint8Array | undefined
}

/** What such a message says. */
type Told =
  | { readonly type: 'invitation'; readonly clock: Millis; readonly body: InvitationBody }
  | { readonly type: 'use'; readonly invitation: MessageId; readonly newcomer: IdentityKey }
  | { readonly type: 'revocation'; readonly invitation: MessageId }

/** An invitation that was told to the room: what its members know of it. */
export interface ToldInvitation extends InvitationBody {
  /** The message that tells of it. */
  readonly id: MessageId
  /** Who made it, and alone can revoke it. */
  readonly author: IdentityKey
  /** When it was told, by its author's clock, ms since 1970. */
  readonly clock: Millis
  readonly isRevoked: boolean
  /** Who has come by it, as members have told, each once. */
  readonly newcomers: readonly IdentityKey[]
}

/** An invitation, however often its author has told of it. */
interface Known {
  readonly author: IdentityKey
  /** The newest message that tells of it; undefined if none was checked. */
  newest: (Pick<ToldInvitation, 'id' | 'clock'> & { readonly body: InvitationBody }) | undefined
  isRevoked: boolean
  // BOUNDED: by the messages.
  readonly newcomers: Set<IdentityKey>
}

/**
 * The invitations that were told to the room, whatever the order in which the messages came: a revocation or a use that comes
 * first counts as soon as its invitation is here. What one author has told of one ticket is one invitation: two programs of a
 * home may each tell of it, and it is told again if it is lost.
 */
export class ToldInvitations {
  readonly #isChecked: (id: MessageId) => boolean
  // BOUNDED: by the timeline, of whose messages it is the view.
  readonly #told = new Map<MessageId, Told & { readonly author: IdentityKey }>()

  /**
   * `isChecked`: true for a message that is here, and whose own signature was checked. No other lets anybody in; but a
   * revocation counts at its author's word as well, and though its bytes are lost.
   */
  constructor(isChecked: (id: MessageId) => boolean) {
    this.#isChecked = isChecked
  }

  /** Takes a message of one of the three kinds that is kept; others, and what cannot be read, say nothing. */
  add(message: Telling): void {
    const told = readTold(message)
    if (told !== undefined) this.#told.set(message.id, { ...told, author: message.author })
  }

  /** A message is not kept any more. */
  remove({ id }: Pick<Telling, 'id'>): void {
    this.#told.delete(id)
  }

  /** All of them, in no order. Costs as much as there are messages of these kinds. */
  all(): ToldInvitation[] {
    const known = this.#known()
    for (const [id, told] of this.#told) {
      const about = told.type === 'invitation' ? undefined : known.get(told.invitation)
      if (about === undefined) continue
      if (told.type === 'use' && this.#isChecked(id)) about.newcomers.add(told.newcomer)
      if (told.type === 'revocation' && told.author === about.author) about.isRevoked = true
    }
    return [...new Set(known.values())].flatMap(each => toldOf(each) ?? [])
  }

  /** By the messages that tell of them. */
  #known(): Map<MessageId, Known> {
    // BOUNDED: by the messages, both.
    const [known, byTicket] = [new Map<MessageId, Known>(), new Map<string, Known>()]
    for (const [id, told] of this.#told) {
      if (told.type !== 'invitation') continue
      const { author, body, clock } = told
      const key = `${author} ${idFromBytes(body.ticket)}`
      const one = byTicket.get(key) ?? unknown(author)
      byTicket.set(key, one)
      known.set(id, one)
      const { newest } = one
      const isNewest =
        newest === undefined || clock > newest.clock || (clock === newest.clock && id > newest.id)
      if (isNewest && this.#isChecked(id)) one.newest = { id, clock, body }
    }
    return known
  }
}

function unknown(author: IdentityKey): Known {
  return { author, newest: undefined, isRevoked: false, newcomers: new Set() }
}

function toldOf({ author, isRevoked, newcomers, newest }: Known): ToldInvitation | undefined {
  if (newest === undefined) return undefined
  const { body, clock, id } = newest
  return { ...body, id, author, clock, isRevoked, newcomers: [...newcomers] }
}

function readTold({ body, clock, kind }: Telling): Told | undefined {
  if (body === undefined) return undefined
  switch (kind) {
    case KIND_INVITATION: {
      const invitation = decodeInvitationBody(body)
      return invitation && { type: 'invitation', clock, body: invitation }
    }
    case KIND_INVITATION_USE: {
      const use = decodeInvitationUseBody(body)
      return use && { type: 'use', ...use }
    }
    case KIND_INVITATION_REVOCATION: {
      const revocation = decodeInvitationRevocationBody(body)
      return revocation && { type: 'revocation', ...revocation }
    }
    default:
      return undefined
  }
}
