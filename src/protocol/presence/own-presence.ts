import type { MessageId } from '../../base/ids.js'
import type { Random } from '../../base/random.js'
import type { Millis } from '../../base/time.js'
import type { Author } from '../history/author.js'
import type { Timeline } from '../history/timeline.js'
import type { Turn } from '../turn.js'
import { encodePresenceBody } from '../wire/bodies/presence.js'
import { KIND_PRESENCE } from '../wire/kinds.js'
import type { VerifiedMessage } from '../wire/message.js'
import type { Naming } from './device.js'
import { type PresenceAlarm, PresencePacer, presenceInterval } from './pacer.js'
import type { Roster } from './roster.js'
import type { Self } from './self.js'
import type { PresenceTuning } from './tuning.js'

/** What our own presences need of the room. */
export interface OwnPresenceParts {
  readonly turn: Turn
  readonly author: Author
  readonly timeline: Timeline
  readonly self: Self
  readonly roster: Roster
  readonly random: Random
  readonly tuning: PresenceTuning
  readonly publish: (message: VerifiedMessage) => void
}

/** What we say of ourselves, and when; and what we are called. */
export class OwnPresence {
  readonly #parts: OwnPresenceParts
  readonly #pacer: PresencePacer
  #latest: VerifiedMessage | undefined
  /** What we were called when the owner of the room was last told, or said so. */
  #calledAs: string
  #hasNews = true
  /** True if there is news that only a presence tells. */
  #isUrgent = false
  /** True if somebody says that we are gone, and we have yet to answer. */
  #isDoubted = false
  /** The latest that answers that. */
  #answer: MessageId | undefined

  constructor(parts: OwnPresenceParts) {
    this.#parts = parts
    this.#pacer = new PresencePacer(parts.random, parts.tuning.gapPerDeviceMillis)
    this.#calledAs = parts.self.nick
  }

  /** The latest that we have said; undefined if we have not, or only observe. */
  get latest(): VerifiedMessage | undefined {
    return this.#latest
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
    this.urge(this.#parts.tuning.ownNewsGapMillis)
  }

  /** A presence is due, unless it was set anew since. */
  due(round: number): void {
    if (!this.#pacer.isDue(round)) return
    const now = this.#parts.turn.now
    const later = this.#isUrgent ? undefined : this.#pacer.postpone(this.#devices, now)
    if (later === undefined) this.#send(false)
    else this.#set(later)
  }

  /** We have said something else: that names what we have. */
  spoke(): void {
    this.#pacer.spoke(this.#parts.turn.now)
  }

  /** True for a suspicion with this clock that nothing answers which we have said, or are about to say. */
  isToAnswer(clock: Millis): boolean {
    return !this.#isUrgent && clock >= (this.#latest?.clock ?? Number.POSITIVE_INFINITY)
  }

  /** Somebody says that we are gone. */
  answer(): void {
    this.#isDoubted = true
    this.urge(this.#parts.tuning.refuteGapMillis)
  }

  /** True for the latest that answered that. */
  isAnswer({ id }: VerifiedMessage): boolean {
    return id === this.#answer
  }

  /** We are gone: the last presence. */
  leave(): void {
    this.#send(true)
  }

  /** There is news that only we have: a presence goes out at once, but not within `gap` of the one before. */
  urge(gap: Millis): void {
    if (this.#parts.self.observer) return
    this.#hasNews = true
    this.#isUrgent = true
    this.#set(this.#pacer.urge(gap, this.#parts.turn.now))
  }

  /** Tells the owner of the room what we are called now, if another device of ours has renamed us, or is gone with its nick. */
  tellName(): void {
    const [previous, nick] = [this.#calledAs, this.nick]
    this.#calledAs = nick
    if (nick === previous) return
    this.#parts.turn.emit({ type: 'rename', identity: this.#parts.author.key, nick, previous })
  }

  get #naming(): Naming {
    const { roster, self } = this.#parts
    return self.namingAmong(roster.namingOf(self.identity))
  }

  get #devices(): number {
    return this.#parts.roster.deviceCount + 1
  }

  #send(leaving: boolean): void {
    const { author, publish, self, timeline, turn } = this.#parts
    if (self.observer) return
    const interval = presenceInterval(this.#devices)
    const routine = !leaving && !this.#hasNews
    const { bot, commands, device, instance, keeps, nick, nickSince, relay } = self
    const headsDigest = timeline.headsDigest(turn.wall)
    const said = { bot, commands, device, headsDigest, instance, keeps, nick, nickSince, relay }
    const body = encodePresenceBody({ ...said, leaving, routine, interval })
    this.#hasNews = false
    this.#isUrgent = false
    this.#latest = author.write(KIND_PRESENCE, body, turn.wall)
    if (this.#isDoubted) this.#answer = this.#latest.id
    this.#isDoubted = false
    this.#set(this.#pacer.sent(interval, turn.now))
    publish(this.#latest)
    if (timeline.hasHeadsToName && !leaving) this.hurry()
  }

  #set(alarm: PresenceAlarm | undefined): void {
    if (alarm === undefined) return
    this.#parts.turn.timer(alarm.after, { name: 'presence', round: alarm.round })
  }
}
