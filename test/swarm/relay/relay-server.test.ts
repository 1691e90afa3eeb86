import BlindRelay from 'blind-relay'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { keyPair } from '../../../src/swarm/dht/nodes.js'
import type { DhtNode } from '../../../src/swarm/dht/types.js'
import {
  type RelayLimits,
  RelayServer,
  VOLUNTEER_LIMITS
} from '../../../src/swarm/relay/relay-server.js'
import { relayedPair } from '../../support/relayed-pair.js'
import { createTestnet, type Testnet } from '../../support/testnet.js'

let net: Testnet
const relays: RelayServer[] = []
const nodes: DhtNode[] = []
beforeEach(async () => {
  net = await createTestnet(8)
})
afterEach(async () => {
  await Promise.all(relays.splice(0).map(relay => relay.close()))
  await Promise.all(nodes.splice(0).map(node => node.destroy()))
  await net.close()
})

async function open(limits: Partial<RelayLimits> = {}): Promise<RelayServer> {
  const relay = new RelayServer(net.createNode(), keyPair(), { ...VOLUNTEER_LIMITS, ...limits })
  relays.push(relay)
  await relay.listen()
  return relay
}

/** Somebody who asks a relay for pairings, token by token. */
class Client {
  readonly #node = net.createNode()
  readonly stream
  readonly #client

  constructor({ publicKey }: RelayServer) {
    this.stream = this.#node.connect(publicKey)
    this.stream.on('error', () => {})
    this.#client = BlindRelay.Client.from(this.stream, { id: this.stream.publicKey })
  }

  /** Resolves when the other end has named the token as well; never where it does not. */
  async pair(isInitiator: boolean, token: number): Promise<void> {
    const raw = this.#node.createRawStream({ framed: true })
    raw.on('error', () => {})
    const request = this.#client.pair(isInitiator, Buffer.alloc(32, `${token} `), raw)
    request.on('error', () => {})
    await new Promise(resolve => request.once('data', resolve))
  }
}

describe('RelayServer', () => {
  it('keeps the newest of the tokens that nobody matches, and no more than it pairs', async () => {
    const relay = await open({ pairingsPerSession: 8 })
    const [flood, other] = [new Client(relay), new Client(relay)]
    for (let token = 0; token < 200; token++) void flood.pair(true, token)
    await other.pair(false, 199)
    expect(relay.stats).toMatchObject({ connections: 1, waiting: 7 })
    void other.pair(false, 0)
    await other.pair(false, 198)
    expect(relay.stats).toMatchObject({ connections: 2, waiting: 7 })
    flood.stream.destroy()
    other.stream.destroy()
  })

  it('pairs no more at a time for one peer than its limit', async () => {
    const relay = await open({ pairingsPerSession: 2 })
    const [one, other] = [new Client(relay), new Client(relay)]
    for (const token of [1, 2, 3]) {
      await Promise.all([one.pair(true, token), other.pair(false, token)])
    }
    expect(relay.stats.connections).toBe(2)
  })

  it('serves no more peers at a time than its limit', async () => {
    const relay = await open({ sessions: 2 })
    const [first, second] = [new Client(relay), new Client(relay)]
    expect(await Promise.all([first.stream.opened, second.stream.opened])).toEqual([true, true])
    await Promise.all([first.pair(true, 1), second.pair(false, 1)])
    const third = new Client(relay)
    expect(await third.stream.opened).toBe(false)
    expect(relay.stats.sessions).toBe(2)
  })

  it('has a place for who comes, though others hold all and have nothing carried', async () => {
    const relay = await open({ sessions: 4 })
    const idle = Array.from({ length: 4 }, () => new Client(relay))
    for (const { stream } of idle) expect(await stream.opened).toBe(true)
    const [one, other] = [new Client(relay), new Client(relay)]
    await Promise.all([one.pair(true, 1), other.pair(false, 1)])
    expect(relay.stats).toMatchObject({ sessions: 4, connections: 1 })
    // Those that came first have gone.
    expect(idle.map(({ stream }) => stream.destroyed)).toEqual([true, true, false, false])
  })

  it('hangs up on who takes more than its bandwidth', async () => {
    const relay = await open({ bytesPerSecond: 100 })
    const pair = await relayedPair(net, relay.publicKey)
    nodes.push(...pair.nodes)
    const [from, to] = pair.ends
    to.resume()
    from.write(Buffer.alloc(100_000))
    const cut = () => expect(relay.stats).toMatchObject({ cut: 1, connections: 0 })
    await vi.waitFor(cut, { timeout: 25_000, interval: 100 })
    expect(relay.stats.bytes).toBeGreaterThan(100_000)
  })
})
