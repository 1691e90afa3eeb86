import { isIPv4 } from 'node:net'
import { codeOf, SwarmchatError } from '../errors.js'
import { badAddress } from './addresses.js'
import { explainDhtError } from './dht-errors.js'
import { type Address, createBootstrapper, createDht, type DhtNode } from './hyperdht.js'

/** The persistent nodes of an isolated network. */
export interface BootstrapNodes {
  /** What to hand to the others. */
  readonly address: Address
  readonly count: number
  close(): Promise<void>
}

/** PORT_IN_USE: the port that was asked for is taken. */
const portInUse = ({ host, port }: Address, cause: unknown) =>
  new SwarmchatError('PORT_IN_USE', `Port ${port} of ${host} is taken by another program.`, {
    hint: 'Choose another one with --port.',
    cause
  })

/**
 * Starts so many persistent DHT nodes: the first at this very address, which the others of the network reach it by, the
 * rest on the ports after it or, where those are taken, on any. Throws BAD_ADDRESS, PORT_IN_USE.
 */
export async function startBootstrapNodes(at: Address, count: number): Promise<BootstrapNodes> {
  if (!isIPv4(at.host) || at.host === '0.0.0.0') throw badHost(at.host)
  const nodes = [await firstNode(at)]
  for (let offset = 1; offset < count; offset += 1) nodes.push(await nextNode(at, offset))
  return { address: at, count, close: () => closeAll(nodes) }
}

const badHost = (host: string) =>
  badAddress(
    host,
    'others must be able to reach the nodes at it, so it has to be an IPv4 address of this machine'
  )

async function firstNode(at: Address): Promise<DhtNode> {
  const { host, port } = at
  const range = [port, port + 1] as const
  const node = createBootstrapper(port, host, { host, port: range, quickFirewall: false })
  try {
    await node.fullyBootstrapped()
    return node
  } catch (thrown) {
    if (codeOf(thrown) === 'EADDRINUSE') throw portInUse(at, thrown)
    if (codeOf(thrown) === 'EADDRNOTAVAIL') throw badAddress(host, 'this machine does not have it')
    throw explainDhtError(thrown)
  }
}

async function nextNode(at: Address, offset: number): Promise<DhtNode> {
  const port =
    at.port + offset <= 65535
      ? ([at.port + offset, at.port + offset + 1] as const)
      : ([0, 0] as const)
  const options = { ephemeral: false, firewalled: false, quickFirewall: false, host: at.host, port }
  const node = createDht({ ...options, bootstrap: [at] })
  await node.fullyBootstrapped()
  return node
}

async function closeAll(nodes: readonly DhtNode[]): Promise<void> {
  await Promise.all(nodes.map(node => node.destroy({ force: true })))
}
