import type { MessageId } from '../base/ids.js'
import { type Rate, TokenBucket } from '../base/token-bucket.js'
import type { Saying } from '../room/sending/speak.js'
import { DIRECT_RATE } from '../room/text.js'
import type { BotClock } from './clock.js'
import type { Cause } from './desk.js'
import { botStopped, outboxFull } from './errors.js'
import type { Log } from './log.js'

/** How fast a bot speaks. */
export interface Pace extends Rate {
  /** Messages that wait, at most; further ones are dropped. */
  readonly queue: number
  /** The pace of what it says because another bot spoke. */
  readonly bots: Rate
}

/** The pace of a bot that does not ask for another. Guess: faster is flooding, to a person who reads. */
const DEFAULT_PACE: Pace = {
  perSecond: 2,
  burst: 10,
  queue: 100,
  bots: { perSecond: 0.5, burst: 1 }
}

/** What is for one member alone: a room refuses more. One less at once: its clock is not ours. */
const DIRECT_PACE: Rate = { ...DIRECT_RATE, burst: DIRECT_RATE.burst - 1 }

/** What an outbox is made of. */
export interface OutboxParts {
  readonly clock: BotClock
  readonly send: (saying: Saying) => MessageId
  /** Resolves when what was sent is on the disk. Default: at once. */
  readonly written?: () => Promise<void>
  readonly log: Log
  readonly pace?: Partial<Pace> | undefined
}

interface Letter {
  readonly saying: Saying
  readonly resolve: (id: MessageId) => void
  readonly reject: (reason: unknown) => void
}

/**
 * What a bot says, paced by a token bucket. Answers to people go before answers to bots, which have a smaller bucket of
 * their own on top: two bots that answer each other cannot melt a room.
 */
export class Outbox {
  readonly #parts: OutboxParts
  // BOUNDED: pace.queue letters each.
  readonly #waiting: Readonly<Record<Cause, Letter[]>> = { person: [], bot: [] }
  #pace: Pace
  #all: TokenBucket
  #bots: TokenBucket
  readonly #directs: TokenBucket
  #cancel: (() => void) | undefined
  #complained = false
  #stopped = false
  #whenEmpty: (() => void)[] = []
  #whenRoom: (() => void)[] = []

  constructor(parts: OutboxParts) {
    const now = parts.clock.now()
    this.#parts = parts
    this.#pace = { ...DEFAULT_PACE, ...parts.pace }
    this.#all = new TokenBucket(this.#pace, now)
    this.#bots = new TokenBucket(this.#pace.bots, now)
    this.#directs = new TokenBucket(DIRECT_PACE, now)
  }

  /** Speaks at another pace from now on. */
  setPace(pace: Partial<Pace>): void {
    this.#pace = { ...DEFAULT_PACE, ...pace }
    const now = this.#parts.clock.now()
    this.#all = new TokenBucket(this.#pace, now)
    this.#bots = new TokenBucket(this.#pace.bots, now)
  }

  /** True while something waits. */
  get busy(): boolean {
    return this.#waiting.person.length + this.#waiting.bot.length > 0
  }

  /** True where one more would be dropped. */
  isFull(cause: Cause): boolean {
    return this.#waiting[cause].length >= this.#pace.queue
  }

  /** Says this as soon as the pace allows. Rejects with OUTBOX_FULL where too much waits already. */
  post(saying: Saying, cause: Cause): Promise<MessageId> {
    if (this.#stopped) return Promise.reject(botStopped())
    if (this.isFull(cause)) return Promise.reject(this.#refuse())
    return new Promise((resolve, reject) => {
      this.#waiting[cause].push({ saying, resolve, reject })
      this.#pump()
    })
  }

  /** Resolves when nothing waits any more. */
  async empty(): Promise<void> {
    if (this.busy) await new Promise<void>(resolve => this.#whenEmpty.push(resolve))
  }

  /** Resolves when one more would not be dropped. */
  async room(cause: Cause): Promise<void> {
    while (this.isFull(cause) && !this.#stopped)
      await new Promise<void>(resolve => this.#whenRoom.push(resolve))
  }

  /** Says nothing any more; what waits is dropped. */
  stop(): void {
    this.#stopped = true
    this.#cancel?.()
    const dropped = [...this.#waiting.person.splice(0), ...this.#waiting.bot.splice(0)]
    for (const { reject } of dropped) reject(botStopped())
    this.#tell()
  }

  // One complaint per flood: it is over when the queue has been empty.
  #refuse(): Error {
    const error = outboxFull(this.#pace.queue)
    if (!this.#complained) this.#parts.log.warn(`${error.message} More is dropped.`)
    this.#complained = true
    return error
  }

  // A new letter may be for the faster queue: whatever the timer waits for is looked at again.
  #pump(): void {
    this.#cancel?.()
    this.#cancel = undefined
    for (let next = this.#next(); next !== undefined; next = this.#next()) this.#send(next)
    this.#tell()
    if (!this.busy) return
    this.#cancel = this.#parts.clock.after(this.#pause(), () => this.#pump())
  }

  #next(): Letter | undefined {
    const now = this.#parts.clock.now()
    if (!this.#all.has(now)) return undefined
    const { bot, person } = this.#waiting
    const isDirect = (person[0] ?? bot[0])?.saying.type === 'direct'
    if (isDirect && !this.#directs.has(now)) return undefined
    if (person.length === 0 && (bot.length === 0 || !this.#bots.take(now))) return undefined
    this.#all.take(now)
    if (isDirect) this.#directs.take(now)
    return person.shift() ?? bot.shift()
  }

  #send({ reject, resolve, saying }: Letter): void {
    try {
      const id = this.#parts.send(saying)
      const { written } = this.#parts
      if (written === undefined) resolve(id)
      else void written().then(() => resolve(id), reject)
    } catch (thrown) {
      reject(thrown)
    }
  }

  #pause(): number {
    const rate = this.#waiting.person.length > 0 ? this.#pace : this.#pace.bots
    return Math.ceil(1000 / rate.perSecond)
  }

  #tell(): void {
    for (const resolve of this.#whenRoom.splice(0)) resolve()
    if (this.busy) return
    this.#complained = false
    for (const resolve of this.#whenEmpty.splice(0)) resolve()
  }
}
