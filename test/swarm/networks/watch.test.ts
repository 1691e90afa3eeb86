import { EventEmitter } from 'node:events'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { DhtNode } from '../../../src/swarm/dht/types.js'
import { WATCH_MILLIS, Watch } from '../../../src/swarm/networks/watch.js'

const RELAYS = [1, 2, 3].map(n => ({ host: `192.0.2.${n}`, port: 49737 }))

/** A node that listens on one key, held by three others, which answer what they are told to. */
class FakeNode extends EventEmitter {
  readonly listening = new Set([{ publicKey: Buffer.alloc(32, 7), relayAddresses: RELAYS }])
  readonly destroyed = false
  readonly asked: string[] = []
  known = true
  host = '198.51.100.1'
  answers = true
  remoteAddress = () => null
  request = async (_: unknown, to: { host: string }) => {
    this.asked.push(to.host)
    if (!this.answers) throw new Error('no answer')
    return { to: { host: this.host, port: 1 }, value: this.known ? Buffer.alloc(1) : null }
  }
}

const news: string[] = []
let node: FakeNode
let watch: Watch

beforeEach(() => {
  vi.useFakeTimers()
  news.length = 0
  node = new FakeNode()
  watch = new Watch(node as unknown as DhtNode, {
    onforgotten: () => news.push('forgotten'),
    onmoved: () => news.push('moved')
  })
})
afterEach(() => {
  watch.close()
  vi.useRealTimers()
})

const looks = (count: number) => vi.advanceTimersByTimeAsync(count * WATCH_MILLIS)

test('all is well: nothing to tell, and another node is asked each time', async () => {
  await looks(6)
  expect(news).toEqual([])
  expect(new Set(node.asked).size).toBe(3)
})

test('a node that has forgotten us is told, at once and then less and less often', async () => {
  await looks(1)
  node.known = false
  await looks(1)
  expect(news).toEqual(['forgotten'])
  await looks(60)
  expect(news.length).toBeLessThan(8)
  node.known = true
  await looks(30)
  const before = news.length
  node.known = false
  await looks(1)
  expect(news).toHaveLength(before + 1)
})

test('another public address is a move', async () => {
  await looks(2)
  node.host = '198.51.100.2'
  await looks(3)
  expect(news).toEqual(['moved'])
})

test('no answer tells nothing', async () => {
  node.answers = false
  await looks(5)
  expect(news).toEqual([])
})

test('interfaces that change are one move, however many events there are', async () => {
  for (let n = 0; n < 5; n += 1) node.emit('network-change')
  await vi.advanceTimersByTimeAsync(1_000)
  expect(news).toEqual(['moved'])
})

test('a clock that jumps says that the machine slept', async () => {
  await looks(1)
  vi.setSystemTime(Date.now() + 60_000)
  await looks(1)
  expect(news).toEqual(['moved'])
  await looks(3)
  expect(news).toEqual(['moved'])
})

test('a closed one asks nobody', async () => {
  watch.close()
  await looks(3)
  node.emit('network-change')
  await looks(1)
  expect([node.asked, news]).toEqual([[], []])
})
