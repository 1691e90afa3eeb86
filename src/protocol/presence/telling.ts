import type { IdentityKey } from '../../base/ids.js'
import type { Link } from '../links/link.js'
import type { Links } from '../links/links.js'
import type { Turn } from '../turn.js'
import { decodePresenceBody } from '../wire/bodies/presence.js'
import type { IHaveFrame, MeshFrame, MessageFrame, StoredFrame } from '../wire/frames.js'
import { claimedKind, glance } from '../wire/glance.js'
import { KIND_PRESENCE } from '../wire/kinds.js'
import type { VerifiedMessage } from '../wire/message.js'
import type { DeviceId } from './device.js'
import type { Heard } from './heard.js'
import { Newcomers } from './newcomers.js'
import type { Roster } from './roster.js'
import { FREE_DEVICES } from './tuning.js'

type Carrier = MessageFrame | MeshFrame | StoredFrame
/** What names messages, or brings them. */
export type TellingFrame = Carrier | IHaveFrame

/** What telling needs of the room. */
export interface TellingParts {
  readonly links: Links
  readonly roster: Roster
  readonly turn: Turn
  readonly author: { readonly key: IdentityKey }
}

/** What links tell of who is here, and how far each is believed. */
export class Telling {
  readonly #parts: TellingParts
  readonly #newcomers = new Newcomers()

  constructor(parts: TellingParts) {
    this.#parts = parts
  }

  /** A link is up: what it may tell of counts from now. */
  linkUp(link: Link): void {
    const { roster, turn } = this.#parts
    this.#newcomers.linkUp(link, turn.now)
    if (link.isMember && link.identity) roster.linkUp(link.identity, link.peer, turn.now)
  }

  /** True if that was the last link to this identity. */
  linkDown(identity: IdentityKey): boolean {
    const { links, roster, turn } = this.#parts
    const isLast = !links.up().some(link => link.isMember && link.identity === identity)
    if (isLast) roster.linkDown(identity, turn.now)
    return isLast
  }

  /**
   * False for the presence of somebody new, or of one more device of somebody who has many, if this link has told us of too many: it is not to be
   * passed on either. The same goes for one for whom there is no room: it is as if this link had not told of it, and whoever else tells of it
   * is heard.
   */
  admits(message: VerifiedMessage, link: Link): boolean {
    const { author } = message
    const { author: self, roster } = this.#parts
    if (author === self.key) return true
    if (roster.isHere(author)) return this.#admitsDevice(message, link)
    if (roster.hasRoomFor({ message, ...this.#toldBy(link) }))
      return this.#admitsNew(author, author, link)
    this.#newcomers.hold(author, link)
    return false
  }

  // Hardly anybody has that many: a body is read twice only then.
  #admitsDevice({ author, body: bytes }: VerifiedMessage, link: Link): boolean {
    const { roster } = this.#parts
    if (roster.deviceCountOf(author) < FREE_DEVICES) return true
    const body = bytes && decodePresenceBody(bytes)
    if (body === undefined || body.leaving) return true
    if (roster.latestOf(author, body.device) !== undefined) return true
    return this.#admitsNew(`${author}/${body.device}`, author, link)
  }

  #admitsNew(told: IdentityKey | DeviceId, author: IdentityKey, link: Link): boolean {
    const { links, turn } = this.#parts
    return this.#newcomers.admit(told, author, link, links.up(), turn.now)
  }

  /** Over whose link this message came, and whether another one has told of its author. */
  of({ author }: VerifiedMessage, link: Link | undefined) {
    const { links, roster } = this.#parts
    const isKnown = link === undefined || roster.isHere(author)
    const toldTwice = !isKnown && this.#newcomers.isToldTwice(author, link, links.up())
    return { ...this.#toldBy(link), toldTwice }
  }

  /**
   * What the link sends or announces may be known here: then it tells of nobody new, but vouches for whoever said so last that
   * they are here. What the bytes claim is the word of the link, like all that it tells.
   */
  frame(link: Link, frame: TellingFrame): void {
    if (frame.type === 'ihave') this.#announced(link, frame)
    else this.#sent(link, frame)
  }

  #announced(link: Link, { entries }: IHaveFrame): void {
    const told = this.#toldBy(link)
    for (const { id } of entries) this.#parts.roster.vouch(id, told)
  }

  #sent(link: Link, { sealed }: Carrier): void {
    // Most of what comes is none, so this is looked at first.
    const claim = claimedKind(sealed) === KIND_PRESENCE ? glance(sealed) : undefined
    if (claim !== undefined)
      this.#parts.roster.vouchFor(claim.author, claim.clock, this.#toldBy(link))
  }

  #toldBy(link: Link | undefined): Pick<Heard, 'isFresh' | 'teller'> {
    return { teller: link?.identity, isFresh: link?.isFresh(this.#parts.turn.now) === true }
  }
}
