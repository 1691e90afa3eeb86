import { EventEmitter } from 'node:events'
import { backoff } from '../../async/backoff.js'
import { sleep } from '../../async/sleep.js'
import { codeOf, SwarmchatError } from '../../base/errors.js'
import { errorOf, explainDhtError } from '../dht/dht-errors.js'
import { hasLoopback } from '../networks/addresses.js'
import { findHub, portTaken } from './hub-client.js'
import { type Home, openHub } from './hub-server.js'

/** What an election tells. */
export type LocalHubEvents = {
  /** There is a hub, in this process or in another; a new generation for every new hub. */
  home: [home: Home]
  /** The hub is gone; the next 'home' is a matter of milliseconds. */
  lost: []
  /** There is no hub and this process cannot be it; tried again, with growing pauses of up to 5 s. */
  problem: [problem: SwarmchatError]
}

/** What comes of a connection to a hub that is just ending. */
const ENDED: ReadonlySet<string> = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE'])
/** So many attempts may end like that in a row. Guess. */
const PATIENCE = 8

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
  readonly #hasLoopback: () => boolean
  #home: Home | undefined
  #failures = 0
  readonly #running: Promise<void>

  /** `loopback`: whether this machine has one; default: ask the system. */
  constructor(port: number, loopback: () => boolean = hasLoopback) {
    super()
    this.port = port
    this.#hasLoopback = loopback
    this.#running = this.#run()
  }

  /** Where we are at home now; undefined while there is no hub. */
  get home(): Home | undefined {
    return this.#home
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
    if (!this.#hasLoopback()) return this.#complain(errorOf('NO_LOOPBACK'))
    try {
      return await openHub({ port: this.port })
    } catch (thrown) {
      if (codeOf(thrown) !== 'EADDRINUSE') return this.#complain(explainDhtError(thrown))
      return await findHub({ port: this.port }, this.#closing.signal).catch(failure =>
        this.#complain(failure)
      )
    }
  }

  // A hub that hung up or refused has just ended, and is followed: that is worth telling only where it goes on and on.
  #complain(thrown: unknown): undefined {
    this.#failures += 1
    if (this.#closing.signal.aborted) return
    if (thrown instanceof SwarmchatError) this.emit('problem', thrown)
    else if (!ENDED.has(codeOf(thrown) ?? '')) this.emit('problem', explainDhtError(thrown))
    else if (this.#failures > PATIENCE) this.emit('problem', portTaken(this.port, thrown))
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
