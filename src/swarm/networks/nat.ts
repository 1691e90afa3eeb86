import { askAbout } from '../dht/nodes.js'
import type { Address } from '../dht/types.js'
import { formatAddress, isLoopback } from './addresses.js'
import type { NatClass, Network } from './network.js'

/** What the NAT between us and a network is like. */
export interface NatReport {
  readonly nat: NatClass
  /** How that was found, as a sentence. */
  readonly how: string
  /** Where the nodes that were asked see us, each place once. */
  readonly seenAt: readonly string[]
}

/** Most nodes asked. Guess: enough to see a port change, and no burden to anybody. */
const MAX_ASKED = 8

/** Asks some nodes of this network, on as many addresses as there are, where they see us. Never rejects. */
export async function probeNat(network: Network): Promise<NatReport> {
  const { dht } = network
  const nodes = spread(dht.toArray())
  const answers = await Promise.all(
    nodes.map(at => askAbout(dht, dht.defaultKeyPair.publicKey, at))
  )
  const seen = answers.flatMap((answer, i) => (answer ? [{ by: nodes[i], us: answer.us }] : []))
  const hosts = new Set(seen.map(({ by }) => by?.host)).size
  return judge({
    neighbours: network.name === 'lan',
    open: dht.remoteAddress(),
    hosts,
    asked: seen.length,
    us: seen.map(({ us }) => us)
  })
}

/** What was seen of us. */
export interface Seen {
  /** Where we are reached unasked; null where nobody has proved that. */
  readonly open: Address | null
  /** True on a LAN, where nobody has to prove it. */
  readonly neighbours?: boolean
  /** Nodes that answered, and on how many addresses they are. */
  readonly asked: number
  readonly hosts: number
  /** Where each of them saw us. */
  readonly us: readonly Address[]
}

/** The class that follows from what was seen. Pure. */
export function judge({ asked, hosts, neighbours, open, us }: Seen): NatReport {
  const seenAt = [...new Set(us.map(formatAddress))].sort()
  const [first = ''] = seenAt
  const nodes = `${asked} ${asked === 1 ? 'node' : 'nodes'} at ${hosts} ${hosts === 1 ? 'address' : 'addresses'}`
  if (open !== null) return { nat: 'open', how: howOpen(open, neighbours === true), seenAt }
  if (seenAt.length > 1)
    return {
      nat: 'randomising',
      how: `${nodes} saw us at ${seenAt.length} different places`,
      seenAt
    }
  if (hosts < 2)
    return { nat: 'unknown', how: `only ${nodes} answered; two addresses are needed`, seenAt }
  return { nat: 'consistent', how: `${nodes} all saw us at ${first}`, seenAt }
}

function howOpen(open: Address, neighbours: boolean): string {
  if (isLoopback(open)) return 'it never leaves this machine'
  if (neighbours) return `neighbours reach us at ${formatAddress(open)}, without any router between`
  return `a node reached us unasked at ${formatAddress(open)}`
}

// One of each address first.
function spread(nodes: readonly Address[]): Address[] {
  const byHost = new Map(nodes.map(node => [node.host, node])) // BOUNDED: the node's own table
  const first = [...byHost.values()]
  const rest = nodes.filter(node => !first.includes(node))
  return [...first, ...rest].slice(0, MAX_ASKED)
}
