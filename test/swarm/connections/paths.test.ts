import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { PeerKey } from '../../../src/base/ids.js'
import { kindOf, Paths } from '../../../src/swarm/connections/paths.js'
import type { SecretStream } from '../../../src/swarm/dht/stream-types.js'
import type { Network } from '../../../src/swarm/networks/network.js'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const network = (state: Network['state']) => ({ state }) as Network
const [best, middle, last] = [network('online'), network('online'), network('online')]
const [ann, ben] = ['ann' as PeerKey, 'ben' as PeerKey]

function pathOver(over: Network, networks: readonly Network[] = [best, middle, last]) {
  const stream = {} as SecretStream
  const paths = new Paths(networks)
  paths.note(stream, over)
  return (peer: PeerKey, by: Network) => paths.mayImprove(peer, stream, by)
}

test('only a better network that is online is worth a try', () => {
  const mayImprove = pathOver(middle)
  expect(mayImprove(ann, last)).toBe(false)
  expect(mayImprove(ann, middle)).toBe(false)
  expect(mayImprove(ann, best)).toBe(true)
  const offline = network('offline')
  expect(pathOver(middle, [offline, middle])(ann, offline)).toBe(false)
})

test('a peer is tried again after a pause, whatever was tried with others', () => {
  const mayImprove = pathOver(last)
  expect(mayImprove(ann, best)).toBe(true)
  expect(mayImprove(ann, middle)).toBe(false)
  expect(mayImprove(ben, best)).toBe(true)
  vi.advanceTimersByTime(29_999)
  expect(mayImprove(ann, best)).toBe(false)
  vi.advanceTimersByTime(1)
  expect(mayImprove(ann, best)).toBe(true)
})

test.each([
  ['127.0.0.1', 'loopback'],
  ['10.1.2.3', 'lan'],
  ['192.168.0.9', 'lan'],
  ['169.254.7.7', 'lan'],
  ['172.16.0.1', 'lan'],
  ['172.31.255.1', 'lan'],
  ['172.15.0.1', 'direct'],
  ['172.32.0.1', 'direct'],
  ['192.169.0.1', 'direct'],
  ['193.168.0.1', 'direct'],
  ['169.253.0.1', 'direct'],
  ['11.10.0.1', 'direct'],
  ['203.0.113.5', 'direct']
])('%s is reached over a %s connection', (remoteHost, kind) => {
  expect(kindOf({ rawStream: { remoteHost } } as SecretStream)).toBe(kind)
})
