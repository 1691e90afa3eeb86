import { once } from 'node:events'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openNetworks } from '../../../src/swarm/networks/open.js'
import { Swarm } from '../../../src/swarm/swarm.js'
import { createTestnet, type Testnet } from '../../support/testnet.js'
import { until } from '../../support/until.js'

const topic = Buffer.alloc(32, 'networks')
let testnets: [Testnet, Testnet]
const running: Swarm[] = []

beforeEach(async () => {
  testnets = [await createTestnet(), await createTestnet()]
})
afterEach(async () => {
  await Promise.all(running.splice(0).map(swarm => swarm.destroy()))
  await Promise.all(testnets.map(testnet => testnet.close()))
})

/** A swarm on both networks, or on those of these numbers. */
function make(...numbers: readonly (0 | 1)[]): Swarm {
  const networks = (numbers.length === 0 ? ([0, 1] as const) : numbers).flatMap(n =>
    openNetworks({ mode: 'isolated', bootstrap: testnets[n].bootstrap })
  )
  const swarm = new Swarm({ networks })
  running.push(swarm)
  return swarm
}

const settled = (all: Swarm[], size: number) =>
  until(all, 'update', () =>
    all.every(swarm => swarm.connections.size === size && !swarm.connecting)
  )

describe('a swarm on two networks', () => {
  it('keeps one connection to a peer that it meets on both', async () => {
    const all = [make(), make(), make()]
    for (const swarm of all) swarm.join(topic)
    await settled(all, 2)
    const [first] = all
    const [peer] = first?.peers.values() ?? []
    await until(all, 'peer', () => peer?.paths.length === 2)
    await settled(all, 2)
  })

  it('joins those who are on one of them only', async () => {
    const [left, both, right] = [make(0), make(), make(1)]
    for (const swarm of [left, both, right]) swarm.join(topic)
    await settled([both], 2)
    await settled([left, right], 1)
  })

  it('tries the next path where the best one leads nowhere', async () => {
    const b = make()
    await b.join(topic).flushed()
    await until([b], 'update', () => b.status(topic)?.isServer)
    // Its node on the first network dies without taking anything back.
    await b.networks[0]?.dht.destroy({ force: true })
    const a = make()
    const met = once(a, 'connection')
    a.join(topic)
    const [, peer] = await met
    expect(peer.lastAttempt?.outcome ?? 'connected').toBe('connected')
  })
})
