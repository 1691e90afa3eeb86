import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import type { Address, DhtNode } from '../../../src/swarm/dht/types.js'
import { GivenNetwork } from '../../../src/swarm/networks/given-network.js'

class FakeNode extends EventEmitter {
  readonly listening = new Set()
  address: Address | null = null
  bootstrapped: () => void = () => {}

  async bind() {}
  fullyBootstrapped() {
    return new Promise<void>(resolve => {
      this.bootstrapped = resolve
    })
  }
  remoteAddress() {
    return this.address
  }
  async destroy() {}
}

function open() {
  const node = new FakeNode()
  const network = new GivenNetwork(node as unknown as DhtNode)
  const rehomed: true[] = []
  network.on('rehome', () => rehomed.push(true))
  return { network, node, rehomed }
}

test('a given node is usable as soon as it knows that others reach it', async () => {
  const { network, node, rehomed } = open()
  node.emit('nat-update', '127.0.0.1', 0)
  expect(network.state).toBe('starting')
  node.address = { host: '127.0.0.1', port: 1 }
  node.emit('nat-update', '127.0.0.1', 1)
  expect(network.state).toBe('online')
  await network.ready
  node.bootstrapped()
  await new Promise(setImmediate)
  expect(rehomed).toEqual([])
  expect(node.listenerCount('nat-update')).toBe(0)
})

test('one that nobody reaches unasked is usable when it has found its place', async () => {
  const { network, node } = open()
  node.bootstrapped()
  await network.ready
  expect(network.state).toBe('online')
})
