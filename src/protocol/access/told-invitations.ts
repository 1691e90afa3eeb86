import type { IdentityKey, InvitationId, MessageId } from '../../base/ids.js'
import type { Millis } from '../../base/time.js'
import {
  decodeInvitationBody,
  decodeInvitationRevocationBody,
  decodeInvitationUseBody,
  type InvitationBody
} from '../wire/bodies/invitation.js'
import { KIND_INVITATION, KIND_INVITATION_REVOCATION, KIND_INVITATION_USE } from '../wire/kinds.js'
import { ticketId } from './admission.js'

/** What matters of a message that tells of an invitation. */
interface Telling {
  readonly id: MessageId
  readonly kind: number
  readonly author: IdentityKey
  readonly clock: Millis
  /** Undefined if it does not open, or was dropped. */
  readonly body: Uint8Array | undefined
}

/** What such a message says; `id`: of which invitation. */
type Told =
  | { readonly type: 'invitation'; readonly id: InvitationId; readonly body: InvitationBody }
  | {
      readonly type: 'use'
      readonly id: InvitationId
      readonly newcomer: IdentityKey
      readonly used: number
    }
  | { readonly type: 'revocation'; readonly id: InvitationId }

type Signed = Told & Pick<Telling, 'author' | 'clock'> & { readonly by: MessageId }

/** An invitation that was told to the room: what its members know of it. */
export interface ToldInvitation extends InvitationBody {
  /** What it is called: its ticket gives it. */
  readonly id: InvitationId
  /** Who made it, and alone can revoke it. */
  readonly author: IdentityKey
  /** When it was told last, by its author's clock, ms since 1970. */
  readonly clock: Millis
  readonly isRevoked: boolean
  /** Who has come by it, as was told by whoever may let in, each once. */
  readonly newcomers: readonly IdentityKey[]
  /** So many have come by it: more than `newcomers`, if its author says so. */
  readonly used: number
  /** True if its author has been known here for ten minutes. */
  readonly isSettled: boolean
}

/** What was read, when so many were checked. */
interface Reading {
  readonly checked: number
  readonly invitations: readonly ToldInvitation[]
}

type Use = Signed & { readonly type: 'use' }
type Made = Signed & { readonly type: 'invitation' }

/** The uses of one ticket, whoever tells of them: read once, though many say that it is theirs. */
class Uses {
  // BOUNDED: by the messages, all three.
  readonly #all: Use[] = []
  readonly #byAuthor = new Map<IdentityKey, Use[]>()
  #newcomers: readonly IdentityKey[] | undefined

  add(use: Use): void {
    this.#all.push(use)
    const own = this.#byAuthor.get(use.author)
    if (own === undefined) this.#byAuthor.set(use.author, [use])
    else own.push(use)
  }

  toldBy(author: IdentityKey): readonly Use[] {
    return this.#byAuthor.get(author) ?? []
  }

  /** Who came, each once. */
  get newcomers(): readonly IdentityKey[] {
    this.#newcomers ??= newcomersOf(this.#all)
    return this.#newcomers
  }
}

const NO_USES = new Uses()

/** What is known of whoever tells. */
export interface TellersKnown {
  /**
   * True for a message that is here, and whose own signature was checked. No other lets anybody in; but a
   * revocation counts at its author's word as well, and though its bytes are lost.
   */
  readonly isChecked: (id: MessageId) => boolean
  /** True for an author that is no newcomer. */
  readonly isSettled: (author: IdentityKey) => boolean
  /** What is known of invitations has changed. */
  readonly onchange: () => void
}

/**
 * The invitations that were told to the room, whatever the order in which the messages came: a revocation or a use that comes
 * first counts as soon as its invitation is here. What one author has told of one ticket is one invitation: two programs of a
 * home may each tell of it, and it is told again if it is lost, or if another device of its author is to let in.
 */
export class ToldInvitations {
  readonly #tellers: TellersKnown
  // BOUNDED: by the timeline, of whose messages it is the view.
  readonly #told = new Map<MessageId, Signed>()
  /** What came of them, until one comes, goes or turns out to be checked: whoever has an invitation can have it asked for often. */
  #read: Reading | undefined

  constructor(tellers: TellersKnown) {
    this.#tellers = tellers
  }

  /** Takes a message of one of the three kinds that is kept; others, and what cannot be read, say nothing. */
  add(message: Telling): void {
    const told = readTold(message)
    if (told === undefined) return
    const { author, clock, id: by } = message
    this.#told.set(by, { ...told, author, clock, by })
    this.#read = undefined
    this.#tellers.onchange()
  }

  /** A message is not kept any more. */
  remove({ id }: Pick<Telling, 'id'>): void {
    if (!this.#told.delete(id)) return
    this.#read = undefined
    this.#tellers.onchange()
  }

  /** All of them, in no order. */
  all(): readonly ToldInvitation[] {
    this.#read = this.#stillRead() ?? this.#readAll()
    return this.#read.invitations
  }

  /** What was read: none has come or gone since, and if as many are checked, it is the same ones. */
  #stillRead(): Reading | undefined {
    if (this.#read === undefined) return undefined
    let checked = 0
    for (const told of this.#told.values()) if (this.#isChecked(told)) checked += 1
    return checked === this.#read.checked ? this.#read : undefined
  }

  #isChecked({ by, type }: Signed): boolean {
    return type !== 'revocation' && this.#tellers.isChecked(by)
  }

  #readAll(): Reading {
    let checked = 0
    // BOUNDED: by the messages, all three. What authors say of a ticket is by both, and uses are by the ticket alone.
    const [newest, uses] = [new Map<string, Made>(), new Map<InvitationId, Uses>()]
    const revoked = new Set<string>()
    for (const told of this.#told.values()) {
      if (told.type === 'revocation') revoked.add(keyOf(told))
      else if (!this.#isChecked(told)) continue
      else {
        checked += 1
        if (told.type === 'invitation') takeNewer(newest, told)
        else takeUse(uses, told)
      }
    }
    const invitations = [...newest].map(([key, made]) =>
      this.#toldOf(made, uses.get(made.id) ?? NO_USES, revoked.has(key))
    )
    return { checked, invitations }
  }

  #toldOf({ author, body, clock, id }: Made, uses: Uses, isRevoked: boolean): ToldInvitation {
    const own = uses.toldBy(author)
    const newcomers = body.anyone ? uses.newcomers : newcomersOf(own)
    let used = Math.max(newcomers.length, body.holder?.used ?? 0)
    for (const use of own) used = Math.max(used, use.used)
    const tellers = this.#tellers
    return {
      ...body,
      id,
      author,
      clock,
      isRevoked,
      newcomers,
      used,
      get isSettled() {
        return tellers.isSettled(author)
      }
    }
  }
}

function keyOf({ author, id }: Signed): string {
  return `${author} ${id}`
}

function takeNewer(newest: Map<string, Made>, told: Made): void {
  const key = keyOf(told)
  if (isNewer(told, newest.get(key))) newest.set(key, told)
}

function takeUse(all: Map<InvitationId, Uses>, use: Use): void {
  const uses = all.get(use.id) ?? new Uses()
  all.set(use.id, uses)
  uses.add(use)
}

function newcomersOf(uses: readonly Use[]): IdentityKey[] {
  return [...new Set(uses.map(({ newcomer }) => newcomer))]
}

/** By whose turn it is, and then in the room's order. */
function isNewer(told: Made, than: Made | undefined): boolean {
  if (than === undefined) return true
  const turns = (told.body.holder?.turn ?? 0) - (than.body.holder?.turn ?? 0)
  return (turns || told.clock - than.clock || (told.by > than.by ? 1 : -1)) > 0
}

function readTold({ body, kind }: Telling): Told | undefined {
  if (body === undefined) return undefined
  switch (kind) {
    case KIND_INVITATION: {
      const read = decodeInvitationBody(body)
      return read && { type: 'invitation', id: ticketId(read.ticket), body: read }
    }
    case KIND_INVITATION_USE: {
      const use = decodeInvitationUseBody(body)
      return use && { type: 'use', id: use.invitation, newcomer: use.newcomer, used: use.used }
    }
    case KIND_INVITATION_REVOCATION: {
      const revocation = decodeInvitationRevocationBody(body)
      return revocation && { type: 'revocation', id: revocation.invitation }
    }
    default:
      return undefined
  }
}
