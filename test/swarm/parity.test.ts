import { once } from 'node:events'
import Hyperswarm from 'hyperswarm'
import { describe, expect, it } from 'vitest'
import type { KeyPair } from '../../src/base/crypto.js'
import { keyPair } from '../../src/swarm/dht/nodes.js'
import type { SecretStream } from '../../src/swarm/dht/stream-types.js'
import { Swarm } from '../../src/swarm/swarm.js'
import { useSwarms } from '../support/swarms.js'
import { until } from '../support/until.js'

// The same scenario on both: what a program that moves over from Hyperswarm relies on.

const topic = Buffer.alloc(32, 'parity')
const swarms = useSwarms()

interface Peer {
  readonly publicKey: Buffer
  readonly explicit: boolean
}

/** What both have, as far as the scenarios use it. */
interface AnySwarm {
  readonly keyPair: KeyPair
  readonly connections: Set<SecretStream>
  readonly explicitPeers: Set<Peer>
  readonly peers: Map<string, Peer>
  readonly connecting: number
  readonly stats: { readonly connects: { readonly client: { readonly attempted: number } } }
  join(
    topic: Uint8Array,
    options?: object
  ): { flushed(): Promise<boolean>; refresh(): Promise<boolean> }
  joinPeer(publicKey: Uint8Array): void
  leavePeer(publicKey: Uint8Array): void
  listen(): Promise<unknown>
  flush(): Promise<boolean>
  suspend(): Promise<void>
  resume(): Promise<void>
  destroy(): Promise<void>
  on(event: string, listener: (...args: never[]) => void): unknown
  off(event: string, listener: (...args: never[]) => void): unknown
}

type Make = (options?: object) => AnySwarm

const makers: readonly (readonly [name: string, make: Make])[] = [
  ['Hyperswarm', options => own(new Hyperswarm({ dht: swarms.node(), ...options }))],
  ['Swarm', options => own(new Swarm({ dht: swarms.node(), ...options }) as unknown as AnySwarm)]
]

function own(swarm: AnySwarm): AnySwarm {
  swarm.on('connection', (stream: SecretStream) => stream.on('error', () => {}))
  return swarms.own(swarm)
}

/** A peer under the topic that ends every connection as soon as it has one. */
async function rude(make: Make): Promise<AnySwarm> {
  const swarm = make()
  swarm.on('connection', (stream: SecretStream) => {
    void stream.flush().then(() => stream.destroy())
  })
  await swarm.join(topic, { client: false }).flushed()
  return swarm
}

/** A key that is announced under the topic, and where nobody listens. */
async function announceNobody(): Promise<void> {
  const node = swarms.own(swarms.node())
  await node.announce(topic, keyPair(), []).finished()
}

describe.each(makers)('%s', (name, make) => {
  // Hyperswarm always needs four, and never uses the last one but for explicit peers.
  const backoffs = (failures: number) => Array(name === 'Swarm' ? failures : 4).fill(50)

  it('has found whoever was announced before refresh() when that has ended', async () => {
    const swarm = make()
    const session = swarm.join(topic, { server: false })
    await session.flushed()
    const other = make()
    await other.join(topic, { client: false }).flushed()
    await session.refresh()
    await swarm.flush()
    expect(swarm.connections.size).toBe(1)
  })

  it('dials a peer that ends every connection at once as often as its backoffs say, and forgets it', async () => {
    await rude(make)
    const swarm = make({ backoffs: backoffs(3), jitter: 0 })
    await swarm.join(topic, { server: false }).flushed()
    const { client } = swarm.stats.connects
    await until([swarm], 'update', () => client.attempted > 0 && swarm.peers.size === 0)
    expect(client.attempted).toBe(4)
  })

  it('forgets a peer that it never reached', async () => {
    await announceNobody()
    const swarm = make({ backoffs: backoffs(2), jitter: 0 })
    await swarm.join(topic, { server: false }).flushed()
    const { client } = swarm.stats.connects
    await until([swarm], 'update', () => client.attempted > 0 && swarm.peers.size === 0)
    expect(swarm.connecting).toBe(0)
  })

  it('tells of the peers that it was told to reach', async () => {
    const [swarm, other] = [make(), make()]
    await other.listen()
    const { publicKey } = other.keyPair
    swarm.joinPeer(publicKey)
    const keys = () => [...swarm.explicitPeers].map(peer => peer.publicKey.toString('hex'))
    expect(keys()).toEqual([Buffer.from(publicKey).toString('hex')])
    expect([...swarm.explicitPeers][0]?.explicit).toBe(true)
    swarm.leavePeer(publicKey)
    expect(keys()).toEqual([])
  })

  it('keeps dialling a peer that it was told to reach, however often that failed', async () => {
    const swarm = make({ backoffs: [20, 20, 20, 20], jitter: 0 })
    swarm.joinPeer(keyPair().publicKey)
    const { client } = swarm.stats.connects
    await until([swarm], 'update', () => client.attempted > 6)
    expect(swarm.explicitPeers.size).toBe(1)
  })

  it('was seen by whomever it connected to before it is suspended', async () => {
    for (let round = 0; round < 10; round++) {
      const [swarm, other] = [make(), make()]
      const seen = once(other as never, 'connection')
      await other.join(topic, { client: false }).flushed()
      swarm.join(topic, { server: false })
      await swarm.flush()
      expect(swarm.connections.size).toBe(1)
      await swarm.suspend()
      await seen
      await Promise.all([swarm.destroy(), other.destroy()])
    }
  })

  it('ends flush() where the firewall refuses everybody', async () => {
    await make().join(topic, { client: false }).flushed()
    const swarm = make({ firewall: () => true })
    swarm.join(topic, { server: false })
    await swarm.flush()
    expect(swarm.connections.size).toBe(0)
  })
})
