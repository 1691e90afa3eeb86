import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import type { Network, NetworkState } from '../../../src/swarm/networks/network.js'
import { unlessOffline } from '../../../src/swarm/networks/until-offline.js'

function networkThatIs(state: NetworkState) {
  const network = Object.assign(new EventEmitter(), { state })
  return network as unknown as Network & { state: NetworkState; emit: EventEmitter['emit'] }
}

const never = new Promise<never>(() => {})

test('ends with the job, and listens no longer', async () => {
  const network = networkThatIs('online')
  await unlessOffline(network, Promise.resolve())
  expect(network.listenerCount('state')).toBe(0)
})

test('rejects as the job does', async () => {
  await expect(
    unlessOffline(networkThatIs('starting'), Promise.reject(new Error('closed')))
  ).rejects.toThrow('closed')
})

test('ends where the network is offline, or becomes it', async () => {
  await unlessOffline(networkThatIs('offline'), never)
  const network = networkThatIs('starting')
  const ended = unlessOffline(network, never)
  network.emit('state', 'starting')
  network.state = 'offline'
  network.emit('state', 'offline')
  await ended
  expect(network.listenerCount('state')).toBe(0)
})
