import { EventEmitter } from 'node:events'
import { backoff } from '../../async/backoff.js'
import { sleep } from '../../async/sleep.js'
import { codeOf, SwarmchatError } from '../../base/errors.js'
import { findHub, hubProblem, portTaken } from './hub-client.js'
import { type Home, openHub } from './hub-server.js'
import { hasLoopback, noLoopback } from './loopback.js'

/** What an election tells. */
export type LocalHubEvents = {
  /** There is a hub, in this process or in another; a new generation for every new hub. */
  home: [home: Home]
  /** The hub is gone; the next 'home' is a matter of milliseconds. */
  lost: []
  /** There is no hub and this process cannot be it; tried again, with growing pauses of up to 5 s. */
  problem: [problem: SwarmchatError]
}

/** When the hub ends, everybody waits at most this many milliseconds before trying to follow it. */
const SUCCESSION_JITTER = 10

/**
 * Finds the hub of this machine's local network or becomes it, again and again until closed. There is no vote and no
 * polling: whoever the kernel lets listen on the TCP port is the hub, and the closing of the hub's sockets, which the
 * kernel does for a killed process too, starts the next round.
 */
export class LocalHub extends EventEmitter<LocalHubEvents> {
  readonly port: number
  readonly #closing = new AbortController()
  #home: Home | undefined
  #failures = 0
  readonly #running: Promise<void>

  constructor(port: number) {
    super()
    this.port = port
    this.#running = this.#run()
  }

  /** True while there is a hub. */
  get settled(): boolean {
    return this.#home !== undefined
  }

  /** True while this process is the hub. */
  get hosting(): boolean {
    return this.#home?.own === true
  }

  /** Leaves; where this process ran the hub, another takes its place. */
  async close(): Promise<void> {
    this.#closing.abort()
    await this.#home?.leave()
    await this.#running
  }

  async #run(): Promise<void> {
    while (!this.#closing.signal.aborted) {
      const home = await this.#settle()
      if (home === undefined) await this.#pauseAfterFailure()
      else await this.#stay(home)
    }
  }

  async #settle(): Promise<Home | undefined> {
    if (!hasLoopback()) return this.#complain(noLoopback())
    try {
      return await openHub({ port: this.port })
    } catch (error) {
      if (codeOf(error) !== 'EADDRINUSE') return this.#complain(hubProblem(this.port, error))
      return await findHub({ port: this.port }, this.#closing.signal).catch(thrown =>
        this.#complain(thrown)
      )
    }
  }

  // Only a stranger's port is worth telling: a hub that hung up or refused has just ended, and is followed.
  #complain(thrown: unknown): undefined {
    this.#failures += 1
    if (this.#closing.signal.aborted) return
    if (thrown instanceof SwarmchatError) this.emit('problem', thrown)
    else if (this.#failures > 8) this.emit('problem', portTaken(this.port, thrown))
  }

  async #pauseAfterFailure(): Promise<void> {
    await sleep(backoff(this.#failures, SUCCESSION_JITTER, 5000), this.#closing.signal)
  }

  async #stay(home: Home): Promise<void> {
    if (this.#closing.signal.aborted) return home.leave()
    this.#home = home
    this.#failures = 0
    this.emit('home', home)
    await home.gone
    this.#home = undefined
    if (this.#closing.signal.aborted) return
    this.emit('lost')
    await sleep(Math.random() * SUCCESSION_JITTER, this.#closing.signal)
  }
}
