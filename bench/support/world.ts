import { randomBytes } from 'node:crypto'
import type { Address } from '../../src/swarm/dht/types.js'
import type { DhtApi } from '../child/dht.js'
import type { PeersApi } from '../child/peers.js'
import { Remote } from './remote.js'

/** DHT nodes of the local test network. */
export const DHT_NODES = 200

/** A process that holds peers. */
export type Host = Remote<PeersApi>

/** The local test network, and processes that hold peers. All of it ends with `close`. */
export class World {
  readonly bootstrap: readonly Address[]
  readonly #dht: Remote<DhtApi>
  readonly #hosts: Host[] = []
  #delay = 0
  #groups = 0

  static async open(nodes = DHT_NODES): Promise<World> {
    const dht = new Remote<DhtApi>('dht.ts')
    return new World(dht, await dht.call('start', nodes))
  }

  private constructor(dht: Remote<DhtApi>, bootstrap: readonly Address[]) {
    this.#dht = dht
    this.bootstrap = bootstrap
  }

  /** So many processes, started when they are first asked for and shared by all sections. */
  async hosts(count: number): Promise<Host[]> {
    const missing = Math.max(0, count - this.#hosts.length)
    const fresh = await Promise.all(Array.from({ length: missing }, () => this.host()))
    this.#hosts.push(...fresh)
    return this.#hosts.slice(0, count)
  }

  /** A process of its own, for its maker to kill. */
  async host(): Promise<Host> {
    const host: Host = new Remote<PeersApi>('peers.ts')
    await host.call('setBootstrap', this.bootstrap)
    await host.call('setDelay', this.#delay)
    return host
  }

  /** From now on every datagram takes so long, one way. */
  async setDelay(millis: number): Promise<void> {
    this.#delay = millis
    const all = [this.#dht.call('setDelay', millis)]
    for (const host of this.#hosts) all.push(host.call('setDelay', millis))
    await Promise.all(all)
  }

  /** A number that no group has yet. */
  newGroup(): number {
    return this.#groups++
  }

  async close(): Promise<void> {
    await Promise.all([this.#dht, ...this.#hosts].map(remote => remote.kill()))
  }
}

/** A topic that nobody has joined, in hex digits. */
export const newTopic = (): string => randomBytes(32).toString('hex')
