import { once } from 'node:events'
import { createServer, type Server } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { findHub } from '../../../src/swarm/hub/hub-client.js'
import { openHub } from '../../../src/swarm/hub/hub-server.js'
import { hubAnnouncement } from '../../../src/swarm/hub/lan-records.js'
import { LanNetwork } from '../../../src/swarm/networks/lan-network.js'
import { Swarm } from '../../../src/swarm/swarm.js'
import { FakeLan } from '../../support/fake-mdns.js'
import { freePort } from '../../support/free-port.js'
import { until } from '../../support/until.js'

const topic = Buffer.alloc(32, 'lan')
let lan: FakeLan
let port: number
const networks: LanNetwork[] = []
const swarms: Swarm[] = []
const strangers: Server[] = []

beforeEach(async () => {
  lan = new FakeLan()
  port = await freePort()
})
afterEach(async () => {
  await Promise.all(swarms.splice(0).map(swarm => swarm.destroy()))
  await Promise.all(networks.splice(0).map(network => network.close()))
  for (const server of strangers.splice(0)) server.close()
})

const at = (number: number) => ({ host: `127.0.0.${number}`, cidr: `127.0.0.${number}/8` })

/** A machine of its own at 127.0.0.n; those of one number are processes of one machine. */
function open(number: number, addresses = () => [at(number)]): LanNetwork {
  const bind = `127.0.0.${number}`
  const network = new LanNetwork(port, { addresses, openMdns: lan.open, bind })
  networks.push(network)
  return network
}

function swarm(network: LanNetwork): Swarm {
  const made = new Swarm({ networks: [network] })
  swarms.push(made)
  return made
}

const hubs = () => networks.filter(network => network.hosting)

async function stranger(host: string, answer: string): Promise<void> {
  const server = createServer(socket => socket.on('error', () => {}).end(answer))
  strangers.push(server)
  await once(server.listen(port, host), 'listening')
}

test('machines that start together meet, and one of them is the hub', async () => {
  const all = [2, 3, 4].map(number => swarm(open(number)))
  for (const each of all) each.join(topic)
  await until(all, 'update', () => all.every(({ connections }) => connections.size === 2))
  await until(networks, 'rehome', () => hubs().length === 1)
})

test('processes of one machine share its hub', async () => {
  await open(2).ready
  await open(2).ready
  expect(hubs()).toHaveLength(1)
})

test('when the hub goes another takes over, and a newcomer finds everybody', async () => {
  const first = open(2)
  await first.ready
  const all = [3, 4].map(number => swarm(open(number)))
  for (const each of all) each.join(topic)
  await until(all, 'update', () => all.every(({ connections }) => connections.size === 1))
  const rehomed = all.map(
    ({ networks: [network] }) => network && once(network as LanNetwork, 'rehome')
  )
  await first.close()
  await Promise.all(rehomed)
  const fourth = swarm(open(5))
  fourth.join(topic)
  await until([fourth, ...all], 'update', () =>
    [fourth, ...all].every(({ connections }) => connections.size === 2)
  )
})

test('two hubs that hear of each other become one', async () => {
  const [one, other] = [open(2), open(3)]
  await Promise.all([one.ready, other.ready])
  await until([one, other], 'rehome', () => hubs().length === 1)
})

test('a machine that is carried to another network is at home there', async () => {
  const neighbour = open(3)
  await neighbour.ready
  let where = [at(9)]
  const wanderer = open(9, () => where)
  await wanderer.ready
  const rehomed = once(wanderer, 'rehome')
  where = []
  await until([wanderer], 'state', () => wanderer.state === 'offline')
  expect(wanderer.problem?.code).toBe('NO_LAN')
  where = [at(9)]
  await rehomed
  expect(wanderer.state).toBe('online')
})

test('a stranger on the port is one clear sentence; a hub next door is used all the same', async () => {
  await stranger('127.0.0.2', 'SSH-2.0-OpenSSH_9.6 and a good deal more\r\n')
  const network = open(2)
  await until([network], 'state', () => network.state === 'offline')
  expect(network.problem?.message).toBe(`Port ${port} of 127.0.0.2 is taken by another program.`)
  await open(3).ready
  await network.ready
  expect(network.state).toBe('online')
})

test('a hub that falls silent without hanging up is given up; one that shows signs of life is not', async () => {
  const silent = await openHub({ port, host: '127.0.0.2' })
  const lively = await openHub({ port, host: '127.0.0.3', heartbeat: 20 })
  const { signal } = new AbortController()
  const find = (host: string) => findHub({ port, host, heartbeat: 100 }, signal)
  const [given, kept] = await Promise.all([find('127.0.0.2'), find('127.0.0.3')])
  const first = await Promise.race([
    given.gone.then(() => 'silent'),
    kept.gone.then(() => 'lively')
  ])
  expect(first).toBe('silent')
  await lively.leave()
  await kept.gone
  await silent.leave()
})

test('announcements that lie are passed over', async () => {
  await stranger('127.0.0.66', 'HTTP/1.1 400 Bad Request with many words')
  const network = open(2)
  const lie = (host: string, at = port) =>
    lan.say(hubAnnouncement({ generation: '0'.repeat(16), host, port: at }))
  const liar = setInterval(() => {
    for (const host of ['127.0.0.66', '127.0.0.67', '203.0.113.1', '224.0.0.1']) lie(host)
    lie('127.0.0.2', 1)
    lan.say({ type: 'response', answers: [null, { name: 7 }], additionals: 'junk' })
  }, 20)
  await network.ready
  expect(network.shutOut).toMatch(/^127\.0\.0\.6[67]$/)
  const other = open(3)
  await other.ready
  clearInterval(liar)
  await until(networks, 'rehome', () => hubs().length === 1)
})

test('no room and no topic in what is told to everybody', async () => {
  const network = open(2)
  const one = swarm(network)
  await one.join(topic).flushed()
  const told = JSON.stringify(lan.packets)
  expect(told).toContain('_swarmchat._tcp.local')
  for (const secret of [topic.toString('hex'), topic.toString(), topic.toString('base64')]) {
    expect(told).not.toContain(secret)
  }
})
