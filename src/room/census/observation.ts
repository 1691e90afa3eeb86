import type { Millis } from '../../base/time.js'
import type { ToldInvitation } from '../../protocol/access/told-invitations.js'
import type { DirectRequest, Input, Inquired } from '../../protocol/events.js'
import type { Neighborhood, Told } from '../../protocol/membership/inquiry.js'
import type { Sign } from '../../protocol/presence/device.js'
import type { Admitting } from '../admission/admitting.js'
import { type MadeTicket, nothingKept, notPrivate, type TicketTerms } from '../admission/tickets.js'
import { Conversation, type Reading } from '../conversation.js'
import type { RoomAccess } from '../keys.js'

/** What a room knows of who is there. */
export interface Sightings {
  signs(): Sign[]
  readonly told: Told
  clocks(): Millis[]
  invitations(): readonly ToldInvitation[]
  requests(): DirectRequest[]
}

/** Who is there, and who was: the part of {@link Room} that looks around and asks. */
export abstract class Observation extends Conversation {
  readonly #admitting: Admitting | undefined

  /** `admitting`: lets in by invitations. Default: nobody does. */
  constructor(admitting: Admitting | undefined) {
    super()
    this.#admitting = admitting
  }

  /**
   * Makes an invitation to this room, whose link carries no secret: somebody must be in the room to let in. It names the room's card, which
   * who was let in can read. Throws NOT_PRIVATE for a
   * public room, NOTHING_KEPT, BAD_EXPIRES, BAD_USES, TOO_MANY_INVITATIONS, NO_HOME, OPEN_HOME.
   */
  invite(terms: TicketTerms = {}): MadeTicket {
    if (this.access === 'public') throw notPrivate(this.name)
    if (this.#admitting === undefined) throw nothingKept()
    return this.#admitting.invite(terms, this.card())
  }

  abstract readonly name: string
  abstract readonly access: RoomAccess

  /** The newest presence of each device of others that is here. */
  signs(): Sign[] {
    return this.reading.signs()
  }

  /** The last presence of each device that members say is gone without a word: see `inquire`. */
  departed(): Sign[] {
    return this.reading.told.departed()
  }

  /** The neighbours of each device that has told them: see `inquire`. */
  neighborhoods(): Neighborhood[] {
    return this.reading.told.neighborhoods()
  }

  /** The invitations that admit, as they were told to the room, in no order. */
  invitations(): readonly ToldInvitation[] {
    return this.reading.invitations()
  }

  /**
   * Whose words for us alone wait, because we have not written to them, in the order in which the first of each is shown: see
   * `judge`. At most 256.
   */
  requests(): DirectRequest[] {
    return this.reading.requests()
  }

  /** How far the members' clocks seem to be ahead of ours, in ms; one by one, in no order. */
  clocks(): Millis[] {
    return this.reading.clocks()
  }

  /**
   * Asks all who are linked, and who will be, for what is true: who is gone (of those linked four), who their neighbours are.
   * Whom they said to be gone before is forgotten. On each link the answer comes before that to a `probe` after this.
   */
  inquire(wanted: Inquired): void {
    this.feed({ type: 'inquire', ...wanted })
  }

  /** Asks all who are linked whether they are there still: who is, comes as `peer`, verified. */
  probe(): void {
    this.feed({ type: 'probe' })
  }

  protected abstract override get reading(): Reading & Sightings

  protected abstract feed(input: Input): void
}
