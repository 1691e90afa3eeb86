import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { keyPair } from '../../../src/swarm/dht/nodes.js'
import type { DhtNode } from '../../../src/swarm/dht/types.js'
import { dial } from '../../../src/swarm/dial/hinted-dial.js'
import { freePort } from '../../support/free-port.js'
import { createTestnet, type Testnet } from '../../support/testnet.js'

const pair = keyPair()
let net: Testnet
let dialler: DhtNode
let own: { host: string; port: number }

beforeEach(async () => {
  net = await createTestnet(8)
  const listening = net.createNode()
  await listening.fullyBootstrapped()
  await listening.createServer({}, stream => stream.on('error', () => {}).end()).listen(pair)
  own = { host: '127.0.0.1', port: listening.address()?.port ?? 0 }
  dialler = net.createNode()
  await dialler.fullyBootstrapped()
})
afterEach(() => net.close())

/** Searches for keys that a node has begun. */
function searchesOf(node: DhtNode): { count: number } {
  const searches = { count: 0 }
  const { findPeer } = node
  node.findPeer = function (...options) {
    searches.count++
    return findPeer.apply(this, options)
  }
  return searches
}

describe('dial', () => {
  it('searches for nobody who answers where a lookup saw it', async () => {
    const searches = searchesOf(dialler)
    const stream = dial(dialler, pair.publicKey, { relayAddresses: [own] })
    expect(await stream.opened).toBe(true)
    await new Promise(resolve => setImmediate(resolve))
    expect(searches.count).toBe(0)
    stream.destroy()
  })

  it('searches at once for who was not seen anywhere', async () => {
    const searches = searchesOf(dialler)
    const stream = dial(dialler, pair.publicKey, {})
    expect(await stream.opened).toBe(true)
    expect(searches.count).toBe(1)
    stream.destroy()
  })

  it('reaches who has moved since', async () => {
    const gone = { host: '127.0.0.1', port: await freePort() }
    const stream = dial(dialler, pair.publicKey, { relayAddresses: [gone] })
    expect(await stream.opened).toBe(true)
    stream.destroy()
  })

  it('begins no search for a dial that was given up', async () => {
    const searches = searchesOf(dialler)
    const gone = { host: '127.0.0.1', port: await freePort() }
    const stream = dial(dialler, pair.publicKey, { relayAddresses: [gone] })
    stream.on('error', () => {})
    stream.destroy()
    expect(await stream.opened).toBe(false)
    expect(searches.count).toBe(0)
  })

  it('works with a node that keeps things to itself', async () => {
    class Discreet extends (dialler.constructor as typeof Object) {
      readonly #address = null
      remoteAddress() {
        return this.#address
      }
    }
    const Node = Discreet as unknown as new (options: object) => DhtNode
    const node = new Node({ bootstrap: net.bootstrap, host: '127.0.0.1', port: [0, 0] })
    await node.fullyBootstrapped()
    const stream = dial(node, pair.publicKey, { relayAddresses: [own] })
    expect(await stream.opened).toBe(true)
    stream.destroy()
    await node.destroy()
  })
})
