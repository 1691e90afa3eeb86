import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import type { Swarm } from '../../src/swarm/swarm.js'
import { useSwarms } from '../support/swarms.js'
import { until } from '../support/until.js'

const topic = new Uint8Array(32).fill(7)
const swarms = useSwarms()
const makeSwarm = swarms.make

function connectedTo(swarm: Swarm): string[] {
  return [...swarm.connections].map(s => s.remotePublicKey.toString('hex')).sort()
}

function othersThan(swarm: Swarm, all: readonly Swarm[]): string[] {
  const keys = all.filter(s => s !== swarm).map(s => Buffer.from(s.keyPair.publicKey))
  return keys.map(key => key.toString('hex')).sort()
}

/** The connections that both of their ends show, by handshake hash; empty while any is shown on one side only. */
function settledPairs(all: readonly Swarm[]): Set<string> {
  const seen = new Map<string, number>()
  for (const swarm of all) {
    for (const stream of swarm.connections) {
      const hash = stream.handshakeHash?.toString('hex') ?? ''
      seen.set(hash, (seen.get(hash) ?? 0) + 1)
    }
  }
  return new Set([...seen.values()].every(n => n === 2) ? seen.keys() : [])
}

describe('Swarm', () => {
  for (const size of [2, 5, 20]) {
    it(`connects ${size} peers that join at once, one connection per pair`, async () => {
      const all = Array.from({ length: size }, () => makeSwarm())
      for (const swarm of all) swarm.join(topic)
      await until(all, 'update', () => settledPairs(all).size === (size * (size - 1)) / 2)
      for (const swarm of all) expect(connectedTo(swarm)).toEqual(othersThan(swarm, all))
    })
  }

  it('never dials itself', async () => {
    const swarm = makeSwarm()
    swarm.on('connection', () => expect.unreachable())
    await swarm.join(topic).flushed()
    swarm.dial(swarm.keyPair.publicKey)
    expect(swarm.connecting).toBe(0)
    expect(swarm.peers.size).toBe(0)
  })

  it('dials nobody by itself without autoDial, and whom it is told to', async () => {
    const a = makeSwarm()
    await a.join(topic).flushed()
    const b = makeSwarm({ autoDial: false })
    const found = once(b, 'peer')
    b.join(topic, { server: false })
    const [peer] = await found
    expect(b.connecting).toBe(0)
    const connected = once(a, 'connection')
    b.dial(peer.publicKey)
    await connected
  })

  it('dials as soon as it can whom it is told to dial before that', async () => {
    const b = makeSwarm()
    await b.listen()
    const a = makeSwarm()
    a.on('dial-failed', (_, { code }) => expect.unreachable(code))
    const connected = once(a, 'connection')
    a.dial(b.keyPair.publicKey)
    expect(a.connecting).toBe(0)
    expect(await a.flush()).toBe(true)
    await connected
  })

  it('dials whom it is told to dial the moment that the connection has ended', async () => {
    const [a, b] = [makeSwarm({ autoDial: false }), makeSwarm()]
    await b.listen()
    a.dial(b.keyPair.publicKey)
    const [stream] = await once(a, 'connection')
    const again = once(a, 'connection')
    stream.once('close', () => a.dial(b.keyPair.publicKey))
    stream.destroy()
    await again
  })

  it('carries bytes both ways', async () => {
    const [a, b] = [makeSwarm(), makeSwarm()]
    a.on('connection', stream => stream.write('ping'))
    b.on('connection', stream => stream.on('data', () => stream.write('pong')))
    const answered = new Promise(resolve => {
      a.on('connection', stream => stream.once('data', data => resolve(String(data))))
    })
    a.join(topic)
    b.join(topic)
    expect(await answered).toBe('pong')
  })

  it('takes its announcement back when it leaves', async () => {
    const a = makeSwarm()
    await a.join(topic).flushed()
    await a.leave(topic)
    const b = makeSwarm()
    await b.join(topic, { server: false }).flushed()
    expect(b.peers.size).toBe(0)
  })

  it('reconnects after a connection was lost', async () => {
    const [a, b] = [makeSwarm({ backoffs: [50] }), makeSwarm({ backoffs: [50] })]
    const first = once(a, 'connection')
    a.join(topic)
    b.join(topic)
    const [stream] = await first
    await until([b], 'update', () => b.connections.size === 1)
    const again = once(a, 'connection')
    stream.destroy()
    await again
  })

  it('says why a dial failed', async () => {
    const a = makeSwarm({ autoDial: false })
    await a.join(topic).flushed()
    const failed = once(a, 'dial-failed')
    a.dial(new Uint8Array(32).fill(9))
    const [peer, attempt] = await failed
    expect(attempt).toMatchObject({ outcome: 'failed', code: 'PEER_NOT_FOUND' })
    expect(peer.lastAttempt).toBe(attempt)
  })

  it('lets a restarted peer with the same key back in', async () => {
    const [a, b] = [makeSwarm(), makeSwarm()]
    a.join(topic)
    b.join(topic)
    await until([a, b], 'update', () => a.connections.size + b.connections.size === 2)
    // The network dies under it, as in a killed process: no goodbye.
    await Promise.all(b.networks.map(network => network.dht.destroy({ force: true })))
    const back = makeSwarm({ keyPair: b.keyPair })
    const connected = once(back, 'connection')
    back.join(topic)
    const [stream] = await connected
    const twin = await until([a], 'update', () =>
      [...a.connections].find(s => s.handshakeHash?.equals(stream.handshakeHash))
    )
    expect(twin).toBeDefined()
  })

  it('destroys within two seconds, also where nobody answers', async () => {
    const swarm = makeSwarm()
    swarm.join(topic)
    await swarm.flush()
    await swarms.testnet().close()
    const since = Date.now()
    await swarm.destroy()
    expect(Date.now() - since).toBeLessThan(3_500)
  })
})
