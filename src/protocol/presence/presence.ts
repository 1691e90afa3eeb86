import type { IdentityKey, PeerKey } from '../../base/ids.js'
import type { Random } from '../../base/random.js'
import type { Millis } from '../../base/time.js'
import type { Way } from '../broadcast/inbox.js'
import {
  EXPIRE_INTERVAL_MILLIS,
  MAX_PRESENCES_HANDED_ON,
  MAX_STALL_MILLIS,
  OWN_NEWS_GAP_MILLIS,
  REFUTE_GAP_MILLIS
} from '../config.js'
import type { Suspect } from '../events.js'
import type { Author } from '../history/author.js'
import type { Timeline } from '../history/timeline.js'
import type { Link } from '../links/link.js'
import type { End, Links } from '../links/links.js'
import type { Turn } from '../turn.js'
import {
  decodePresenceBody,
  encodePresenceBody,
  type PresenceBody
} from '../wire/bodies/presence.js'
import { KIND_PRESENCE } from '../wire/kinds.js'
import type { VerifiedMessage } from '../wire/message.js'
import type { Naming } from './device.js'
import { Newcomers } from './newcomers.js'
import { type PresenceAlarm, PresencePacer, presenceInterval } from './pacer.js'
import type { PeerStates } from './peer-states.js'
import { Rival } from './rival.js'
import type { RoomClock } from './room-clock.js'
import type { Roster } from './roster.js'
import type { Self } from './self.js'
import { Suspicions } from './suspicions.js'

/** What presences need of the room. */
export interface PresenceParts {
  readonly turn: Turn
  readonly links: Links
  readonly author: Author
  readonly timeline: Timeline
  readonly self: Self
  readonly roster: Roster
  readonly peerStates: PeerStates
  readonly clock: RoomClock
  readonly random: Random
  readonly publish: (message: VerifiedMessage) => void
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
  readonly #pacer: PresencePacer
  readonly #suspicions: Suspicions
  readonly #rival: Rival
  readonly #newcomers = new Newcomers()
  #latest: VerifiedMessage | undefined
  /** What we were called when the owner of the room was last told, or said so. */
  #calledAs: string
  #hasNews = true
  #lookedAt: Millis = 0

  constructor(parts: PresenceParts) {
    this.#parts = parts
    this.#pacer = new PresencePacer(parts.random)
    this.#suspicions = new Suspicions({ ...parts, observer: parts.self.observer })
    this.#rival = new Rival(parts.turn, parts.self.instance)
    this.#calledAs = parts.self.nick
  }

  /** What we are called: by this device, or by another one of ours whose user chose later. */
  get nick(): string {
    return this.#naming.nick
  }

  /** Our user calls us something else from now on: the last word, whatever our other devices say. */
  rename(nick: string): void {
    const { self, turn } = this.#parts
    self.rename(nick, turn.wall, this.#naming)
    this.#calledAs = nick
    this.changed()
  }

  /** We are here: the first presence. */
  start(): void {
    this.#parts.self.start(this.#parts.turn.wall)
    this.#rival.start()
    this.#scheduleLook()
    this.#send(false)
  }

  /** We have news: a presence goes out as early as is decent. */
  hurry(): void {
    if (this.#parts.self.observer) return
    this.#hasNews = true
    this.#set(this.#pacer.hurry(this.#devices, this.#parts.turn.now))
  }

  /** Something about ourselves has changed: nobody else tells it, so it goes out at once. */
  changed(): void {
    this.#urge(OWN_NEWS_GAP_MILLIS)
  }

  /** A presence is due, unless it was set anew since. */
  due(round: number): void {
    if (this.#pacer.isDue(round)) this.#send(false)
  }

  /** We are gone: the last presence. */
  leave(): void {
    this.#send(true)
  }

  /** Once a second: who is gone, and who may be. */
  look(): void {
    const { roster, turn } = this.#parts
    const slept = turn.now - this.#lookedAt - EXPIRE_INTERVAL_MILLIS
    if (slept > MAX_STALL_MILLIS) roster.excuse(slept)
    this.expire()
    this.#suspicions.look()
    this.#checkClock()
    this.#scheduleLook()
  }

  /** Takes those off the roster who are gone. */
  expire(): void {
    const { roster, turn } = this.#parts
    for (const event of roster.expire(turn.now)) turn.emit(event)
    this.#tellOwnName()
  }

  /** The device said goodbye on its own link. */
  goodbye(identity: IdentityKey, device: PeerKey): void {
    const { roster, turn } = this.#parts
    turn.emit(...roster.goodbye(identity, device))
    this.#tellOwnName()
  }

  /** Tells a new link that we are here, and a newcomer who else is. */
  linkUp(link: Link): void {
    const { links, roster, turn } = this.#parts
    this.#newcomers.linkUp(link, turn.now)
    if (link.isMember && link.identity) this.#meet(link.identity, link.peer)
    const knows = !link.observer && link.identity && roster.headsOf(link.identity, link.peer)
    const others = knows ? [] : roster.toHandOn(MAX_PRESENCES_HANDED_ON, turn.now)
    for (const { sealed } of this.#latest === undefined ? others : [this.#latest, ...others]) {
      links.send(link, { type: 'stored', sealed })
    }
  }

  /** The link to a member is gone. */
  linkDown({ identity }: Link): void {
    if (identity !== undefined) this.#parts.clock.linkDown(identity)
  }

  /** The link to a member broke, or gave way to one that may not come up. */
  lost(link: Link, end: End): void {
    this.#suspicions.lost(link, end)
  }

  /** Nobody else has said it in the meantime. */
  accuse(suspect: Suspect): void {
    this.#suspicions.accuse(suspect)
  }

  /**
   * Takes note of the clock of a message that came over this link. One that its author sent us itself says what time it is;
   * `isFresh`: it was pushed as it was made.
   */
  noteClock(author: IdentityKey, clock: Millis, link: Link | undefined, isFresh: boolean): void {
    if (author !== this.#parts.author.key) this.#rival.note(clock)
    if (link?.identity === author) this.#parts.clock.note(author, clock, isFresh)
  }

  /** False for the presence of somebody new if this link has told us of too many: it is not to be passed on either. */
  admits({ author }: VerifiedMessage, link: Link): boolean {
    const { links, roster, turn } = this.#parts
    if (author === this.#parts.author.key || roster.isHere(author)) return true
    return this.#newcomers.admit(author, link, links.up(), turn.now)
  }

  /** Takes somebody's presence, which came over this link; undefined if it was no news. */
  hear(message: VerifiedMessage, way: Way, link: Link | undefined): Attended | undefined {
    const body = message.body && decodePresenceBody(message.body)
    if (body === undefined || this.#isOwn(message, body)) return undefined
    const { roster, turn } = this.#parts
    const handedOn = way === 'stored' && body.device !== link?.peer
    const isOwner = roster.isOwner(message.author, body.device)
    const toldTwice = this.#isToldTwice(message, link)
    const heard = { message, body, handedOn, teller: link?.identity, toldTwice }
    const news = roster.hear(heard, turn.now, turn.wall)
    if (news === undefined) return undefined
    turn.emit(...news.events)
    if (message.author === this.#parts.author.key) this.#tellOwnName()
    if (isOwner) this.#note(message, body)
    if (!handedOn || news.isNew) this.#tellObservers(message)
    return { ...(isOwner && { device: body.device }), isNew: news.isNew }
  }

  /** Takes a doubt whether somebody is still here; we are, where it is about us. */
  hearSuspicion(message: VerifiedMessage): void {
    const suspect = this.#suspicions.hear(message)
    if (suspect === undefined) return
    this.#tellObservers(message)
    if (this.#isOurs(suspect.identity, suspect.device)) this.#urge(REFUTE_GAP_MILLIS)
  }

  #urge(gap: Millis): void {
    if (this.#parts.self.observer) return
    this.#hasNews = true
    this.#set(this.#pacer.urge(gap, this.#parts.turn.now))
  }

  #scheduleLook(): void {
    this.#lookedAt = this.#parts.turn.now
    this.#parts.turn.timer(EXPIRE_INTERVAL_MILLIS, { name: 'expire' })
  }

  #isOurs(identity: IdentityKey, device: PeerKey): boolean {
    return identity === this.#parts.author.key && device === this.#parts.self.device
  }

  /** True for a presence of this device: our own, or that of another program with our key. */
  #isOwn({ author, clock }: VerifiedMessage, body: PresenceBody): boolean {
    if (!this.#isOurs(author, body.device)) return false
    if (this.#rival.betrays(clock, body)) this.#parts.turn.emit({ type: 'device-taken' })
    return true
  }

  #isToldTwice({ author }: VerifiedMessage, link: Link | undefined): boolean {
    const { links, roster } = this.#parts
    if (link === undefined || roster.isHere(author)) return false
    return this.#newcomers.isToldTwice(author, link, links.up())
  }

  #meet(identity: IdentityKey, device: PeerKey): void {
    this.#parts.roster.prove(identity, device)
    this.#parts.clock.linkUp(identity)
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

  get #naming(): Naming {
    const { roster, self } = this.#parts
    return self.namingAmong(roster.namingOf(self.identity))
  }

  // Another device of ours has renamed us, or is gone with its nick.
  #tellOwnName(): void {
    const [previous, nick] = [this.#calledAs, this.nick]
    this.#calledAs = nick
    if (nick === previous) return
    this.#parts.turn.emit({ type: 'rename', identity: this.#parts.author.key, nick, previous })
  }

  get #devices(): number {
    return this.#parts.roster.deviceCount + 1
  }

  #send(leaving: boolean): void {
    const { author, publish, self, timeline, turn } = this.#parts
    if (self.observer) return
    const interval = presenceInterval(this.#devices)
    const routine = !leaving && !this.#hasNews
    const { bot, commands, device, instance, nick, nickSince, relay } = self
    const headsDigest = timeline.headsDigest(turn.wall)
    const said = { bot, commands, device, headsDigest, instance, nick, nickSince, relay }
    const body = encodePresenceBody({ ...said, leaving, routine, interval })
    this.#hasNews = false
    this.#latest = author.write(KIND_PRESENCE, body, turn.wall)
    this.#set(this.#pacer.sent(interval, turn.now))
    publish(this.#latest)
    if (timeline.hasHeadsToName && !leaving) this.hurry()
  }

  #set(alarm: PresenceAlarm | undefined): void {
    if (alarm === undefined) return
    this.#parts.turn.timer(alarm.after, { name: 'presence', round: alarm.round })
  }

  #tellObservers({ sealed }: VerifiedMessage): void {
    const { links } = this.#parts
    for (const link of links.up()) if (link.observer) links.send(link, { type: 'stored', sealed })
  }
}
