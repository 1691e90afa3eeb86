import b4a from 'b4a'
import type { IdentityKey, PeerKey } from '../../base/ids.js'
import type { Millis } from '../../base/time.js'
import type { Way } from '../broadcast/inbox.js'
import type { PresenceTimer, Suspect } from '../events.js'
import type { Link } from '../links/link.js'
import type { End, Links } from '../links/links.js'
import { decodePresenceBody, type PresenceBody } from '../wire/bodies/presence.js'
import { KIND_PRESENCE, KIND_SUSPICION } from '../wire/kinds.js'
import type { VerifiedMessage } from '../wire/message.js'
import { awaits } from './device.js'
import { Doubts } from './doubts.js'
import { isOwnLink } from './heard.js'
import { Introductions } from './introductions.js'
import { OwnPresence, type OwnPresenceParts } from './own-presence.js'
import type { PeerStates } from './peer-states.js'
import { Rival } from './rival.js'
import type { RoomClock } from './room-clock.js'
import { Suspicions, suspectIn } from './suspicions.js'
import { Telling, type TellingFrame } from './telling.js'

/** What presences need of the room. */
export interface PresenceParts extends OwnPresenceParts {
  readonly links: Links
  readonly peerStates: PeerStates
  readonly clock: RoomClock
}

/** Somebody's presence that says something new. */
export interface Attended {
  /** The device, if it is theirs as far as we know. */
  readonly device?: PeerKey
  /** True where the device was not here before. */
  readonly isNew: boolean
}

/** Presences: ours go out at the right times, those of others keep the roster. */
export class Presence {
  readonly #parts: PresenceParts
  readonly #own: OwnPresence
  readonly #suspicions: Suspicions
  readonly #rival: Rival
  readonly #telling: Telling
  readonly #introductions: Introductions
  readonly #doubts = new Doubts()
  #lookedAt: Millis = 0

  constructor(parts: PresenceParts) {
    this.#parts = parts
    this.#own = new OwnPresence(parts)
    this.#telling = new Telling(parts)
    this.#introductions = new Introductions(parts)
    this.#suspicions = new Suspicions({ ...parts, observer: parts.self.observer })
    this.#rival = new Rival(parts.turn, parts.self.instance)
  }

  /** What we are called: by this device, or by another one of ours whose user chose later. */
  get nick(): string {
    return this.#own.nick
  }

  /** Our user calls us something else from now on: the last word, whatever our other devices say. */
  rename(nick: string): void {
    this.#own.rename(nick)
  }

  /** We are here: the first presence. */
  start(): void {
    this.#rival.start()
    this.#scheduleLook()
    this.#own.start()
  }

  /** We have news: a presence goes out as early as is decent. */
  hurry(): void {
    this.#own.hurry()
  }

  /** We have said something: presences need not tell what we have while we talk. */
  spoke(): void {
    this.#own.spoke()
  }

  /** Something about ourselves has changed: nobody else tells it, so it goes out at once. */
  changed(): void {
    this.#own.changed()
  }

  /** One of our timers is over. */
  timer(timer: PresenceTimer): void {
    switch (timer.name) {
      case 'presence':
        this.#own.due(timer.round)
        break
      case 'expire':
        this.#look()
        break
      case 'suspicion-over':
        this.#expire()
        break
      case 'suspect':
        this.#suspicions.accuse(timer)
    }
  }

  /** We are gone: the last presence. */
  leave(): void {
    this.#own.leave()
  }

  // Once a second: who is gone, and who may be.
  #look(): void {
    const { roster, tuning, turn } = this.#parts
    const { lookIntervalMillis } = tuning
    const slept = turn.now - this.#lookedAt - lookIntervalMillis
    if (slept > 3 * lookIntervalMillis) roster.excuse(slept)
    this.#expire()
    this.#suspicions.look()
    this.#checkClock()
    this.#scheduleLook()
  }

  // Takes those off the roster who are gone.
  #expire(): void {
    const { roster, turn } = this.#parts
    for (const event of roster.expire(turn.now)) turn.emit(event)
    this.#own.tellName()
  }

  /** The device said goodbye on its own link. */
  goodbye(identity: IdentityKey, device: PeerKey): void {
    const { roster, turn } = this.#parts
    turn.emit(...roster.goodbye(identity, device, turn.now))
    this.#doubts.answered(identity, device)
    this.#own.tellName()
  }

  /** Tells a new link that we are here, and a newcomer who else is. */
  linkUp(link: Link): void {
    const { links, turn } = this.#parts
    this.#telling.linkUp(link)
    if (link.isMember && link.identity) this.#parts.clock.linkUp(link.identity)
    const { latest } = this.#own
    const others = this.#introductions.for(link)
    const doubted = link.observer ? this.#doubts.toHandOn(turn.wall) : []
    const all = latest === undefined ? others : [latest, ...others]
    for (const { sealed } of [...all, ...doubted]) links.send(link, { type: 'stored', sealed })
  }

  /** The link to a member is gone. */
  linkDown({ identity }: Link): void {
    if (identity === undefined) return
    this.#parts.clock.linkDown(identity)
    if (this.#telling.linkDown(identity)) this.#doubts.linkDown(identity)
  }

  /** The link to a member broke, or gave way to one that may not come up. */
  lost(link: Link, end: End): void {
    this.#suspicions.lost(link, end)
  }

  /**
   * Takes note of the clock of a message that came over this link. One that its author sent us itself says what time it is;
   * `isFresh`: it was pushed as it was made.
   */
  noteClock(author: IdentityKey, clock: Millis, link: Link | undefined, isFresh: boolean): void {
    if (author !== this.#parts.author.key) this.#rival.note(clock)
    if (link?.identity === author) this.#parts.clock.note(author, clock, isFresh)
  }

  /** False for a presence that this link is not believed: it is not to be passed on either. */
  admits(message: VerifiedMessage, link: Link): boolean {
    return this.#telling.admits(message, link)
  }

  /** The link sends or announces messages, which may be known. */
  frame(link: Link, frame: TellingFrame): void {
    this.#telling.frame(link, frame)
  }

  /** Takes somebody's presence, which came over this link; undefined if it was no news. */
  hear(message: VerifiedMessage, way: Way, link: Link | undefined): Attended | undefined {
    const body = message.body && decodePresenceBody(message.body)
    if (body === undefined || this.#isOwn(message, body)) return undefined
    const { roster, turn } = this.#parts
    const handedOn = way === 'stored' && body.device !== link?.peer
    const isOwner = roster.isOwner(message.author, body.device)
    const ownLink = isOwnLink(message, body, link)
    const heard = { message, body, handedOn, ownLink, ...this.#telling.of(message, link) }
    const news = roster.hear(heard, turn.now, turn.wall)
    if (news === undefined) return undefined
    this.#doubts.answered(message.author, body.device)
    turn.emit(...news.events)
    if (message.author === this.#parts.author.key) this.#own.tellName()
    if (isOwner) this.#note(message, body)
    if (!handedOn || news.isNew) this.#tellObservers(message)
    return { ...(isOwner && { device: body.device }), isNew: news.isNew }
  }

  /** Takes a doubt whether somebody is still here; we are, where it is about us. True if it counts. */
  hearSuspicion(message: VerifiedMessage): boolean {
    const suspect = suspectIn(message)
    if (suspect === undefined) return false
    const { device, identity } = suspect
    const { roster, turn } = this.#parts
    if (this.#isOurs(identity, device)) this.#own.answer()
    if (!this.#suspicions.isTimely(message)) return false
    const isNews = this.#suspicions.hear(suspect, message)
    const presence = roster.latestOf(identity, device)?.message
    const standing = roster.standingOf(identity, turn.now)
    this.#doubts.note({ suspect, suspicion: message, presence, ...standing })
    this.#tellObservers(message)
    return isNews
  }

  /** True for what goes to all neighbours at once: some suspicions, and what answers these. */
  isUrgent(message: VerifiedMessage): boolean {
    if (message.kind === KIND_SUSPICION) return this.#suspicions.isHurried(message)
    if (message.kind !== KIND_PRESENCE) return false
    if (this.#own.isAnswer(message)) return true
    const { author, body } = message
    if (body === undefined || !this.#parts.roster.isSuspected(author)) return false
    const device = decodePresenceBody(body)?.device
    const known = device && this.#parts.roster.latestOf(author, device)
    return known?.isHurried === true && awaits(known, message.clock)
  }

  /** False for a suspicion that is dated so that it does not count. */
  isTimely(said: Pick<VerifiedMessage, 'clock'>): boolean {
    return this.#suspicions.isTimely(said)
  }

  /** True for a suspicion of us that we have not answered. */
  isToAnswer({ clock, device, identity }: Suspect): boolean {
    return this.#isOurs(identity, device) && this.#own.isToAnswer(clock)
  }

  /** The last presences of so many devices at most that are gone without a word, for 30 min. */
  departed(max: number): VerifiedMessage[] {
    const { roster, turn } = this.#parts
    const isHere = (identity: IdentityKey, device: PeerKey) =>
      roster.latestOf(identity, device) !== undefined
    return this.#doubts.departed(isHere, max, turn.wall)
  }

  #scheduleLook(): void {
    const { tuning, turn } = this.#parts
    this.#lookedAt = turn.now
    turn.timer(tuning.lookIntervalMillis, { name: 'expire' })
  }

  #isOurs(identity: IdentityKey, device: PeerKey): boolean {
    return identity === this.#parts.author.key && device === this.#parts.self.device
  }

  /** True for a presence of this device: our own, or that of another program with our key. */
  #isOwn({ author, clock }: VerifiedMessage, body: PresenceBody): boolean {
    if (!this.#isOurs(author, body.device)) return false
    if (this.#rival.betrays(clock, body)) this.#parts.turn.emit({ type: 'device-taken' })
    if (this.#isOfFormer(clock, body)) this.#own.answer()
    return true
  }

  /** True if a program that had this device before is dated later than we are: others take its word for ours. */
  #isOfFormer(clock: Millis, { instance }: PresenceBody): boolean {
    const { self } = this.#parts
    const latest = this.#own.latest?.clock ?? Number.POSITIVE_INFINITY
    return clock >= latest && !b4a.equals(instance, self.instance)
  }

  #note({ author: identity }: VerifiedMessage, { device, leaving }: PresenceBody): void {
    const { peerStates, roster, turn } = this.#parts
    const nick = roster.namingOf(identity)?.nick
    if (leaving) peerStates.lower(device)
    else
      turn.emit(...peerStates.note(device, { state: 'present', identity, ...(nick && { nick }) }))
  }

  #checkClock(): void {
    const { clock, self, turn } = this.#parts
    // Others have not taken what we said by our own clock.
    if (clock.judge()) this.changed()
    const behind = clock.complaint()
    if (behind !== undefined && !self.observer) turn.emit({ type: 'clock-off', behind })
  }

  #tellObservers({ sealed }: VerifiedMessage): void {
    const { links } = this.#parts
    for (const link of links.up()) if (link.observer) links.send(link, { type: 'stored', sealed })
  }
}
