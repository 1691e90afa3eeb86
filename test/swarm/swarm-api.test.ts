import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { deferred } from '../../src/async/deferred.js'
import { createDht, keyPair } from '../../src/swarm/dht/nodes.js'
import { Swarm } from '../../src/swarm/swarm.js'
import { freePort } from '../support/free-port.js'
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

describe('flush', () => {
  it('ends when the firewall has refused everybody, however late', async () => {
    await swarms.make().join(topic, { client: false }).flushed()
    const [asked, refused] = [deferred(), deferred()]
    const firewall = async () => {
      asked.resolve()
      await refused.promise
      return true
    }
    const swarm = swarms.make({ firewall })
    swarm.join(topic, { server: false })
    const flushed = swarm.flush()
    await asked.promise
    await new Promise(setImmediate)
    refused.resolve()
    expect(await flushed).toBe(true)
    expect(swarm.connections.size).toBe(0)
  })

  it('ends when the swarm is suspended meanwhile', async () => {
    const swarm = swarms.make()
    await swarm.join(topic).flushed()
    // Nobody listens there, and nobody answers.
    const nowhere = { host: '127.0.0.1', port: await freePort() }
    await swarms.node().announce(topic, keyPair(), [nowhere]).finished()
    await swarm.status(topic)?.lookup()
    const flushed = swarm.flush()
    expect(swarm.connecting).toBe(1)
    await swarm.suspend()
    expect(await flushed).toBe(true)
  })
})

describe('what is no topic and no key', () => {
  const nonsense: unknown[] = [undefined, null, 'a topic', new Uint8Array(31), [], 32]
  it.each(nonsense)('is told apart, whatever is asked (%#)', async bad => {
    const swarm = swarms.make()
    const calls = [
      () => swarm.join(bad as Buffer),
      () => swarm.status(bad as Buffer),
      () => swarm.dial(bad as Buffer),
      () => swarm.joinPeer(bad as Buffer),
      () => swarm.leavePeer(bad as Buffer),
      () => swarm.pathTo(bad as Buffer)
    ]
    for (const call of calls) expect(call).toThrow(expect.objectContaining({ code: 'BAD_TOPIC' }))
    await expect(swarm.leave(bad as Buffer)).rejects.toMatchObject({ code: 'BAD_TOPIC' })
  })

  it('is an error, as an empty list of networks is', () => {
    const wrong = expect.objectContaining({ code: 'NO_NETWORKS' })
    expect(() => new Swarm({ networks: [] })).toThrow(wrong)
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
    await once(b, 'dial-failed')
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
    await once(b, 'dial-failed')
    expect(a.connections.size).toBe(0)
    info?.ban(false)
    await connected(a, b)
  })

  it('is nobody beyond maxServerConnections', async () => {
    const a = swarms.make({ maxServerConnections: 1 })
    await a.join(topic, { client: false }).flushed()
    const [b, c] = [swarms.make(), swarms.make()]
    b.join(topic, { server: false })
    await connected(a, b)
    const failed = once(c, 'dial-failed')
    c.dial(a.keyPair.publicKey)
    await failed
    expect([a.connections.size, c.connections.size]).toEqual([1, 0])
  })
})

describe('maxServerConnections', () => {
  it('holds where many dial at once', async () => {
    const a = swarms.make({ maxServerConnections: 2 })
    let most = 0
    a.on('connection', () => {
      most = Math.max(most, a.connections.size)
    })
    await a.listen()
    const others = Array.from({ length: 8 }, () => swarms.make())
    const outcomes = others.map(b => Promise.race([once(b, 'connection'), once(b, 'dial-failed')]))
    for (const b of others) b.dial(a.keyPair.publicKey)
    await Promise.all(outcomes)
    await until([a], 'update', () => a.connections.size === 2)
    expect(most).toBe(2)
  })
})

describe('suspend and resume', () => {
  it('goes on with the dials that were under way', async () => {
    const [swarm, other] = [swarms.make(), swarms.make()]
    await other.join(topic, { client: false }).flushed()
    swarm.join(topic, { server: false })
    await until([swarm], 'update', () => swarm.connecting > 0)
    await swarm.suspend()
    await swarm.resume()
    await swarm.flush()
    expect(swarm.connections.size).toBe(1)
  })

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

describe('dht', () => {
  it('connects to any key without options, as hyperdht does', async () => {
    const { bootstrap } = swarms.testnet()
    const a = swarms.make({ dht: createDht({ bootstrap, host: '127.0.0.1', port: [0, 0] }) })
    const [node, pair] = [swarms.own(swarms.node()), keyPair()]
    const server = node.createServer({}, stream => {
      stream.on('error', () => {})
      stream.on('data', bytes => stream.write(bytes))
    })
    await server.listen(pair)
    const stream = a.dht.connect(pair.publicKey)
    stream.on('error', () => {})
    const closed = once(stream as never, 'close').then(() => ['closed'])
    // What reads as a frame of a relay's protocol is no more than bytes.
    for (const kind of [0, 1, 2, 3]) {
      const bytes = Buffer.from([0, kind, 255, 255])
      const heard = once(stream as never, 'data')
      stream.write(bytes)
      expect(await Promise.race([heard, closed])).toEqual([bytes])
    }
    expect(stream.destroying).toBe(false)
  })
})
