import Hyperswarm from 'hyperswarm'
import { describe, expect, it } from 'vitest'
import { keyPair } from '../../src/swarm/dht/nodes.js'
import type { SecretStream } from '../../src/swarm/dht/stream-types.js'
import { useSwarms } from '../support/swarms.js'
import { until } from '../support/until.js'

const topic = Buffer.alloc(32, 'interop')
const swarms = useSwarms()

interface AnySwarm {
  readonly keyPair: { readonly publicKey: Uint8Array }
  readonly connections: Set<SecretStream>
  join(topic: Uint8Array): { flushed(): Promise<boolean> }
  destroy(): Promise<void>
  on(event: string, listener: (...args: never[]) => void): unknown
  off(event: string, listener: (...args: never[]) => void): unknown
}

function stock(seed?: Buffer): AnySwarm {
  const swarm: AnySwarm = swarms.own(new Hyperswarm({ dht: swarms.node(), seed }))
  swarm.on('connection', (stream: SecretStream) => stream.on('error', () => {}))
  return swarm
}

const ours = (seed?: Buffer): AnySwarm => swarms.make(seed && { seed })

function hashes(swarm: AnySwarm): string[] {
  return [...swarm.connections].map(s => s.handshakeHash?.toString('hex') ?? '').sort()
}

function agree(a: AnySwarm, b: AnySwarm): boolean {
  return hashes(a).length === 1 && hashes(a)[0] === hashes(b)[0]
}

describe('beside a stock Hyperswarm', () => {
  // Which side has the larger key decides the tie-break: both ways round.
  for (const [name, oursIsLarger] of [
    ['larger', true],
    ['smaller', false]
  ] as const) {
    it(`ends with one connection, the same on both sides, with the ${name} key`, async () => {
      for (let round = 0; round < 10; round++) {
        const [small, large] = twoSeeds(round)
        const a = ours(oursIsLarger ? large : small)
        const b = stock(oursIsLarger ? small : large)
        a.join(topic)
        b.join(topic)
        await until([a, b], 'update', () => agree(a, b))
        await Promise.all([a.destroy(), b.destroy()])
      }
    })
  }

  it('finds the others of a mixed room, and they it', async () => {
    const all = [ours(), stock(), ours(), stock(), ours()]
    for (const swarm of all) {
      await swarm.join(topic).flushed()
    }
    await until(all, 'update', () => all.every(swarm => swarm.connections.size === all.length - 1))
    for (const swarm of all) expect(new Set(hashes(swarm)).size).toBe(all.length - 1)
  })
})

/** Two seeds, the one of the smaller public key first. */
function twoSeeds(round: number): [Buffer, Buffer] {
  const seeds = [Buffer.alloc(32, 2 * round + 1), Buffer.alloc(32, 2 * round + 2)]
  const [a, b] = seeds.sort((x, y) => Buffer.compare(publicKey(x), publicKey(y)))
  return [a as Buffer, b as Buffer]
}

const publicKey = (seed: Buffer) => keyPair(seed).publicKey
