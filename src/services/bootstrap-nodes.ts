import { isIPv4 } from 'node:net'
import { networkInterfaces } from 'node:os'
import type { KeyPair } from '../base/crypto.js'
import { codeOf, SwarmchatError } from '../base/errors.js'
import { explainDhtError } from '../swarm/dht/dht-errors.js'
import { createBootstrapper, createDht } from '../swarm/dht/nodes.js'
import { countingNode, type NodeCounts } from '../swarm/dht/private-parts.js'
import type { Address, DhtNode } from '../swarm/dht/types.js'

/** How bootstrap nodes are run. */
export interface BootstrapOptions {
  /** IPv4 addresses of this machine that others reach; the nodes are spread over them. */
  readonly hosts: readonly string[]
  /** UDP port of the first node of each address. */
  readonly port: number
  /** How many nodes in all; at least one for each address. */
  readonly count: number
  /** Bootstrap nodes of the same network on other machines. */
  readonly others?: readonly Address[]
  /** Nodes known from an earlier run. */
  readonly known?: readonly Address[]
  /** Whom the first node is, also after a restart. */
  readonly keyPair?: KeyPair
}

/** The persistent nodes of an isolated network. */
export interface BootstrapNodes {
  /** What to hand to the others: the first node of each address. */
  readonly addresses: readonly Address[]
  readonly count: number
  /** The nodes of others that ours know, each once. */
  known(): Address[]
  /** What each node holds and has done. */
  counts(): NodeCounts[]
  close(): Promise<void>
}

/** Most nodes of others remembered. */
const MAX_KNOWN = 64

/** PORT_IN_USE: the port that was asked for is taken. */
const portInUse = ({ host, port }: Address, cause: unknown) =>
  new SwarmchatError('PORT_IN_USE', `Port ${port} of ${host} is taken by another program.`, {
    hint: 'Choose another one with --port.',
    cause
  })

/** BAD_ADDRESS: nodes of this machine cannot be reached at that address. */
const badHost = (host: string, reason: string) =>
  new SwarmchatError('BAD_ADDRESS', `The nodes cannot run at "${host}": ${reason}.`, {
    hint: `Give an address of this machine with --host: ${ownAddresses().join(', ')}`
  })

function ownAddresses(): string[] {
  const infos = Object.values(networkInterfaces()).flatMap(list => list ?? [])
  return infos.filter(({ family }) => family === 'IPv4').map(({ address }) => address)
}

/**
 * Starts persistent DHT nodes: the first of each address at this very port, which the others of the network reach it by,
 * the rest on the ports after it or, where those are taken, on any. Throws BAD_ADDRESS, PORT_IN_USE.
 */
export async function startBootstrapNodes(options: BootstrapOptions): Promise<BootstrapNodes> {
  const { hosts, port } = options
  for (const host of hosts) checkHost(host)
  const nodes: DhtNode[] = []
  try {
    for (const host of hosts) nodes.push(await firstNode({ host, port }, nodes.length, options))
    while (nodes.length < options.count) nodes.push(await nextNode(nodes.length, options))
  } catch (thrown) {
    await closeAll(nodes)
    throw thrown
  }
  return running(nodes, options)
}

function running(nodes: readonly DhtNode[], { hosts, port }: BootstrapOptions): BootstrapNodes {
  const counters = nodes.map(countingNode)
  return {
    addresses: hosts.map(host => ({ host, port })),
    count: nodes.length,
    known: () => knownTo(nodes, hosts),
    counts: () => counters.map(count => count()),
    close: () => closeAll(nodes)
  }
}

/** Refuses what others cannot reach nodes of this machine at. Throws BAD_ADDRESS. */
export function checkHost(host: string): void {
  if (!isIPv4(host) || host === '0.0.0.0')
    throw badHost(host, 'others reach the nodes there, so it has to be an IPv4 address')
}

async function firstNode(at: Address, index: number, options: BootstrapOptions): Promise<DhtNode> {
  const { host, port } = at
  const range = [port, port + 1] as const
  const bootstrap = [...whoIsUp(index, options), ...(options.others ?? [])]
  const first = index === 0 ? firstOf(options) : {}
  const node = createBootstrapper(port, host, {
    host,
    port: range,
    quickFirewall: false,
    bootstrap,
    ...first
  })
  try {
    await node.fullyBootstrapped()
    return node
  } catch (thrown) {
    await node.destroy({ force: true }).catch(() => {})
    if (codeOf(thrown) === 'EADDRINUSE') throw portInUse(at, thrown)
    if (codeOf(thrown) === 'EADDRNOTAVAIL') throw badHost(host, 'it is not one of this machine')
    throw explainDhtError(thrown)
  }
}

function firstOf({ keyPair, known = [] }: BootstrapOptions) {
  return keyPair === undefined ? { nodes: known } : { nodes: known, keyPair }
}

// Our first nodes that run already.
function whoIsUp(started: number, { hosts, port }: BootstrapOptions): Address[] {
  return hosts.slice(0, started).map(host => ({ host, port }))
}

async function nextNode(index: number, options: BootstrapOptions): Promise<DhtNode> {
  const { hosts, port: first } = options
  const host = hosts[index % hosts.length] ?? ''
  const port = first + Math.floor(index / hosts.length)
  const range = port <= 65535 ? ([port, port + 1] as const) : ([0, 0] as const)
  const node = createDht({
    ephemeral: false,
    firewalled: false,
    quickFirewall: false,
    host,
    port: range,
    bootstrap: whoIsUp(hosts.length, options)
  })
  await node.fullyBootstrapped()
  return node
}

function knownTo(nodes: readonly DhtNode[], ours: readonly string[]): Address[] {
  const all = nodes.flatMap(node => node.toArray()).filter(({ host }) => !ours.includes(host))
  const byName = new Map(all.map(node => [`${node.host}:${node.port}`, node])) // BOUNDED: the nodes' own tables
  return [...byName.values()].slice(0, MAX_KNOWN)
}

async function closeAll(nodes: readonly DhtNode[]): Promise<void> {
  await Promise.all(nodes.map(node => node.destroy({ force: true })))
}
