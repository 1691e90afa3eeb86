import type { Millis } from '../../base/time.js'
import type { BotClock } from '../../bot/clock.js'
import { ANNOUNCE_WINDOW_MILLIS } from '../../protocol/config.js'
import { HISTORY_TUNING } from '../../protocol/history/tuning.js'
import { Agenda } from './agenda.js'
import type { Wire } from './wire.js'

/**
 * So long after a test did something the protocol gets its time; then time in which nothing is due is skipped. What got
 * lost comes with the first exchange after the time in which it is announced; twice its interval, for jitter.
 */
const QUIET_MILLIS: Millis = ANNOUNCE_WINDOW_MILLIS + 2 * HISTORY_TUNING.reconcileIntervalMillis
/** A handler that waits for the real world (files, sockets) gets so many real ms before virtual time goes on. */
const DEFAULT_PATIENCE: Millis = 1_000

/**
 * The virtual time of a test room: the wire's, and that of its bots, which runs ahead of the wire's by what was skipped. A
 * week passes in milliseconds because the protocol sleeps through what is quiet.
 */
export class VirtualTime {
  /** The clock of bots. */
  readonly clock: BotClock
  /** True while a handler runs. Set by the room. */
  handling: () => boolean = () => false
  readonly #wire: Wire
  readonly #timers = new Agenda<() => void>()
  readonly #patience: Millis
  #skipped: Millis = 0
  #quietAt: Millis
  #sleepers = 0
  #stuck = false

  constructor(wire: Wire, patience: Millis = DEFAULT_PATIENCE) {
    this.#wire = wire
    this.#patience = patience
    this.#quietAt = wire.now + QUIET_MILLIS
    this.clock = {
      now: () => this.now,
      after: (millis, run) => this.#timers.add(this.now + Math.max(0, millis), run),
      onsleep: change => {
        this.#sleepers += change
      }
    }
  }

  /** Milliseconds since 1970. */
  get now(): Millis {
    return this.#wire.now + this.#skipped
  }

  /** How far the bots' time is ahead of the protocol's. */
  get skipped(): Millis {
    return this.#skipped
  }

  /** Something happens: the protocol gets its time again, so many ms of it. */
  stir(millis: Millis = QUIET_MILLIS): void {
    this.#quietAt = Math.max(this.#quietAt, this.now + millis)
  }

  /** Lets so much time pass; handlers run as it does. */
  async pass(millis: Millis): Promise<void> {
    const end = this.now + millis
    await this.settle()
    for (let at = this.#nextAt(end); at !== undefined; at = this.#nextAt(end)) {
      this.#goTo(at)
      if (this.handling()) await this.settle()
    }
    this.#wire.runUntil(end - this.#skipped)
    await this.settle()
  }

  /** Lets handlers do what they can without time passing. */
  async settle(): Promise<void> {
    const end = performance.now() + this.#patience
    await turn()
    while (this.handling() && this.#sleepers === 0 && !this.#stuck) {
      this.#stuck = performance.now() > end
      await turn()
    }
    if (!this.handling()) this.#stuck = false
  }

  #nextAt(end: Millis): Millis | undefined {
    const timer = this.#timers.nextAt() ?? Number.POSITIVE_INFINITY
    this.#skipQuiet(Math.min(timer, end))
    const wire = (this.#wire.nextAt() ?? Number.POSITIVE_INFINITY) + this.#skipped
    const next = Math.min(timer, wire)
    return next <= end ? next : undefined
  }

  #skipQuiet(until: Millis): void {
    if (this.now >= this.#quietAt && until > this.now) this.#skipped += until - this.now
  }

  #goTo(at: Millis): void {
    const timer = this.#timers.nextAt()
    this.#wire.runUntil(at - this.#skipped)
    if (timer === undefined || timer > at) return
    this.#timers.take()?.()
  }
}

function turn(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve))
}
