import { randomBytes } from 'node:crypto'
import b4a from 'b4a'
import Hyperswarm from 'hyperswarm'
import { domain, hash, type KeyPair, sign, verify } from '../../src/base/crypto.js'
import { keyPair } from '../../src/swarm/dht/nodes.js'
import type { SecretStream } from '../../src/swarm/dht/stream-types.js'
import type { DhtNode } from '../../src/swarm/dht/types.js'
import { now, sleep } from '../support/clock.js'
import type { Chatter, ChatterOptions } from './chatter.js'
import { createNode } from './contestant.js'

/** More than anybody has here; 64 by default. */
const MAX_PEERS = 1_024
/** Longest wait for its dials. */
const MEET_MILLIS = 10_000
const POLL_MILLIS = 50
const NONCE_BYTES = 8
const AUTHOR_BYTES = 32
const HEAD_BYTES = AUTHOR_BYTES + 64
const SIGNING = domain('bench')

interface Mesh {
  readonly connections: ReadonlySet<SecretStream>
  on(event: 'connection', listener: (stream: SecretStream) => void): void
  listen(): Promise<void>
  joinPeer(publicKey: Uint8Array): void
}

/**
 * The simplest signed chat over a full mesh of Hyperswarm: an author writes its message to everybody; who gets one for
 * the first time verifies it. Nobody passes anything on, for everybody has a connection to the author: with that, every
 * delivery would cost as many copies as there are members.
 */
export class FloodChatter implements Chatter {
  readonly node: DhtNode
  readonly key: string
  readonly tally = { delivered: 0, copies: 0, uploads: 0 }
  readonly #keyPair: KeyPair = keyPair()
  readonly #swarm: Mesh
  readonly #seen = new Set<string>()
  readonly #ondelivered: (text: string) => void

  constructor({ bootstrap, ondelivered }: ChatterOptions) {
    this.node = createNode(bootstrap, 'open')
    this.#ondelivered = ondelivered
    this.key = b4a.toString(this.#keyPair.publicKey, 'hex')
    this.#swarm = new Hyperswarm({ dht: this.node, keyPair: this.#keyPair, maxPeers: MAX_PEERS })
    this.#swarm.on('connection', stream => {
      stream.on('error', () => {})
      stream.on('data', bytes => this.#receive(bytes))
    })
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
    const body = b4a.concat([randomBytes(NONCE_BYTES), b4a.from(text)])
    const signature = sign(b4a.concat([SIGNING, body]), this.#keyPair.secretKey)
    const message = b4a.concat([this.#keyPair.publicKey, signature, body])
    this.#seen.add(idOf(message))
    for (const stream of this.#swarm.connections) stream.write(message)
    this.tally.uploads += this.#swarm.connections.size
  }

  #isConnectedTo(key: string): boolean {
    return [...this.#swarm.connections].some(
      ({ remotePublicKey }) => b4a.toString(remotePublicKey, 'hex') === key
    )
  }

  #receive(message: Uint8Array): void {
    this.tally.copies++
    const id = idOf(message)
    if (this.#seen.has(id)) return
    const author = message.subarray(0, AUTHOR_BYTES)
    const body = message.subarray(HEAD_BYTES)
    const signature = message.subarray(AUTHOR_BYTES, HEAD_BYTES)
    if (!verify(b4a.concat([SIGNING, body]), signature, author)) return
    this.#seen.add(id)
    this.tally.delivered++
    this.#ondelivered(b4a.toString(body.subarray(NONCE_BYTES)))
  }
}

function idOf(message: Uint8Array): string {
  return b4a.toString(hash([message]), 'hex')
}
