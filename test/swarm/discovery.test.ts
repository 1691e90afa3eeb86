import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Address, keyPair, type LookupPeer } from '../../src/swarm/dht/hyperdht.js'
import { type DiscoveryContext, TopicDiscovery } from '../../src/swarm/discovery.js'

const MINUTE = 60_000
const own = keyPair()
const nodes: Address[] = Array.from({ length: 20 }, (_, n) => ({ host: '127.0.0.1', port: n + 1 }))
const somebody = (): LookupPeer => ({
  publicKey: keyPair().publicKey as Buffer,
  relayAddresses: []
})

interface Asked {
  readonly what: 'lookup' | 'announce'
  readonly nodes: number | undefined
}

/** A DHT that answers at once with these peers, and notes what it was asked. */
class FakeDht {
  readonly asked: Asked[] = []
  peers: LookupPeer[] = []
  deaf = false
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
    const { deaf, peers } = this
    return {
      closestNodes: nodes,
      successes: deaf ? 0 : 1,
      destroy() {},
      async *[Symbol.asyncIterator]() {
        if (!deaf) yield { peers }
      }
    }
  }
}

let dht: FakeDht
let found: { peers: readonly LookupPeer[]; mutual: boolean }[]
let discovery: TopicDiscovery

beforeEach(() => {
  vi.useFakeTimers()
  dht = new FakeDht()
  found = []
  const context = {
    topic: new Uint8Array(32),
    network: { dht, state: 'online', ready: Promise.resolve(), on() {}, off() {} },
    keyPair: own,
    listener: { open: true, place: '', async listen() {} },
    random: () => 0,
    onPeers: (peers: readonly LookupPeer[], mutual: boolean) => found.push({ peers, mutual })
  }
  discovery = new TopicDiscovery(context as unknown as DiscoveryContext)
})
afterEach(async () => {
  await discovery.stop()
  vi.useRealTimers()
})

const begin = () =>
  discovery.setMode({ server: true, client: true, limit: Number.POSITIVE_INFINITY })

describe('TopicDiscovery', () => {
  it('announces with one walk, asks a few nodes again at once and soon, and all of them a last time', async () => {
    dht.peers = [{ publicKey: own.publicKey as Buffer, relayAddresses: [] }, somebody()]
    begin()
    await vi.advanceTimersByTimeAsync(MINUTE)
    expect(dht.asked).toEqual([
      { what: 'announce', nodes: undefined },
      { what: 'lookup', nodes: 6 },
      { what: 'lookup', nodes: 6 },
      { what: 'lookup', nodes: 20 }
    ])
  })

  it('asks once more where it has still learned of somebody', async () => {
    begin()
    await vi.advanceTimersByTimeAsync(500)
    dht.peers = [somebody()]
    await vi.advanceTimersByTimeAsync(MINUTE)
    expect(dht.asked.map(({ nodes }) => nodes)).toEqual([undefined, 6, 6, 6, 20])
  })

  it('asks all of them where none tells of everybody', async () => {
    dht.peers = Array.from({ length: 20 }, somebody)
    begin()
    await vi.advanceTimersByTimeAsync(MINUTE)
    expect(dht.asked.map(({ nodes }) => nodes)).toEqual([undefined, 6, 20, 20])
  })

  it('walks anew where the nodes that it knew do not answer', async () => {
    begin()
    await vi.advanceTimersByTimeAsync(500)
    dht.deaf = true
    await vi.advanceTimersByTimeAsync(1_000)
    expect(dht.asked.slice(2)).toEqual([
      { what: 'lookup', nodes: 6 },
      { what: 'lookup', nodes: 20 }
    ])
  })

  it('tells apart who was there before us and who may be finding us', async () => {
    const [before, since] = [somebody(), somebody()]
    dht.peers = [before]
    begin()
    await vi.advanceTimersByTimeAsync(0)
    dht.peers = [since]
    await vi.advanceTimersByTimeAsync(1_500)
    expect(found[0]).toEqual({ peers: [before], mutual: false })
    expect(found.at(-1)).toEqual({ peers: [since], mutual: true })
  })
})
