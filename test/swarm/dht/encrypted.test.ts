import type { EventEmitter } from 'node:events'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { keyPair } from '../../../src/swarm/dht/nodes.js'
import type { RawStream, SecretStream } from '../../../src/swarm/dht/stream-types.js'
import { RelayServer, VOLUNTEER_LIMITS } from '../../../src/swarm/relay/relay-server.js'
import { relayedPair } from '../../support/relayed-pair.js'
import { createTestnet, type Testnet } from '../../support/testnet.js'
import { until } from '../../support/until.js'

let net: Testnet
beforeEach(async () => {
  net = await createTestnet(8)
})
afterEach(() => net.close())

/** What the end receives from the network, as it comes: what every relay on the way has in its hands. */
function wiretap({ rawStream }: SecretStream): Buffer[] {
  const seen: Buffer[] = []
  // First in line: the stream deciphers where the bytes lie.
  const raw = rawStream as RawStream & Pick<EventEmitter, 'prependListener'>
  raw.prependListener('data', bytes => seen.push(Buffer.from(bytes)))
  return seen
}

test('what crosses a relay cannot be read on the way', async () => {
  const relay = new RelayServer(net.createNode(), keyPair(), VOLUNTEER_LIMITS)
  await relay.listen()
  const { ends, nodes } = await relayedPair(net, relay.publicKey)
  const [from, to] = ends
  const [seen, received] = [wiretap(to), [] as Buffer[]]
  to.on('data', bytes => received.push(Buffer.from(bytes)))
  const secret = Buffer.from('nobody on the way reads this')
  from.write(secret)
  await until([to], 'data', () => Buffer.concat(received).includes(secret))
  expect(Buffer.concat(seen).byteLength).toBeGreaterThan(secret.byteLength)
  expect(Buffer.concat(seen).includes(secret)).toBe(false)
  await Promise.all(nodes.map(node => node.destroy()))
  await relay.close()
})
