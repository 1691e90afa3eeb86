import { idFromBytes, type Topic } from '../base/ids.js'
import type { Random } from '../base/random.js'
import type { DiscoveryContext } from './discovery-context.js'
import type { PeerInfo } from './peers/peer-info.js'
import { SwarmTopic } from './swarm-topic.js'
import type { JoinOptions, TopicSession } from './topic-session.js'

/** The topics that a swarm has joined. */
export class Topics {
  // BOUNDED: by the owner, who joins them.
  readonly #topics = new Map<Topic, SwarmTopic>()
  readonly #contextsOf: (topic: Uint8Array) => readonly DiscoveryContext[]
  readonly #random: Random

  /** `contextsOf`: what a topic is discovered with, one per network. */
  constructor(contextsOf: (topic: Uint8Array) => readonly DiscoveryContext[], random: Random) {
    this.#contextsOf = contextsOf
    this.#random = random
  }

  get(name: Topic): SwarmTopic | undefined {
    return this.#topics.get(name)
  }

  values(): IterableIterator<SwarmTopic> {
    return this.#topics.values()
  }

  /** One more join of this topic. */
  join(name: Topic, topic: Uint8Array, options: JoinOptions): TopicSession {
    const joined = this.#topics.get(name) ?? this.#begin(name, topic)
    return joined.session(options)
  }

  /** This peer has died without a word: looks up what it was found under. */
  died(peer: PeerInfo): void {
    for (const topic of peer.topics) this.#topics.get(idFromBytes<Topic>(topic))?.lookUpSoon()
  }

  /** Ends when every topic was looked up once on the first network that could. */
  async flushed(): Promise<void> {
    await Promise.all([...this.values()].map(topic => topic.flushed()))
  }

  /** Takes all announcements back until {@link resume}. Never rejects. */
  async suspend(): Promise<void> {
    await Promise.all([...this.values()].map(topic => topic.suspend()))
  }

  resume(): void {
    for (const topic of this.values()) topic.resume()
  }

  /** Leaves all. Never rejects. */
  async destroy(): Promise<void> {
    await Promise.all([...this.values()].map(topic => topic.destroy()))
  }

  #begin(name: Topic, topic: Uint8Array): SwarmTopic {
    const forget = () => this.#topics.delete(name)
    const joined = new SwarmTopic(topic, this.#contextsOf(topic), forget, this.#random)
    this.#topics.set(name, joined)
    return joined
  }
}
