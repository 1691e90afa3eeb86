import { afterEach, beforeEach, describe, expect, it, test, vi } from 'vitest'
import { keyPair } from '../../src/swarm/dht/nodes.js'
import type { DiscoveryContext } from '../../src/swarm/discovery-context.js'
import { SwarmTopic } from '../../src/swarm/swarm-topic.js'
import { FakeDht } from '../support/fake-dht.js'

let dht: FakeDht
let topic: SwarmTopic

const contextOn = (node: FakeDht, state: string) => ({
  topic: new Uint8Array(32),
  network: { dht: node as { lookup: unknown }, state, ready: Promise.resolve(), on() {}, off() {} },
  keyPair: keyPair(),
  listener: { open: true, place: '', async listen() {} },
  random: () => 0,
  alone: () => false,
  onPeers: () => {},
  onFault: () => {}
})

beforeEach(() => {
  vi.useFakeTimers()
  dht = new FakeDht()
  const context = contextOn(dht, 'online') as unknown as DiscoveryContext
  topic = new SwarmTopic(
    context.topic,
    [context],
    () => {},
    () => 0
  )
})
afterEach(async () => {
  await topic.destroy()
  vi.useRealTimers()
})

test('a lookup waits for no network that is offline', async () => {
  const silent = { ...contextOn(new FakeDht(), 'offline'), listener: { open: false } }
  silent.network.dht.lookup = () => ({
    destroy() {},
    async *[Symbol.asyncIterator]() {
      await new Promise(() => {})
    }
  })
  const both = [contextOn(dht, 'online'), silent] as unknown as DiscoveryContext[]
  const on = new SwarmTopic(
    new Uint8Array(32),
    both,
    () => {},
    () => 0
  )
  expect(await on.lookup()).toEqual(new Set())
})

/** Lookups in so many seconds from now. */
async function lookups(seconds: number): Promise<number> {
  const before = dht.asked.length
  await vi.advanceTimersByTimeAsync(seconds * 1_000)
  return dht.asked.length - before
}

describe('a death', () => {
  beforeEach(async () => {
    topic.session({})
    // The follow-ups are over.
    await vi.advanceTimersByTimeAsync(60_000)
  })

  it('makes the topic look up once, soon', async () => {
    topic.lookUpSoon()
    expect(await lookups(0.9)).toBe(0)
    expect(await lookups(0.2)).toBe(1)
    expect(await lookups(60)).toBe(0)
  })

  it('is one of many: they are no burden to the DHT', async () => {
    for (let second = 0; second < 60; second++) {
      topic.lookUpSoon()
      await vi.advanceTimersByTimeAsync(1_000)
    }
    expect(dht.asked.filter(({ what }) => what === 'lookup').length).toBeLessThan(4 + 5)
  })

  it('is forgotten when the topic is left, or the swarm sleeps', async () => {
    topic.lookUpSoon()
    await topic.suspend()
    expect(await lookups(5)).toBe(0)
    await topic.destroy()
    topic.lookUpSoon()
    expect(vi.getTimerCount()).toBe(0)
  })
})
