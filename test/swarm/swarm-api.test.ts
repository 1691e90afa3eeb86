import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import type { Swarm } from '../../src/swarm/swarm.js'
import { useSwarms } from '../support/swarms.js'
import { until } from '../support/until.js'

const topic = Buffer.alloc(32, 'api')
const other = Buffer.alloc(32, 'other')
const swarms = useSwarms()

const connected = (...all: Swarm[]) =>
  until(all, 'update', () => all.every(swarm => swarm.connections.size === 1))

describe('sessions of a topic', () => {
  it('leave it with the last of them', async () => {
    const swarm = swarms.make()
    const [first, second] = [swarm.join(topic), swarm.join(topic, { server: false })]
    await first.flushed()
    await first.destroy()
    expect(swarm.status(topic)).toMatchObject({ isServer: false, isClient: true })
    await second.destroy()
    expect(swarm.status(topic)).toBeNull()
  })

  it('take back the announcement with the last one that announced', async () => {
    const [a, b] = [swarms.make(), swarms.make()]
    const server = a.join(topic)
    a.join(topic, { server: false })
    await server.flushed()
    await server.destroy()
    b.join(topic, { server: false })
    await b.flush()
    expect(b.connections.size).toBe(0)
  })

  it('take no more peers from a round than their limit', async () => {
    for (let i = 0; i < 3; i++) await swarms.make().join(topic).flushed()
    const swarm = swarms.make()
    await swarm.join(topic, { server: false, limit: 2 }).flushed()
    expect(swarm.peers.size).toBe(2)
  })

  it('of two topics share one connection to a peer', async () => {
    const [a, b] = [swarms.make(), swarms.make()]
    for (const swarm of [a, b]) {
      swarm.join(topic)
      swarm.join(other)
    }
    await Promise.all([a.flush(), b.flush()])
    const peer = await until([a], 'peer', () => {
      const [info] = a.peers.values()
      return info?.topics.length === 2 ? info : undefined
    })
    expect(peer.topics.map(t => Buffer.from(t).toString('hex')).sort()).toEqual(
      [topic, other].map(t => t.toString('hex')).sort()
    )
    expect([...a.topics()]).toHaveLength(2)
    await connected(a, b)
  })
})

describe('joinPeer', () => {
  it('connects to a key that listens without a topic, and again when the connection is lost', async () => {
    const [a, b] = [swarms.make({ backoffs: [20] }), swarms.make()]
    await b.listen()
    const first = once(a, 'connection')
    a.joinPeer(b.keyPair.publicKey)
    const [stream, peer] = await first
    expect(peer).toMatchObject({ explicit: true, client: true })
    const again = once(a, 'connection')
    stream.destroy()
    await again
  })

  it('ends with leavePeer: the connection stands, but is not made again', async () => {
    const [a, b] = [swarms.make({ backoffs: [1] }), swarms.make()]
    await b.listen()
    a.joinPeer(b.keyPair.publicKey)
    await connected(a, b)
    a.leavePeer(b.keyPair.publicKey)
    const [stream] = a.connections
    expect(stream?.destroyed).toBe(false)
    stream?.destroy()
    await until([a], 'update', () => a.connections.size === 0)
    await a.flush()
    expect([a.connecting, a.connections.size]).toEqual([0, 0])
  })
})

describe('who is let in', () => {
  it('is not whom an asynchronous firewall rejects, whoever dials', async () => {
    const b = swarms.make()
    const a = swarms.make({
      firewall: async key => Buffer.from(key).equals(Buffer.from(b.keyPair.publicKey))
    })
    const banned = once(a, 'ban')
    a.join(topic)
    b.join(topic)
    const [peer, error] = await banned
    expect(peer.banned).toBe(true)
    expect(error.code).toBe('PEER_FIREWALLED')
    expect(a.stats.bannedPeers).toBe(1)
    await a.flush()
    expect(a.connections.size).toBe(0)
  })

  it('is a banned peer again after ban(false)', async () => {
    const [a, b] = [swarms.make(), swarms.make({ backoffs: [20, 20, 20, 20] })]
    await a.listen()
    b.joinPeer(a.keyPair.publicKey)
    await connected(a, b)
    const [info] = a.peers.values()
    info?.ban()
    for (const stream of a.connections) stream.destroy()
    await until([a], 'update', () => a.connections.size === 0)
    info?.ban(false)
    await connected(a, b)
  })

  it('is nobody beyond maxServerConnections', async () => {
    const a = swarms.make({ maxServerConnections: 1 })
    await a.join(topic, { client: false }).flushed()
    const [b, c] = [swarms.make(), swarms.make()]
    b.join(topic, { server: false })
    await connected(a, b)
    c.dial(a.keyPair.publicKey)
    await until([c], 'update', () => c.connecting === 1)
    expect(a.connections.size).toBe(1)
  })
})

describe('suspend and resume', () => {
  it('ends every connection, and has them back soon after', async () => {
    const [a, b] = [swarms.make(), swarms.make()]
    a.join(topic)
    b.join(topic)
    await connected(a, b)
    await a.suspend()
    expect(a.suspended).toBe(true)
    await until([a, b], 'update', () => a.connections.size + b.connections.size === 0)
    await a.resume()
    const since = Date.now()
    await connected(a, b)
    expect(Date.now() - since).toBeLessThan(2_000)
  })
})

describe('stats', () => {
  it('count as Hyperswarm does', async () => {
    const [a, b] = [swarms.make(), swarms.make()]
    await b.join(topic, { client: false }).flushed()
    a.join(topic, { server: false })
    await connected(a, b)
    expect(a.stats.connects.client).toEqual({ opened: 1, closed: 0, attempted: 1 })
    expect(b.stats.connects.server).toEqual({ opened: 1, closed: 0 })
  })
})
