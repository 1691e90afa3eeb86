import type { IdentityKey, PeerKey, RelayKey } from '../../base/ids.js'
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
import type { Author } from '../history/author.js'
import type { Link } from '../links/link.js'
import type { End, Links } from '../links/links.js'
import type { Turn } from '../turn.js'
import { decodePresenceBody, encodePresenceBody, type PresenceBody } from '../wire/bodies.js'
import { KIND_PRESENCE, type VerifiedMessage } from '../wire/message.js'
import { type PresenceAlarm, PresencePacer, presenceInterval } from './pacer.js'
import type { PeerStates } from './peer-states.js'
import { Rival } from './rival.js'
import type { Roster, Suspect } from './roster.js'
import { Suspicions } from './suspicions.js'

/** What we say of ourselves. */
export interface Self {
  readonly device: PeerKey
  readonly bot: boolean
  /** An observer says nothing. */
  readonly observer: boolean
  nick: string
  /** The relay that we run for the members, if we do. */
  relay?: RelayKey | undefined
  /** What we obey, as `commandNames` has it; none for a person. */
  commands: readonly string[]
  readonly instance?: Uint8Array | undefined
}

/** What presences need of the room. */
export interface PresenceParts {
  readonly turn: Turn
  readonly links: Links
  readonly author: Author
  readonly self: Self
  readonly roster: Roster
  readonly peerStates: PeerStates
  readonly random: Random
  readonly publish: (message: VerifiedMessage) => void
}

/** Somebody's presence that says something new. */
export interface Attended {
  readonly device: PeerKey
  /** True where the device was not here before. */
  readonly isNew: boolean
}

/** Presences: ours go out at the right times, those of others keep the roster. */
export class Presence {
  readonly #parts: PresenceParts
  readonly #pacer: PresencePacer
  readonly #suspicions: Suspicions
  readonly #rival: Rival
  #latest: VerifiedMessage | undefined
  #hasNews = true
  #lookedAt: Millis = 0

  constructor(parts: PresenceParts) {
    this.#parts = parts
    this.#pacer = new PresencePacer(parts.random)
    this.#suspicions = new Suspicions({ ...parts, observer: parts.self.observer })
    this.#rival = new Rival(parts.self.instance)
  }

  /** We are here: the first presence. */
  start(): void {
    this.#rival.start(this.#parts.turn.wall)
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
    this.#scheduleLook()
  }

  /** Takes those off the roster who are gone. */
  expire(): void {
    const { roster, turn } = this.#parts
    turn.emit(...roster.expire(turn.now))
  }

  /** Tells a new link that we are here, and a newcomer who else is. */
  linkUp(link: Link): void {
    const { links, roster, turn } = this.#parts
    const knows = !link.observer && link.identity && roster.headsOf(link.identity, link.peer)
    const others = knows ? [] : roster.toHandOn(MAX_PRESENCES_HANDED_ON, turn.now)
    for (const { sealed } of this.#latest === undefined ? others : [this.#latest, ...others]) {
      links.send(link, { type: 'stored', sealed })
    }
  }

  /** The link to a member broke, or gave way to one that may not come up. */
  lost(link: Link, end: End): void {
    this.#suspicions.lost(link, end)
  }

  /** Nobody else has said it in the meantime. */
  accuse(suspect: Suspect): void {
    this.#suspicions.accuse(suspect)
  }

  /** Takes somebody's presence, which came over this link; undefined where it was no news. */
  hear(message: VerifiedMessage, way: Way, from: PeerKey | undefined): Attended | undefined {
    const body = decodePresenceBody(message.body)
    if (body === undefined) return undefined
    const { roster, turn } = this.#parts
    if (this.#isOurs(message.author, body.device)) {
      if (this.#rival.betrays(message, body)) turn.emit({ type: 'device-taken' })
      return undefined
    }
    const handedOn = way === 'stored' && body.device !== from
    const news = roster.hear({ message, body, handedOn }, turn.now, turn.wall)
    if (news === undefined) return undefined
    turn.emit(...news.events)
    this.#note(message, body)
    if (!handedOn || news.isNew) this.#tellObservers(message)
    return { device: body.device, isNew: news.isNew }
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

  #note(message: VerifiedMessage, body: PresenceBody): void {
    const { peerStates, turn } = this.#parts
    if (body.leaving) peerStates.lower(body.device)
    else turn.emit(...peerStates.note(body.device, presentAs(message, body)))
  }

  get #devices(): number {
    return this.#parts.roster.deviceCount + 1
  }

  #send(leaving: boolean): void {
    const { author, publish, self, turn } = this.#parts
    if (self.observer) return
    const interval = presenceInterval(this.#devices)
    const routine = !leaving && !this.#hasNews
    const body = encodePresenceBody({ ...self, leaving, routine, interval })
    this.#hasNews = false
    this.#latest = author.write(KIND_PRESENCE, body, turn.wall)
    this.#set(this.#pacer.sent(interval, turn.now))
    publish(this.#latest)
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

function presentAs(message: VerifiedMessage, { nick }: PresenceBody) {
  return { state: 'present', identity: message.author, nick } as const
}
