import type { KeyPair } from '../../src/base/crypto.js'
import type { SecretStream } from '../../src/swarm/dht/stream-types.js'
import type { DhtNode } from '../../src/swarm/dht/types.js'
import { now } from '../support/clock.js'
import { type Contestant, createContestant, isResting, type Side } from './contestant.js'

/** A connection came or went, as this peer saw it. */
export interface LinkEvent {
  readonly at: number
  readonly peer: string
  readonly up: boolean
}

/** A call of the node's `connect`. */
export interface DialEvent {
  readonly at: number
  readonly peer: string
}

/** What a peer saw. */
export interface PeerLog {
  readonly key: string
  readonly joinedAt: number
  readonly links: readonly LinkEvent[]
  readonly dials: readonly DialEvent[]
}

/** One of the two contestants, and a log of what it does. */
export class Peer {
  readonly swarm: Contestant
  readonly #links: LinkEvent[] = []
  readonly #dials: DialEvent[] = []
  #joinedAt = Number.NaN
  #flushed = false
  #session: { flushed(): Promise<boolean> } | undefined

  constructor(side: Side, node: DhtNode, keyPair?: KeyPair) {
    this.#countDials(node)
    this.swarm = createContestant(side, node, keyPair)
    this.swarm.on('connection', stream => this.#onConnection(stream))
  }

  get log(): PeerLog {
    const key = hex(this.swarm.keyPair.publicKey)
    return { key, joinedAt: this.#joinedAt, links: this.#links, dials: this.#dials }
  }

  /** How many peers it is connected to. */
  get degree(): number {
    return new Set([...this.swarm.connections].map(stream => hex(stream.remotePublicKey))).size
  }

  /** True where it has looked up and dialled all that it will in the next minutes. */
  get resting(): boolean {
    return this.#flushed && isResting(this.swarm)
  }

  join(topic: Uint8Array): void {
    this.#joinedAt = now()
    this.#session = this.swarm.join(topic)
    void this.flushed().then(() => {
      this.#flushed = true
    })
  }

  async flushed(): Promise<void> {
    await this.#session?.flushed()
  }

  #onConnection(stream: SecretStream): void {
    const peer = hex(stream.remotePublicKey)
    this.#links.push({ at: now(), peer, up: true })
    stream.on('error', () => {})
    stream.on('data', () => {})
    // As programs do. Hyperswarm takes a connection that has carried nothing for one that is still being made.
    stream.write('hello')
    stream.on('close', () => this.#links.push({ at: now(), peer, up: false }))
  }

  #countDials(node: DhtNode): void {
    const { connect } = node
    const note = (publicKey: Uint8Array) => this.#dials.push({ at: now(), peer: hex(publicKey) })
    // Called on the node, or on a view of it.
    node.connect = function (publicKey, options) {
      note(publicKey)
      return connect.call(this, publicKey, options)
    }
  }
}

export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
