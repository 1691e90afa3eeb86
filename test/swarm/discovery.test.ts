import { EventEmitter } from 'node:events'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { keyPair } from '../../src/swarm/dht/nodes.js'
import type { LookupPeer } from '../../src/swarm/dht/types.js'
import { TopicDiscovery } from '../../src/swarm/discovery.js'
import type { DiscoveryContext, Provenance } from '../../src/swarm/discovery-context.js'
import { FakeDht } from '../support/fake-dht.js'

const MINUTE = 60_000
const own = keyPair()
const somebody = (): LookupPeer => ({
  publicKey: keyPair().publicKey as Buffer,
  relayAddresses: []
})

let dht: FakeDht
let network: EventEmitter & { state: string }
let found: { peers: readonly LookupPeer[]; how: Provenance }[]
let faults: unknown[]
let discovery: TopicDiscovery

beforeEach(() => {
  vi.useFakeTimers()
  dht = new FakeDht()
  const ready = Promise.resolve()
  network = Object.assign(new EventEmitter(), { dht, state: 'online', ready })
  found = []
  faults = []
  const context = {
    topic: new Uint8Array(32),
    network,
    keyPair: own,
    listener: { open: true, place: '', async listen() {} },
    random: () => 0,
    alone: () => true,
    onPeers: (peers: readonly LookupPeer[], how: Provenance) => found.push({ peers, how }),
    onFault: (fault: unknown) => faults.push(fault)
  }
  discovery = new TopicDiscovery(context as unknown as DiscoveryContext)
})
afterEach(async () => {
  await discovery.stop()
  vi.useRealTimers()
})

function begin(): void {
  discovery.setMode({ server: true, client: true, limit: Number.POSITIVE_INFINITY })
  void discovery.refresh()
}

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

  it('has looked up and announced again when refresh() has ended, also during another pass', async () => {
    begin()
    await vi.advanceTimersByTimeAsync(MINUTE)
    const announced = () => dht.asked.filter(({ what }) => what === 'announce').length
    await discovery.refresh()
    expect(announced()).toBe(2)
    const [first, second] = [discovery.refresh(), discovery.refresh()]
    await first
    expect(announced()).toBe(3)
    await second
    expect(announced()).toBe(4)
  })

  it('ends a refresh() that failed when a later pass went through, or it is stopped', async () => {
    const ended: string[] = []
    begin()
    await vi.advanceTimersByTimeAsync(0)
    dht.failure = new Error('Too few nodes responded')
    void discovery.refresh().then(() => ended.push('refreshed'))
    await vi.advanceTimersByTimeAsync(500)
    expect(ended).toEqual([])
    dht.failure = undefined
    await vi.advanceTimersByTimeAsync(2_000)
    expect(ended).toEqual(['refreshed'])
    dht.failure = new Error('Too few nodes responded')
    void discovery.refresh().then(() => ended.push('stopped'))
    await vi.advanceTimersByTimeAsync(500)
    await discovery.stop()
    await vi.advanceTimersByTimeAsync(0)
    expect(ended).toEqual(['refreshed', 'stopped'])
  })

  it('tries again as soon as the network is back, where the last query failed', async () => {
    dht.failure = new Error('Too few nodes responded')
    begin()
    await vi.advanceTimersByTimeAsync(0)
    const stateIs = async (state: string) => {
      network.state = state
      network.emit('state')
      await vi.advanceTimersByTimeAsync(0)
      return dht.asked.length
    }
    expect(await stateIs('offline')).toBe(1)
    dht.failure = undefined
    // It announces, and asks a few nodes again at once.
    expect(await stateIs('online')).toBe(3)
    expect(await stateIs('online')).toBe(3)
  })

  it('asks whoever knows, all anew, where another hub has taken over, until it is stopped', async () => {
    begin()
    await vi.advanceTimersByTimeAsync(MINUTE)
    const { length } = dht.asked
    network.emit('rehome')
    await vi.advanceTimersByTimeAsync(0)
    expect(dht.asked[length]).toEqual({ what: 'announce', nodes: undefined })
    await discovery.stop()
    expect(network.eventNames()).toEqual([])
  })

  it('tries again after a query that failed, and tells of what is no failure but a fault', async () => {
    dht.failure = new Error('Too few nodes responded')
    begin()
    await vi.advanceTimersByTimeAsync(2_000)
    expect(dht.asked.length).toBeGreaterThan(1)
    expect(faults).toEqual([])
    const fault = new TypeError('dht.announce is not a function')
    dht.failure = fault
    await vi.advanceTimersByTimeAsync(10_000)
    expect(faults[0]).toBe(fault)
    dht.failure = undefined
  })

  it('announces again before its record has expired', async () => {
    begin()
    await vi.advanceTimersByTimeAsync(MINUTE)
    const announced = () => dht.asked.filter(({ what }) => what === 'announce').length
    expect(announced()).toBe(1)
    // A record lives for 13 minutes at least.
    await vi.advanceTimersByTimeAsync(11 * MINUTE)
    expect(announced()).toBe(2)
  })

  it('tells apart who was there before us and who may be finding us', async () => {
    const [before, since] = [somebody(), somebody()]
    dht.peers = [before]
    begin()
    await vi.advanceTimersByTimeAsync(0)
    dht.peers = [since]
    await vi.advanceTimersByTimeAsync(1_500)
    const namedBy = '192.0.2.1'
    expect(found[0]).toEqual({ peers: [before], how: { namedBy, mutual: false, anew: true } })
    expect(found.at(-1)).toEqual({ peers: [since], how: { namedBy, mutual: true, anew: false } })
  })
})
