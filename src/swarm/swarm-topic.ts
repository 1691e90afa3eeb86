import type { Random } from '../base/random.js'
import type { Millis } from '../base/time.js'
import { unlessFault } from './dht/dht-errors.js'
import { TopicDiscovery } from './discovery.js'
import type { DiscoveryContext, LookupSample } from './discovery-context.js'
import type { Network } from './networks/network.js'
import { unlessOffline } from './networks/until-offline.js'
import { type JoinOptions, type SharedTopic, TopicSession } from './topic-session.js'

/** Somebody has died: others are looked for after so long, and a random part as much more. Guess: time to start anew. */
const DEATH_MILLIS: Millis = 1_000
/** ... and not before so long after the last time. Guess: however many die, that is no burden to the DHT. */
const DEATHS_APART_MILLIS: Millis = 15_000

/** A joined topic, on all networks of the swarm: does what its sessions want taken together. */
export class SwarmTopic implements SharedTopic {
  readonly topic: Uint8Array
  // BOUNDED: one per network, in the order of #networks.
  readonly #discoveries: readonly TopicDiscovery[]
  readonly #networks: readonly Network[]
  // BOUNDED: by the owner, who joins.
  readonly #sessions = new Set<TopicSession>()
  readonly #onDestroy: () => void
  readonly #random: Random
  #soon: NodeJS.Timeout | undefined
  #lookedAt: Millis = Number.NEGATIVE_INFINITY
  #destroyed: Promise<void> | undefined

  /** Made by `Swarm.join`. */
  constructor(
    topic: Uint8Array,
    contexts: readonly DiscoveryContext[],
    onDestroy: () => void,
    random: Random = Math.random
  ) {
    this.#random = random
    this.topic = topic
    this.#discoveries = contexts.map(context => new TopicDiscovery(context))
    this.#networks = contexts.map(({ network }) => network)
    this.#onDestroy = onDestroy
  }

  get isServer(): boolean {
    return [...this.#sessions].some(session => session.isServer)
  }

  get isClient(): boolean {
    return [...this.#sessions].some(session => session.isClient)
  }

  /** One more join of this topic. */
  session({ server = true, client = true, ...rest }: JoinOptions): TopicSession {
    const session = new TopicSession(this)
    this.#sessions.add(session)
    void session.refresh({ server, client, ...rest })
    return session
  }

  /** Ends when the topic was looked up (and announced) on the first network that could, or left. */
  async flushed(): Promise<void> {
    await Promise.race(this.#discoveries.map(discovery => discovery.flushed()))
  }

  /**
   * Looks up and announces now as the sessions want it, and a few times more soon. Ends when that went through on the first
   * network that could, or the topic was left.
   */
  async refresh(): Promise<void> {
    this.#update()
    await Promise.race(this.#discoveries.map(discovery => discovery.refresh()))
  }

  /**
   * Looks up once, now, on all networks; ends when all have answered or are offline. Gives whom they
   * named; undefined if nobody answered. Never rejects.
   */
  async lookup(): Promise<LookupSample | undefined> {
    // BOUNDED: one per network.
    const samples: LookupSample[] = []
    const lookups = this.#discoveries.map((discovery, i) => {
      const network = this.#networks[i]
      const add = (named: LookupSample | undefined) => void (named && samples.push(named))
      const looked = discovery.lookup().then(add, unlessFault)
      return network === undefined ? looked : unlessOffline(network, looked)
    })
    await Promise.all(lookups)
    return samples.length === 0 ? undefined : new Set(samples.flatMap(named => [...named]))
  }

  /**
   * Somebody who was connected has died without a word: a program that was started anew may have another key. Looks up
   * once, in a second or two, and seldom.
   */
  lookUpSoon(): void {
    if (this.#soon !== undefined || this.#destroyed !== undefined) return
    const soon = DEATH_MILLIS * (1 + this.#random())
    const earliest = this.#lookedAt + DEATHS_APART_MILLIS - performance.now()
    const look = () => {
      this.#soon = undefined
      this.#lookedAt = performance.now()
      void this.lookup()
    }
    this.#soon = setTimeout(look, Math.max(soon, earliest))
  }

  /** Takes the announcement back and does nothing more until {@link resume}. Never rejects. */
  async suspend(): Promise<void> {
    this.#forgetSoon()
    await Promise.all(this.#discoveries.map(discovery => discovery.suspend()))
  }

  resume(): void {
    for (const discovery of this.#discoveries) discovery.resume()
  }

  /** A session ended; with the last one the topic is left. */
  async end(session: TopicSession): Promise<void> {
    this.#sessions.delete(session)
    if (this.#sessions.size === 0) await this.destroy()
    else await Promise.all(this.#update().map(discovery => this.#resettle(discovery)))
  }

  async #resettle(discovery: TopicDiscovery): Promise<void> {
    void discovery.refresh()
    await discovery.settled()
  }

  // Those for which what the sessions want is something else now.
  #update(): TopicDiscovery[] {
    const limits = [...this.#sessions].filter(s => s.isClient).map(s => s.limit)
    const limit = limits.reduce((most, one) => Math.max(most, one), 0)
    const mode = { server: this.isServer, client: this.isClient, limit }
    return this.#discoveries.filter(discovery => discovery.setMode(mode))
  }

  /** Leaves the topic, whatever its sessions: takes the announcement back. Never rejects. */
  destroy(): Promise<void> {
    this.#destroyed ??= this.#destroy()
    return this.#destroyed
  }

  #forgetSoon(): void {
    clearTimeout(this.#soon)
    this.#soon = undefined
  }

  async #destroy(): Promise<void> {
    this.#forgetSoon()
    this.#onDestroy()
    await Promise.all([...this.#sessions].map(session => session.destroy()))
    await Promise.all(this.#discoveries.map(discovery => discovery.stop()))
  }
}
