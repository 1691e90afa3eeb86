import { randomBytes } from 'node:crypto'
import { createServer, type Server, type Socket } from 'node:net'
import type { Millis } from '../../base/time.js'
import { createBootstrapper } from '../dht/nodes.js'
import { destroyUnbound } from '../dht/private-parts.js'
import type { DhtNode } from '../dht/types.js'

/** The loopback address that local networks live on. */
export const LOOPBACK = '127.0.0.1'
/** What a hub says first on its TCP port, before its generation (16 hex digits) and a line feed. */
export const HUB_GREETING = 'swarmchat-hub/1 '

/** Where a hub is. */
export interface HubPlace {
  readonly port: number
  /** Default: loopback. */
  readonly host?: string
  /**
   * The hub shows this often that it lives, and one that was silent three times as long is dead: for hubs on other
   * machines. Default: never; on one machine the kernel tells.
   */
  readonly heartbeat?: Millis
}

/** A place where a member of the local network is at home: a hub of its own, or somebody else's. */
export interface Home {
  /** The hub's address. */
  readonly host: string
  /** Random, new for every hub: tells a successor from the hub that was there before. */
  readonly generation: string
  /** True where this process runs the hub. */
  readonly own: boolean
  /** Resolves when the hub is gone. */
  readonly gone: Promise<void>
  leave(): Promise<void>
}

// BOUNDED: connections that are kept, one for each process that uses the network. Others come back from time to time.
const MAX_CLIENTS = 128
/** What a hub says after its greeting, before it hangs up, where it keeps no more connections. */
export const HUB_FULL = 'full\n'

/**
 * Runs the hub of the local network: the TCP port says who it is, the UDP port of the same number is the DHT node that
 * the others bootstrap from. Rejects with EADDRINUSE where somebody else has a port; the kernel decides.
 */
export async function openHub({ port, host = LOOPBACK, heartbeat }: HubPlace): Promise<Home> {
  const generation = randomBytes(8).toString('hex')
  const clients = new Set<Socket>() // BOUNDED: MAX_CLIENTS
  const greeting = `${HUB_GREETING}${generation}\n`
  let ready = false
  const server = createServer(client => {
    if (clients.size >= MAX_CLIENTS) turnAway(client, ready ? `${greeting}${HUB_FULL}` : '')
    else keep(clients, client, ready ? greeting : '')
  })
  await listen(server, port, host)
  const node = await bindNode(port, host).catch(error => closeAfter(server, clients, error))
  ready = true
  for (const client of clients) client.write(greeting)
  if (heartbeat !== undefined) beat(server, clients, heartbeat)
  const gone = closed(server)
  return { host, generation, own: true, gone, leave: () => leave(server, clients, node) }
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port, host }, () => {
      server.off('error', reject)
      server.on('error', () => server.close())
      server.unref()
      resolve()
    })
  })
}

async function bindNode(port: number, host: string): Promise<DhtNode> {
  const range = { host, port: [port, port + 1], quickFirewall: false } as const
  const node = createBootstrapper(port, host, range)
  try {
    await node.fullyBootstrapped()
    return node
  } catch (thrown) {
    await node.destroy({ force: true }).catch(() => destroyUnbound(node))
    throw thrown
  }
}

async function closeAfter(server: Server, clients: Set<Socket>, error: unknown): Promise<never> {
  closeServer(server, clients)
  throw error
}

function keep(clients: Set<Socket>, client: Socket, greeting: string): void {
  clients.add(client)
  client.unref()
  client.on('error', () => client.destroy())
  client.on('close', () => clients.delete(client))
  client.resume()
  if (greeting !== '') client.write(greeting)
}

// It has what it came for: there is a hub. No idler can take that from it.
function turnAway(client: Socket, farewell: string): void {
  client.on('error', () => client.destroy())
  client.end(farewell, () => client.destroy())
}

function beat(server: Server, clients: Set<Socket>, every: Millis): void {
  const timer = setInterval(() => {
    for (const client of clients) client.write('\n')
  }, every).unref()
  server.once('close', () => clearInterval(timer))
}

function closed(server: Server): Promise<void> {
  return new Promise(resolve => server.once('close', () => resolve()))
}

// The node first: whoever sees its socket close finds the UDP port free.
async function leave(server: Server, clients: Set<Socket>, node: DhtNode): Promise<void> {
  await node.destroy({ force: true })
  closeServer(server, clients)
}

function closeServer(server: Server, clients: Set<Socket>): void {
  server.close()
  for (const client of clients) client.destroy()
}
