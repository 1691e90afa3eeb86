import { type DiscoveryContext, TopicDiscovery } from './discovery.js'
import type { Network } from './networks/network.js'
import { unlessOffline } from './networks/until-offline.js'
import type { Swarm } from './swarm.js'
import { type JoinOptions, TopicSession } from './topic-session.js'

/** A joined topic, on all networks of the swarm: does what its sessions want taken together. */
export class SwarmTopic {
  readonly swarm: Swarm
  readonly topic: Uint8Array
  // BOUNDED: one per network, in the order of #networks.
  readonly #discoveries: readonly TopicDiscovery[]
  readonly #networks: readonly Network[]
  // BOUNDED: by the owner, who joins.
  readonly #sessions = new Set<TopicSession>()
  readonly #onDestroy: () => void
  #destroyed: Promise<void> | undefined

  /** Made by `Swarm.join`. */
  constructor(
    swarm: Swarm,
    topic: Uint8Array,
    contexts: readonly DiscoveryContext[],
    onDestroy: () => void
  ) {
    this.swarm = swarm
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

  /** What the sessions want has changed; true where that made the topic look up and announce again. */
  update(): boolean {
    const limit = Math.max(0, ...[...this.#sessions].filter(s => s.isClient).map(s => s.limit))
    const mode = { server: this.isServer, client: this.isClient, limit }
    return this.#discoveries.map(discovery => discovery.setMode(mode)).includes(true)
  }

  /** Looks up and announces again now, and a few times more soon. */
  refresh(): void {
    for (const discovery of this.#discoveries) discovery.refresh()
  }

  /** Looks up once, now, on all networks; ends when all have answered or are offline. Never rejects. */
  async lookup(): Promise<void> {
    const lookups = this.#discoveries.map(async (discovery, i) => {
      const network = this.#networks[i]
      if (network !== undefined) await unlessOffline(network, discovery.lookup())
    })
    await Promise.allSettled(lookups)
  }

  /** Takes the announcement back and does nothing more until {@link resume}. Never rejects. */
  async suspend(): Promise<void> {
    await Promise.all(this.#discoveries.map(discovery => discovery.suspend()))
  }

  resume(): void {
    for (const discovery of this.#discoveries) discovery.resume()
  }

  /** A session ended; with the last one the topic is left. */
  async end(session: TopicSession): Promise<void> {
    this.#sessions.delete(session)
    if (this.#sessions.size === 0) await this.destroy()
    else if (this.update()) await Promise.all(this.#discoveries.map(d => d.settled()))
  }

  /** Leaves the topic, whatever its sessions: takes the announcement back. Never rejects. */
  destroy(): Promise<void> {
    this.#destroyed ??= this.#destroy()
    return this.#destroyed
  }

  async #destroy(): Promise<void> {
    this.#onDestroy()
    await Promise.all([...this.#sessions].map(session => session.destroy()))
    await Promise.all(this.#discoveries.map(discovery => discovery.stop()))
  }
}
