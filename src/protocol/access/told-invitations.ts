import b4a from 'b4a'
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
 * first counts as soon as its invitation is here. Of several of one author that have one ticket, it counts for all.
 */
export class ToldInvitations {
  readonly #isChecked: (id: MessageId) => boolean
  // BOUNDED: by the timeline, of whose messages it is the view.
  readonly #told = new Map<MessageId, ToldBy>()

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
    const checked = [...this.#told].filter(([id]) => this.#isChecked(id))
    const knowledge = knowledgeOf(checked)
    return checked.flatMap(([id, told]) => {
      if (told.type !== 'invitation') return []
      const { author, body, clock } = told
      const known = knowledge.get(nameOf(author, body)) ?? { isRevoked: false, newcomers: [] }
      return [{ ...body, id, author, clock, ...known }]
    })
  }
}

type ToldBy = Told & { readonly author: IdentityKey }

/** What is known of an author's ticket, whichever of the messages that tell of it somebody meant. */
interface Knowledge {
  isRevoked: boolean
  // BOUNDED: by the messages.
  readonly newcomers: Set<IdentityKey>
}

/** By author and ticket: who tells of a ticket once more means the same invitation. */
function knowledgeOf(told: readonly (readonly [MessageId, ToldBy])[]) {
  // BOUNDED: by the messages, both.
  const known = new Map<string, Knowledge>()
  const meant = new Map<MessageId, { readonly author: IdentityKey; readonly known: Knowledge }>()
  for (const [id, one] of told) {
    if (one.type !== 'invitation') continue
    const { author, body } = one
    const of = known.get(nameOf(author, body)) ?? { isRevoked: false, newcomers: new Set() }
    known.set(nameOf(author, body), of)
    meant.set(id, { author, known: of })
  }
  for (const [, one] of told) {
    const about = one.type === 'invitation' ? undefined : meant.get(one.invitation)
    if (one.type === 'use') about?.known.newcomers.add(one.newcomer)
    else if (about?.author === one.author) about.known.isRevoked = true
  }
  const facts = ([name, { isRevoked, newcomers }]: [string, Knowledge]) =>
    [name, { isRevoked, newcomers: [...newcomers] }] as const
  return new Map([...known].map(facts))
}

function nameOf(author: IdentityKey, { ticket }: InvitationBody): string {
  return `${author} ${b4a.toString(ticket, 'hex')}`
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
