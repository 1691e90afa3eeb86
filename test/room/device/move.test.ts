import { afterEach, expect, test } from 'vitest'
import { freshIdentity } from '../../../src/home/identity.js'
import { openParts } from '../../../src/room/open.js'
import { Room } from '../../../src/room/room.js'
import type { Network } from '../../../src/swarm/networks/network.js'
import { openNetworks } from '../../../src/swarm/networks/open.js'
import { freePort } from '../../support/free-port.js'
import { createTestnet, type Testnet } from '../../support/testnet.js'
import { until } from '../../support/until.js'

const rooms: Room[] = []
const testnets: Testnet[] = []
const opened: Network[] = []

afterEach(async () => {
  await Promise.all(rooms.splice(0).map(room => room.leave()))
  await Promise.all(opened.splice(0).map(network => network.close()))
  for (const testnet of testnets.splice(0)) await testnet.close()
})

async function startTestnet(port?: number): Promise<Testnet> {
  const testnet = await createTestnet(1, port)
  testnets.push(testnet)
  return testnet
}

test('a link moves to a better network when that appears: no line is lost or doubled', async () => {
  const worse = await startTestnet()
  const port = await freePort()
  const bootstraps = [[{ host: '127.0.0.1', port }], worse.bootstrap]
  const make = async (nick: string) => {
    const networks = bootstraps.flatMap(bootstrap => openNetworks({ mode: 'isolated', bootstrap }))
    opened.push(...networks)
    const parts = await openParts({ name: 'lobby', nick, identity: freshIdentity(), networks })
    const room = new Room(parts)
    rooms.push(room)
    const texts: string[] = []
    room.on('message', ({ text }) => texts.push(text))
    let connections = 0
    parts.swarm.on('connection', () => {
      connections += 1
    })
    return { room, parts, texts, connections: () => connections }
  }
  const both = [await make('ann'), await make('ben')]
  await until(rooms, 'join', () => rooms.every(room => room.members().length === 2))
  let said = 0
  const talk = setInterval(() => {
    said += 1
    for (const [i, { room }] of both.entries()) room.say(`${i}: ${said}`)
  }, 20)
  await startTestnet(port)
  const swarms = both.map(({ parts }) => parts.swarm)
  await until(swarms, 'connection', () => both.every(({ connections }) => connections() > 1))
  const enough = said + 20
  await until(rooms, 'message', () => said >= enough)
  clearInterval(talk)
  await until(rooms, 'message', () => both.every(({ texts }) => texts.length >= 2 * said))
  for (const { parts, texts } of both) {
    expect(parts.swarm.connections.size).toBe(1)
    expect(texts).toHaveLength(2 * said)
    expect(new Set(texts).size).toBe(2 * said)
  }
})
