import { messageOf } from '../../base/errors.js'
import { badProgram } from '../errors.js'
import type { Log } from '../log.js'
import { Backoff } from './backoff.js'
import type { Feed } from './feed.js'
import type { Ending, Host, Slot } from './host.js'

/** A room, and what waits for the bot in it. */
export interface Place {
  readonly slot: Slot
  readonly feed: Feed
  /** True when the bot is in the room: each new host is told. */
  isReady(): boolean
}

/** What a supervisor keeps going. */
export interface SupervisorParts {
  /** Starts the bot's code anew. Rejects where it cannot run. */
  readonly load: () => Promise<Host>
  readonly log: Log
  /** How long handlers may take to finish, in ms, when the code is stopped or replaced. */
  readonly grace: number
  /** Code that crashes within so many ms of its first start cannot run: it is not started again. 0: it always is. */
  readonly stillborn?: number
}

/**
 * Keeps a bot's code running in its rooms: starts it again after a crash, and replaces it by a newer version. The rooms stay
 * open meanwhile, and what happens in them waits.
 */
export class Supervisor {
  /** Resolves when the code ended as it wanted to, or when the supervisor was stopped. */
  readonly done: Promise<void>
  /** Rejects with BAD_PROGRAM where the code turned out to be unable to run. */
  readonly failed: Promise<never>
  readonly #parts: SupervisorParts
  readonly #backoff = new Backoff()
  #places: readonly Place[] = []
  #host: Host | undefined
  #startedAt = 0
  #stopped = false
  #work: Promise<void> = Promise.resolve()
  #ondone: () => void = () => {}
  #onfailed: (reason: unknown) => void = () => {}
  #admitted = 0
  #wake: () => void = () => {}

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

  /** Starts the code, in no room yet. Rejects where it cannot run. */
  async load(): Promise<void> {
    this.#host = await this.#parts.load()
  }

  /** Lets the code into its rooms. */
  enter(places: readonly Place[]): void {
    this.#places = places
    if (this.#host !== undefined) this.#admit(this.#host)
  }

  /** Replaces the code by a newer version; where that cannot run, the old one goes on. Never rejects. */
  reload(): Promise<void> {
    return this.#inTurn(async () => {
      const next = await this.#tryLoad('the new version does not run; the old one goes on')
      if (next === undefined || this.#stopped) return void (await next?.stop(0))
      const old = this.#host
      this.#host = undefined
      await this.#detach()
      await old?.stop(this.#parts.grace)
      this.#admit(next)
      this.#parts.log.info('reloaded')
    })
  }

  /** Lets handlers finish and ends the code. Never rejects. */
  async stop(): Promise<void> {
    this.#stopped = true
    this.#wake()
    await this.#inTurn(async () => {
      const host = this.#host
      this.#host = undefined
      const detached = this.#detach()
      await host?.stop(this.#parts.grace)
      await detached
      this.#ondone()
    })
  }

  #admit(host: Host): void {
    this.#host = host
    this.#startedAt = performance.now()
    this.#admitted += 1
    for (const { feed, isReady, slot } of this.#places) {
      if (host.pace !== undefined) slot.desk.outbox.setPace(host.pace)
      host.enter(slot)
      const first = isReady() ? ({ type: 'start' } as const) : undefined
      feed.attach(update => host.dispatch(slot, update), first)
    }
    void host.ended.then(ending => this.#onended(host, ending))
  }

  async #detach(): Promise<void> {
    await Promise.all(this.#places.map(({ feed }) => feed.detach()))
  }

  #onended(host: Host, ending: Ending): void {
    if (this.#host !== host) return
    this.#host = undefined
    if (ending.type === 'done') {
      this.#ondone()
      return
    }
    const ran = performance.now() - this.#startedAt
    if (this.#admitted === 1 && ran < (this.#parts.stillborn ?? 0)) {
      this.#onfailed(badProgram(`${ending.reason}.`))
      return
    }
    this.#parts.log.error(`crashed: ${ending.reason}`)
    void this.#inTurn(() => this.#restart())
  }

  // A reload may have been faster.
  async #restart(): Promise<void> {
    if (this.#host !== undefined) return
    await this.#detach()
    let ran = performance.now() - this.#startedAt
    while (!this.#stopped && this.#host === undefined) {
      await this.#pause(this.#backoff.next(ran))
      ran = 0
      if (this.#stopped) return
      const host = await this.#tryLoad('it does not run')
      if (host !== undefined) this.#admit(host)
    }
  }

  async #pause(millis: number): Promise<void> {
    this.#parts.log.info(`starting again in ${millis / 1000} s`)
    await new Promise<void>(resolve => {
      const timer = setTimeout(resolve, millis)
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  async #tryLoad(what: string): Promise<Host | undefined> {
    try {
      return await this.#parts.load()
    } catch (thrown) {
      this.#parts.log.error(`${what}: ${messageOf(thrown)}`)
      return undefined
    }
  }

  #inTurn(job: () => Promise<void>): Promise<void> {
    this.#work = this.#work.then(job).catch(thrown => this.#parts.log.error(messageOf(thrown)))
    return this.#work
  }
}
