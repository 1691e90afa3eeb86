import type { IdentityKey, MessageId } from '../../base/ids.js'
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

/**
 * The invitations that were told to the room, whatever the order in which the messages came: a revocation or a use that comes
 * first counts as soon as its invitation is here.
 */
export class ToldInvitations {
  readonly #isChecked: (id: MessageId) => boolean
  // BOUNDED: by the timeline, of whose messages it is the view.
  readonly #told = new Map<MessageId, Told & { readonly author: IdentityKey }>()

  /** `isChecked`: true for a message whose own signature was checked. What is at its author's word only lets nobody in. */
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
    // BOUNDED: by the messages.
    const uses = new Map<MessageId, Set<IdentityKey>>()
    const revoked = new Set<string>()
    const checked = [...this.#told].filter(([id]) => this.#isChecked(id))
    for (const [, told] of checked) {
      if (told.type === 'use') noteUse(uses, told.invitation, told.newcomer)
      else if (told.type === 'revocation') revoked.add(`${told.author} ${told.invitation}`)
    }
    return checked.flatMap(([id, told]) => {
      if (told.type !== 'invitation') return []
      const { author, body, clock } = told
      const isRevoked = revoked.has(`${author} ${id}`)
      return [{ ...body, id, author, clock, isRevoked, newcomers: [...(uses.get(id) ?? [])] }]
    })
  }
}

function noteUse(
  uses: Map<MessageId, Set<IdentityKey>>,
  invitation: MessageId,
  newcomer: IdentityKey
): void {
  const newcomers = uses.get(invitation)
  if (newcomers === undefined) uses.set(invitation, new Set([newcomer]))
  else newcomers.add(newcomer)
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
