import type { Author } from './author.js'
import { decodePresenceBody, encodePresenceBody, type PresenceBody } from './bodies.js'
import { EXPIRE_INTERVAL_MILLIS, MAX_PRESENCES_HANDED_ON } from './config.js'
import type { Random } from './events.js'
import type { PeerKey, RelayKey } from './ids.js'
import type { Way } from './inbox.js'
import type { Link } from './link.js'
import type { Links } from './links.js'
import { KIND_PRESENCE, type VerifiedMessage } from './message.js'
import { type PresenceAlarm, PresencePacer, presenceInterval } from './presence.js'
import type { Roster } from './roster.js'
import type { Sightings } from './sightings.js'
import type { Turn } from './turn.js'

/** What we say of ourselves. */
export interface Self {
  readonly device: PeerKey
  readonly bot: boolean
  /** An observer says nothing. */
  readonly observer: boolean
  nick: string
  /** The relay that we run for the members, where we do. */
  relay?: RelayKey | undefined
}

/** What presences need of the room. */
export interface AttendanceParts {
  readonly turn: Turn
  readonly links: Links
  readonly author: Author
  readonly self: Self
  readonly roster: Roster
  readonly sightings: Sightings
  readonly random: Random
  readonly publish: (message: VerifiedMessage) => void
}

/** Presences: ours go out at the right times, those of others keep the roster. */
export class Attendance {
  readonly #parts: AttendanceParts
  readonly #pacer: PresencePacer
  #latest: VerifiedMessage | undefined

  constructor(parts: AttendanceParts) {
    this.#parts = parts
    this.#pacer = new PresencePacer(parts.random)
  }

  /** We are here: the first presence. */
  start(): void {
    this.#parts.turn.timer(EXPIRE_INTERVAL_MILLIS, { name: 'expire' })
    this.#send(false)
  }

  /** We have news: a presence goes out as early as is decent. */
  hurry(): void {
    if (this.#parts.self.observer) return
    this.#set(this.#pacer.hurry(this.#devices, this.#parts.turn.now))
  }

  /** A presence is due, unless it was set anew since. */
  due(round: number): void {
    if (this.#pacer.isDue(round)) this.#send(false)
  }

  /** We are gone: the last presence. */
  leave(): void {
    this.#send(true)
  }

  expire(): void {
    const { roster, turn } = this.#parts
    turn.emit(...roster.expire(turn.now))
    turn.timer(EXPIRE_INTERVAL_MILLIS, { name: 'expire' })
  }

  /** Tells a new link who is here: ourselves, and others that we have heard at first hand. */
  linkUp(link: Link): void {
    const { links, roster, turn } = this.#parts
    const others = roster.toHandOn(MAX_PRESENCES_HANDED_ON, turn.now)
    for (const { sealed } of this.#latest === undefined ? others : [this.#latest, ...others]) {
      links.send(link, { type: 'stored', sealed })
    }
    if (!link.observer) this.hurry()
  }

  /** Takes somebody's presence; gives the device that it is of, unless it was no news. */
  hear(message: VerifiedMessage, way: Way): PeerKey | undefined {
    const body = decodePresenceBody(message.body)
    if (body === undefined || this.#isOurs(message, body)) return undefined
    const { roster, turn } = this.#parts
    const news = roster.hear({ message, body, handedOn: way === 'stored' }, turn.now)
    if (news === undefined) return undefined
    turn.emit(...news)
    this.#note(message, body)
    if (way === 'pushed') this.#tellObservers(message)
    return body.device
  }

  #isOurs({ author }: VerifiedMessage, { device }: PresenceBody): boolean {
    return author === this.#parts.author.key && device === this.#parts.self.device
  }

  #note(message: VerifiedMessage, body: PresenceBody): void {
    const { sightings, turn } = this.#parts
    if (body.leaving) sightings.lower(body.device)
    else turn.emit(...sightings.note(body.device, presentAs(message, body)))
  }

  get #devices(): number {
    return this.#parts.roster.deviceCount + 1
  }

  #send(leaving: boolean): void {
    const { author, publish, self, turn } = this.#parts
    if (self.observer) return
    const interval = presenceInterval(this.#devices)
    const { bot, device, nick, relay } = self
    const body = encodePresenceBody({ device, leaving, bot, interval, nick, relay })
    this.#latest = author.write(KIND_PRESENCE, body, turn.now)
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
