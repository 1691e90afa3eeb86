import b4a from 'b4a'
import Hyperswarm from 'hyperswarm'
import type { KeyPair } from '../../src/base/crypto.js'
import { keyPair } from '../../src/swarm/dht/nodes.js'
import type { SecretStream } from '../../src/swarm/dht/stream-types.js'
import type { DhtNode } from '../../src/swarm/dht/types.js'
import { now, sleep } from '../support/clock.js'
import { Flooder } from '../support/flooder.js'
import type { Chatter, ChatterOptions, Tally } from './chatter.js'
import { createNode } from './contestant.js'

/** More than anybody has here; 64 by default. */
const MAX_PEERS = 1_024
/** Longest wait for its dials. */
const MEET_MILLIS = 10_000
const POLL_MILLIS = 50

interface Mesh {
  readonly connections: ReadonlySet<SecretStream>
  on(event: 'connection', listener: (stream: SecretStream) => void): void
  listen(): Promise<void>
  joinPeer(publicKey: Uint8Array): void
}

/** A member of a flood over a full mesh of Hyperswarm: see {@link Flooder}. */
export class FloodChatter implements Chatter {
  readonly node: DhtNode
  readonly key: string
  readonly tally: Tally
  readonly #keyPair: KeyPair = keyPair()
  readonly #swarm: Mesh
  readonly #flooder: Flooder

  constructor({ bootstrap, ondelivered }: ChatterOptions) {
    this.node = createNode(bootstrap, 'open')
    this.#flooder = new Flooder(this.#keyPair, ondelivered)
    this.tally = this.#flooder.tally
    this.key = b4a.toString(this.#keyPair.publicKey, 'hex')
    this.#swarm = new Hyperswarm({ dht: this.node, keyPair: this.#keyPair, maxPeers: MAX_PEERS })
    this.#swarm.on('connection', stream => this.#flooder.attach(stream))
  }

  get connections(): number {
    return this.#swarm.connections.size
  }

  listen(): Promise<void> {
    return this.#swarm.listen()
  }

  /** One dial per pair: the smaller key's. */
  async meet(keys: readonly string[]): Promise<void> {
    const larger = keys.filter(key => key > this.key)
    const end = now() + MEET_MILLIS
    while (now() < end) {
      const missing = larger.filter(key => !this.#isConnectedTo(key))
      if (missing.length === 0) return
      // Asked again, it dials those again that it had given up.
      for (const key of missing) this.#swarm.joinPeer(b4a.from(key, 'hex'))
      await sleep(POLL_MILLIS)
    }
  }

  complete(members: number): boolean {
    return this.connections >= members - 1
  }

  say(text: string): void {
    this.#flooder.say(text)
  }

  #isConnectedTo(key: string): boolean {
    return [...this.#swarm.connections].some(
      ({ remotePublicKey }) => b4a.toString(remotePublicKey, 'hex') === key
    )
  }
}
