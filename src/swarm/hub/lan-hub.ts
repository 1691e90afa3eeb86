import { EventEmitter } from 'node:events'
import { backoff } from '../../async/backoff.js'
import { sleep } from '../../async/sleep.js'
import { codeOf, type SwarmchatError } from '../../base/errors.js'
import type { Millis } from '../../base/time.js'
import { errorOf, explainDhtError } from '../dht/dht-errors.js'
import { findHub, portTaken } from './hub-client.js'
import { type Home, openHub } from './hub-server.js'
import { type LanAddress, neighbourOf } from './lan-address.js'
import { Beacon } from './lan-beacon.js'
import type { Sighting } from './lan-records.js'
import type { OpenMdns } from './mdns.js'

/** What an election tells. */
export type LanHubEvents = {
  /** There is a hub, here or at a neighbour's; we are reached at this address of ours. */
  home: [home: Home, own: string]
  /** There is no hub, and we cannot be it; tried again by itself. */
  problem: [problem: SwarmchatError]
}

/** What a {@link LanHub} works with. */
export interface LanHubOptions {
  /** TCP and UDP port of the hub. */
  readonly port: number
  /** Our addresses on local networks as they are now, best first. */
  readonly addresses: () => readonly LanAddress[]
  readonly openMdns: OpenMdns
}

/** So long a hub is searched for before we are it, and a random part more. Guess: an answer takes 100 ms and a bit. */
const SEARCH_MILLIS: Millis = 400
const SEARCH_SPREAD_MILLIS: Millis = 300
/** Our own addresses are looked at this often. */
const LOOK_MILLIS: Millis = 2_000
/** Between two signs of life of a hub. Guess: a hub that was cut off is followed in 5 s. */
const HEARTBEAT_MILLIS: Millis = 1_500
/** Pauses after a failure, at most. */
const LONGEST_PAUSE_MILLIS: Millis = 10_000

/** NO_LAN: this machine has no private address. A state, not thrown. */
export const noLan = (): SwarmchatError =>
  errorOf('NO_LAN', { sentence: 'offline: this machine is on no local network' })

/**
 * Finds the hub of the local network or becomes it, again and again until closed. There is no vote: who hears of no hub
 * becomes one, and of two that hear of each other the one with the smaller random name stays.
 */
export class LanHub extends EventEmitter<LanHubEvents> {
  readonly #options: LanHubOptions
  readonly #closing = new AbortController()
  #beacon: Beacon | undefined
  #home: Home | undefined
  #shutOut: string | undefined
  #failures = 0
  readonly #running: Promise<void>

  constructor(options: LanHubOptions) {
    super()
    this.#options = options
    this.#running = this.#run()
  }

  /** Where we are at home now. */
  get home(): Home | undefined {
    return this.#home
  }

  /** Where a neighbour told of a hub that did not let us in, as behind a firewall; undefined where all is well. */
  get shutOut(): string | undefined {
    return this.#shutOut
  }

  /** Leaves; where this process ran the hub, another takes its place. */
  async close(): Promise<void> {
    this.#closing.abort()
    await this.#running
    await this.#beacon?.close()
  }

  async #run(): Promise<void> {
    // Whoever is to hear of a problem listens from the next turn on.
    await new Promise(setImmediate)
    let next: Home | undefined
    while (!this.#closing.signal.aborted) {
      const home = next ?? (await this.#settle())
      next = undefined
      if (home === undefined) await this.#pauseAfterFailure()
      else next = await this.#stay(home)
    }
    await next?.leave()
  }

  async #settle(): Promise<Home | undefined> {
    const lans = this.#options.addresses()
    if (lans.length === 0) return this.#complain(noLan())
    const beacon = await this.#tune(lans)
    const here = await this.#joinFirst(lans)
    this.#shutOut = undefined
    if (here !== undefined) return here
    const millis = SEARCH_MILLIS + Math.random() * SEARCH_SPREAD_MILLIS
    const heard = await beacon.search(millis, this.#closing.signal)
    if (this.#closing.signal.aborted) return undefined
    const there = await this.#joinFirst(heard)
    if (there === undefined) this.#shutOut = heard[0]?.host
    return there ?? this.#open(lans)
  }

  // Multicast goes to the networks that we were on when it began: elsewhere it is to begin anew.
  async #tune(lans: readonly LanAddress[]): Promise<Beacon> {
    if (this.#beacon !== undefined && same(this.#beacon.lans, lans)) return this.#beacon
    await this.#beacon?.close()
    const { openMdns, port } = this.#options
    this.#beacon = new Beacon({ port, lans, open: openMdns })
    return this.#beacon
  }

  async #joinFirst(places: readonly { readonly host: string }[]): Promise<Home | undefined> {
    for (const { host } of places) {
      const home = await this.#join(host)
      if (home !== undefined) return home
    }
    return undefined
  }

  // Whoever is no hub after all is passed over: an announcement proves nothing.
  #join(host: string): Promise<Home | undefined> {
    return findHub(this.#place(host), this.#closing.signal).catch(() => undefined)
  }

  async #open(lans: readonly LanAddress[]): Promise<Home | undefined> {
    const [{ host } = { host: '' }] = lans
    try {
      return await openHub(this.#place(host))
    } catch (thrown) {
      // Another process of this machine may have been faster: the next round finds it.
      this.#failures += 1
      if (this.#failures === 1) return undefined
      const taken = codeOf(thrown) === 'EADDRINUSE'
      const problem = taken ? portTaken(this.#options.port, thrown, host) : explainDhtError(thrown)
      return this.#complain(problem)
    }
  }

  #place(host: string) {
    return { host, port: this.#options.port, heartbeat: HEARTBEAT_MILLIS }
  }

  #complain(problem: SwarmchatError): undefined {
    if (!this.#closing.signal.aborted) this.emit('problem', problem)
  }

  async #pauseAfterFailure(): Promise<void> {
    const none = this.#options.addresses().length === 0
    const wait = none ? LOOK_MILLIS : backoff(this.#failures, 20, LONGEST_PAUSE_MILLIS)
    await sleep(wait, this.#closing.signal)
  }

  // Gives the home to move to, where it is known.
  async #stay(home: Home): Promise<Home | undefined> {
    const lans = this.#options.addresses()
    const own = neighbourOf(home.host, lans)?.host
    if (this.#closing.signal.aborted || own === undefined) return home.leave().then(() => undefined)
    this.#home = home
    this.#failures = 0
    this.emit('home', home, own)
    const leaving = new AbortController()
    const next = await this.#untilOver(home, lans, leaving)
    this.#home = undefined
    await home.leave()
    return next
  }

  async #untilOver(home: Home, lans: readonly LanAddress[], leaving: AbortController) {
    const stop = () => leaving.abort()
    this.#closing.signal.addEventListener('abort', stop)
    const { signal } = leaving
    const rival = home.own ? this.#serve(home, signal) : never()
    const next = await Promise.race([
      home.gone,
      fired(signal),
      this.#moved(home, lans, signal),
      rival
    ])
    this.#closing.signal.removeEventListener('abort', stop)
    stop()
    return next ?? undefined
  }

  // Resolves when we are no longer where this home is, or could run the hub at a better place.
  async #moved(home: Home, before: readonly LanAddress[], signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await sleep(LOOK_MILLIS, signal)
      const lans = this.#options.addresses()
      if (neighbourOf(home.host, lans) === undefined) return
      if (home.own && lans[0]?.host !== before[0]?.host) return
    }
  }

  // Resolves with the hub that ours makes way for.
  #serve(home: Home, signal: AbortSignal): Promise<Home> {
    return new Promise(resolve => {
      let looking = false
      const onrival = async (rival: Sighting) => {
        if (looking) return
        looking = true
        const found = await this.#betterThan(home, rival, signal)
        looking = false
        if (found !== undefined) resolve(found)
      }
      const { generation, host } = home
      const { port } = this.#options
      void this.#beacon?.serve({ generation, host, port }, rival => void onrival(rival), signal)
    })
  }

  // What a hub says itself is what counts, not what was announced of it.
  async #betterThan(home: Home, rival: Sighting, signal: AbortSignal): Promise<Home | undefined> {
    if (rival.generation >= home.generation) return undefined
    const found = await this.#join(rival.host)
    this.#shutOut = found === undefined ? rival.host : undefined
    if (found === undefined) return undefined
    if (found.generation < home.generation && !signal.aborted) return found
    await found.leave()
    return undefined
  }
}

function same(before: readonly LanAddress[], now: readonly LanAddress[]): boolean {
  return before.map(({ cidr }) => cidr).join() === now.map(({ cidr }) => cidr).join()
}

function fired(signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

function never(): Promise<never> {
  return new Promise(() => {})
}
