import type { Address, LookupPeer } from '../../src/swarm/dht/types.js'

const nodes: Address[] = Array.from({ length: 20 }, (_, n) => ({ host: '127.0.0.1', port: n + 1 }))

/** What a {@link FakeDht} was asked, and of how many nodes; undefined: of all. */
export interface Asked {
  readonly what: 'lookup' | 'announce'
  readonly nodes: number | undefined
}

/** A DHT that answers at once with these peers, and notes what it was asked. */
export class FakeDht {
  readonly asked: Asked[] = []
  peers: LookupPeer[] = []
  deaf = false
  failure: Error | undefined
  readonly bootstrapNodes: Address[] = []

  lookup(_topic: Uint8Array, { nodes: some }: { nodes?: readonly Address[] }) {
    return this.#query({ what: 'lookup', nodes: some?.length })
  }

  announce(_topic: Uint8Array, _pair: unknown, _at: unknown, options: { nodes?: Address[] }) {
    return this.#query({ what: 'announce', nodes: options.nodes?.length })
  }

  async unannounce() {}

  #query(asked: Asked) {
    this.asked.push(asked)
    const { deaf, failure, peers } = this
    return {
      closestNodes: nodes,
      successes: deaf ? 0 : 1,
      destroy() {},
      async *[Symbol.asyncIterator]() {
        if (failure !== undefined) throw failure
        if (!deaf) yield { from: { host: '192.0.2.1', port: 1 }, peers }
      }
    }
  }
}
