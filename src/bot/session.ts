import type { Bot, Scheduled } from './bot.js'
import type { BotClock } from './clock.js'
import {
  CardContext,
  ChangeContext,
  Context,
  type ContextParts,
  DirectContext,
  MemberContext,
  MessageContext,
  SubjectContext
} from './context.js'
import type { Desk } from './desk.js'
import { millisOf } from './duration.js'
import { botStopped, handlerTimeout } from './errors.js'
import type { Log } from './log.js'
import { UpdateQueue } from './queue.js'
import type { State } from './state.js'
import type { Update } from './updates.js'

/** What a session is made of. */
export interface SessionParts {
  readonly bot: Bot
  readonly desk: Desk
  readonly state: State
  readonly clock: BotClock
  readonly log: Log
}

/** How long a handler may take, if the bot does not say. */
export const DEFAULT_TIMEOUT = '30s'

/** A bot in a room: its updates and schedules, one after another, each within its time. */
export class Session {
  readonly #parts: SessionParts
  readonly #timeout: number
  readonly #queue = new UpdateQueue()
  // BOUNDED: the handlers that run, and that of the start.
  readonly #running = new Set<AbortController>()
  #ended = false
  // BOUNDED: one per schedule of the script.
  readonly #timers = new Map<Scheduled, () => void>()
  #current: string | undefined

  constructor(parts: SessionParts) {
    this.#parts = parts
    this.#timeout = millisOf(parts.bot.options.timeout ?? DEFAULT_TIMEOUT)
    parts.bot.schedules.forEach((_, index) => {
      this.#schedule(index)
    })
  }

  /** True while a handler runs or an update waits. */
  get busy(): boolean {
    return this.#queue.size > 0
  }

  /** What is handled now, for a person; undefined where nothing is. */
  get current(): string | undefined {
    return this.#current
  }

  /** Handles an update after those before it. Resolves when it is done with; never rejects. */
  async take(update: Update): Promise<void> {
    const done = this.#queue.add(() => this.#handle(update))
    if (done === false) this.#parts.log.error('too much waits; an update was dropped')
    else await done
  }

  /** Resolves when nothing waits. */
  idle(): Promise<void> {
    return this.#queue.idle()
  }

  /** Handles what waits, then `stop`, and saves; what is not done then is told to stop by its signal. Never rejects. */
  async stop(): Promise<void> {
    for (const cancel of this.#timers.values()) cancel()
    this.#timers.clear()
    await this.take({ type: 'stop' })
    await this.#queue.idle()
    await this.end()
  }

  /** Tells everything to stop now, and saves. */
  async end(): Promise<void> {
    for (const cancel of this.#timers.values()) cancel()
    this.#ended = true
    for (const stopper of this.#running) stopper.abort(botStopped())
    await this.#parts.state.flush()
  }

  async #handle(update: Update): Promise<void> {
    const { bot, clock } = this.#parts
    const stopper = new AbortController()
    const parts: ContextParts = { ...this.#parts, signal: stopper.signal }
    const context = contextOf(parts, update)
    this.#current = this.#nameOf(update)
    this.#running.add(stopper)
    let cancel = () => {}
    const late = new Promise<never>((_, reject) => {
      cancel = clock.after(this.#timeout, () => {
        const error = handlerTimeout(this.#nameOf(update), this.#timeout)
        stopper.abort(error)
        reject(error)
      })
    })
    try {
      await Promise.race([this.#run(bot, context, parts), late])
    } catch (thrown) {
      await bot.report(thrown, context)
    } finally {
      cancel()
      this.#current = undefined
      // What a start has opened is to be closed at the end.
      if (update.type !== 'start') this.#running.delete(stopper)
    }
  }

  async #run(bot: Bot, context: Context, parts: ContextParts): Promise<void> {
    const { update } = context
    if (update.type === 'tick')
      await bot.schedules[update.schedule]?.handler(context, async () => {})
    else await bot.handle(context, parts)
  }

  #nameOf(update: Update): string {
    if (update.type === 'tick')
      return `The handler of ${this.#parts.bot.schedules[update.schedule]?.what}`
    return `The handler of a ${update.type}`
  }

  #schedule(index: number): void {
    const { bot, clock, log } = this.#parts
    const scheduled = bot.schedules[index]
    if (scheduled === undefined || this.#ended) return
    try {
      const now = clock.now()
      const cancel = clock.after(Math.max(0, scheduled.next(now) - now), () => {
        this.#schedule(index)
        void this.take({ type: 'tick', schedule: index })
      })
      this.#timers.set(scheduled, cancel)
    } catch (error) {
      log.error('a schedule has ended', { error })
    }
  }
}

function contextOf(parts: ContextParts, update: Update): Context {
  switch (update.type) {
    case 'message':
      return new MessageContext(parts, update)
    case 'direct':
      return new DirectContext(parts, update)
    case 'edit':
    case 'delete':
    case 'reaction':
      return new ChangeContext(parts, update)
    case 'subject':
      return new SubjectContext(parts, update)
    case 'card':
      return new CardContext(parts, update)
    case 'join':
    case 'leave':
    case 'rename':
      return new MemberContext(parts, update)
    default:
      return new Context(parts, update)
  }
}
