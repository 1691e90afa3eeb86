import { afterEach, beforeEach, expect, it } from 'vitest'
import { keyPair } from '../../../src/swarm/dht/nodes.js'
import { isRelayed } from '../../../src/swarm/dht/relayed.js'
import { dial } from '../../../src/swarm/dial/hinted-dial.js'
import { RelayServer, VOLUNTEER_LIMITS } from '../../../src/swarm/relay/relay-server.js'
import { relayedPair } from '../../support/relayed-pair.js'
import { createTestnet, type Testnet } from '../../support/testnet.js'

let net: Testnet
beforeEach(async () => {
  net = await createTestnet(8)
})
afterEach(() => net.close())

it('tells a stream that runs through a relay from one that does not, at both ends', async () => {
  const relay = new RelayServer(net.createNode(), keyPair(), VOLUNTEER_LIMITS)
  await relay.listen()
  const { ends, nodes } = await relayedPair(net, relay.publicKey)
  expect(ends.map(isRelayed)).toEqual([true, true])
  await Promise.all(nodes.map(node => node.destroy()))
  await relay.close()
})

it('takes no direct stream for a relayed one', async () => {
  const pair = keyPair()
  const listening = net.createNode()
  await listening.createServer({}, stream => stream.on('error', () => {})).listen(pair)
  const stream = dial(net.createNode(), pair.publicKey, {})
  expect(await stream.opened).toBe(true)
  expect(isRelayed(stream)).toBe(false)
})
