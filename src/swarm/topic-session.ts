import { aBoolean, type Checks, checkOptions, numberFrom } from '../base/options.js'
import type { LookupSample } from './discovery-context.js'

/** How a topic is joined. */
export interface JoinOptions {
  /** Announce ourselves: others find us. Default true. */
  server?: boolean
  /** Look others up: we find them. Default true. */
  client?: boolean
  /** Most peers to take from each round of lookups. Default: all. */
  limit?: number
}

const CHECKS: Checks<JoinOptions> = { server: aBoolean, client: aBoolean, limit: numberFrom(0) }

/** Throws BAD_OPTION. */
export function checkJoinOptions(options: JoinOptions): void {
  checkOptions('Swarm.join', options, CHECKS)
}

/** The topic that sessions share, as they see it. */
export interface SharedTopic {
  /** 32 bytes. */
  readonly topic: Uint8Array
  flushed(): Promise<void>
  refresh(): Promise<void>
  lookup(): Promise<LookupSample | undefined>
  /** This session is over; with the last one the topic is left. */
  end(session: TopicSession): Promise<void>
}

/** One join of a topic; the topic is left when all of its sessions are destroyed. Hyperswarm's discovery object. */
export class TopicSession {
  readonly #topic: SharedTopic
  #isServer = false
  #isClient = false
  #limit = Number.POSITIVE_INFINITY
  #destroyed: Promise<void> | undefined

  /** Made by `Swarm.join`. */
  constructor(topic: SharedTopic) {
    this.#topic = topic
  }

  /** The 32 bytes that were joined. */
  get topic(): Uint8Array {
    return this.#topic.topic
  }

  get isServer(): boolean {
    return this.#isServer
  }

  get isClient(): boolean {
    return this.#isClient
  }

  get limit(): number {
    return this.#limit
  }

  get destroyed(): boolean {
    return this.#destroyed !== undefined
  }

  /**
   * Ends when the topic was looked up (and announced) on the first network that could: on the others it goes on. True,
   * unless the session was destroyed before.
   */
  async flushed(): Promise<boolean> {
    await this.#topic.flushed()
    return !this.destroyed
  }

  /**
   * Changes what this session does where told, and looks up and announces again now. Ends when that went through on the
   * first network that could. True, unless the session was destroyed before.
   */
  async refresh(options: JoinOptions = {}): Promise<boolean> {
    checkJoinOptions(options)
    if (this.destroyed) return false
    this.#isServer = options.server ?? this.#isServer
    this.#isClient = options.client ?? this.#isClient
    this.#limit = options.limit ?? this.#limit
    await this.#topic.refresh()
    return !this.destroyed
  }

  /**
   * Looks up once, now, on all networks; ends when all have answered. Gives the keys that were named
   * (a random sample of many); undefined if nobody answered. Never rejects.
   */
  lookup(): Promise<LookupSample | undefined> {
    return this.#topic.lookup()
  }

  /** Ends this session; the last one takes the announcement back. Never rejects. */
  destroy(): Promise<void> {
    this.#destroyed ??= this.#topic.end(this)
    return this.#destroyed
  }
}
