import type { KeyPair } from '../base/crypto.js'
import { unlessFault } from './dht/dht-errors.js'
import { announceWhen } from './dht/private-parts.js'
import type { Address, LookupReply, Query, QueryOptions } from './dht/types.js'
import type { Listener } from './listener.js'
import type { Network } from './networks/network.js'

/** What an {@link Announcement} works with. */
export interface AnnouncementContext {
  readonly topic: Uint8Array
  readonly network: Network
  readonly keyPair: KeyPair
  readonly listener: Listener
}

/** Our own record of one topic in one network's DHT: put there, put there anew, and taken back. */
export class Announcement {
  readonly #context: AnnouncementContext
  readonly #isWanted: () => boolean
  /** True from the first attempt on: then there may be something to take back. */
  #made = false
  /** Where the record says that we are. */
  #place = ''

  /**
   * `isWanted`: false from when on nothing more may be announced, for it would not be taken back.
   */
  constructor(context: AnnouncementContext, isWanted: () => boolean) {
    this.#context = context
    this.#isWanted = isWanted
  }

  /** Listens beforehand if that takes as long as the walk; if we are open, there is no hurry. */
  prepare(): void {
    const { listener } = this.#context
    if (!listener.open) listener.listen().catch(unlessFault)
  }

  /** A walk that looks up and announces; when it has ended, {@link landed} is to be called. */
  begin(options: QueryOptions): Query<LookupReply> {
    const { keyPair, listener, network, topic } = this.#context
    // A fresh record is not updated by announcing again.
    const clear = this.#made && listener.place !== this.#place
    this.#made = true
    const where = () => this.#whereabouts()
    return announceWhen(network.dht, topic, keyPair, where, { ...options, clear })
  }

  /** The record is where it should be. */
  landed(): void {
    this.#place = this.#context.listener.place
  }

  /**
   * Takes the record back if there may be one. Rejects if the node is closed, or nobody answers.
   */
  async takeBack(): Promise<void> {
    if (!this.#made) return
    this.#made = false
    const { keyPair, network, topic } = this.#context
    await network.dht.unannounce(topic, keyPair)
  }

  async #whereabouts(): Promise<readonly Address[]> {
    const whereabouts = await this.#context.listener.whereabouts()
    if (!this.#isWanted()) throw new Error('stopped')
    return whereabouts
  }
}
