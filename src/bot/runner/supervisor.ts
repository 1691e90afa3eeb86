import { backoff } from '../../async/backoff.js'
import { untilAborted } from '../../async/until-aborted.js'
import { codeOf, messageOf } from '../../base/errors.js'
import type { Millis } from '../../base/time.js'
import type { Backlog } from '../backlog.js'
import { type BotClock, sleepOn } from '../clock.js'
import { badProgram, sentence } from '../errors.js'
import type { Log } from '../log.js'
import type { Ending, Host, Slot } from './host.js'

/** First and longest pause before code that crashed is started again; doubled every time. Guess. */
const FIRST_PAUSE_MILLIS: Millis = 1_000
const LONGEST_PAUSE_MILLIS: Millis = 60_000
/** Code that ran this long was well: its next crash is the first. Guess. */
const WELL_MILLIS: Millis = 60_000

/** A room, and what waits for the bot in it. */
export interface Place {
  readonly slot: Slot
  readonly backlog: Backlog
  /** True when the bot is in the room: each new host is told. */
  isReady(): boolean
}

/** What a supervisor keeps going. */
export interface SupervisorParts {
  /** Starts the bot's code anew. Rejects if it cannot run, or when the signal fires. */
  readonly load: (signal: AbortSignal) => Promise<Host>
  readonly clock: BotClock
  readonly log: Log
  /** How long handlers may take to finish when the code is stopped or replaced. */
  readonly grace: Millis
  /**
   * Code that crashes within this time of its first start, and has done nothing yet, cannot run: it is not started again.
   * Default 0: it always is.
   */
  readonly stillborn?: Millis
}

/**
 * Keeps a bot's code running in its rooms: starts it again after a crash, and replaces it by a newer version. The rooms stay
 * open meanwhile, and what happens in them waits.
 */
export class Supervisor {
  /** Resolves when the code ended as it wanted to, or when the supervisor was stopped. */
  readonly done: Promise<void>
  /** Rejects with BAD_PROGRAM if the code turned out to be unable to run. */
  readonly failed: Promise<never>
  readonly #parts: SupervisorParts
  readonly #stopping = new AbortController()
  /** Crashes and failed starts in a row. */
  #failures = 0
  #places: readonly Place[] = []
  #host: Host | undefined
  #startedAt = 0
  #work: Promise<void> = Promise.resolve()
  #ondone: () => void = () => {}
  #onfailed: (reason: unknown) => void = () => {}
  #admitted = 0

  constructor(parts: SupervisorParts) {
    this.#parts = parts
    this.done = new Promise(resolve => {
      this.#ondone = resolve
    })
    this.failed = new Promise((_, reject) => {
      this.#onfailed = reject
    })
    // It may fail before anybody looks.
    this.failed.catch(() => {})
  }

  /** The commands that the code obeys, once it has loaded; undefined if it tells them by itself. */
  get commands(): readonly string[] | undefined {
    return this.#host?.commands
  }

  /** Starts the code, in no room yet; if it is only slow, again. Rejects if it cannot run, or was stopped meanwhile. */
  load(): Promise<void> {
    const loading = this.#loadFirst()
    this.#work = loading.catch(() => {})
    return loading
  }

  /** Lets the code into its rooms. */
  enter(places: readonly Place[]): void {
    this.#places = places
    if (this.#host !== undefined) this.#admit(this.#host)
  }

  /** Replaces the code by a newer version; if that cannot run, the old one goes on. Never rejects. */
  reload(): Promise<void> {
    return this.#inTurn(async () => {
      const next = await this.#tryLoad('the new version does not run; the old one goes on')
      if (next === undefined) return
      await this.#retire()
      if (this.#isStopped) return next.stop(0)
      this.#admit(next)
      this.#parts.log.info('reloaded')
    })
  }

  /** Lets handlers finish and ends the code. Never rejects. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#inTurn(() => this.#retire())
    this.#ondone()
  }

  /** How long the host has run, or ran. */
  get #ran(): Millis {
    return performance.now() - this.#startedAt
  }

  get #isStopped(): boolean {
    return this.#stopping.signal.aborted
  }

  async #loadFirst(): Promise<void> {
    while (this.#host === undefined) {
      try {
        this.#host = await this.#parts.load(this.#stopping.signal)
      } catch (thrown) {
        if (this.#isStopped || codeOf(thrown) !== 'SLOW_SCRIPT') throw thrown
        this.#parts.log.warn(messageOf(thrown))
        await this.#pauseAfterFailure()
      }
    }
  }

  #admit(host: Host): void {
    this.#host = host
    this.#startedAt = performance.now()
    this.#admitted += 1
    for (const { backlog, isReady, slot } of this.#places) {
      if (host.pace !== undefined) slot.desk.outbox.setPace(host.pace)
      // A room is opened with the commands of the first host.
      if (host.commands !== undefined && this.#admitted > 1) slot.desk.offerCommands(host.commands)
      host.enter(slot)
      const first = isReady() ? ({ type: 'start' } as const) : undefined
      backlog.attach(update => host.dispatch(slot, update), first)
    }
    void host.ended.then(ending => this.#onended(host, ending))
  }

  // What is handled now may take its time, unless the bot is to stop.
  async #retire(): Promise<void> {
    const host = this.#host
    this.#host = undefined
    const detached = this.#detach()
    await untilAborted(this.#stopping.signal, detached)
    await host?.stop(this.#parts.grace)
    await detached
  }

  async #detach(): Promise<void> {
    await Promise.all(this.#places.map(({ backlog }) => backlog.detach()))
  }

  #onended(host: Host, ending: Ending): void {
    if (this.#host !== host) return
    this.#host = undefined
    if (ending.type === 'done') {
      this.#ondone()
      return
    }
    if (this.#admitted === 1 && !ending.hasActed && this.#ran < (this.#parts.stillborn ?? 0)) {
      this.#onfailed(badProgram(sentence(ending.reason)))
      return
    }
    this.#parts.log.error(`crashed: ${ending.reason}`)
    void this.#inTurn(() => this.#restart())
  }

  // A reload may have been faster.
  async #restart(): Promise<void> {
    if (this.#host !== undefined) return
    await this.#detach()
    if (this.#ran >= WELL_MILLIS) this.#failures = 0
    while (!this.#isStopped && this.#host === undefined) {
      await this.#pauseAfterFailure()
      if (this.#isStopped) return
      const host = await this.#tryLoad('it does not run')
      if (host !== undefined) this.#admit(host)
    }
  }

  async #pauseAfterFailure(): Promise<void> {
    this.#failures += 1
    const millis = backoff(this.#failures, FIRST_PAUSE_MILLIS, LONGEST_PAUSE_MILLIS)
    this.#parts.log.info(`starting again in ${(millis / 1000).toFixed(1)} s`)
    await sleepOn(this.#parts.clock, millis, this.#stopping.signal).catch(() => {})
  }

  async #tryLoad(what: string): Promise<Host | undefined> {
    try {
      return await this.#parts.load(this.#stopping.signal)
    } catch (thrown) {
      if (!this.#isStopped) this.#parts.log.error(`${what}: ${messageOf(thrown)}`)
      return undefined
    }
  }

  #inTurn(job: () => Promise<void>): Promise<void> {
    this.#work = this.#work.then(job).catch(thrown => this.#parts.log.error(messageOf(thrown)))
    return this.#work
  }
}
