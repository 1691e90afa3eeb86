import type { SwarmchatError } from '../base/errors.js'
import { asSentence, givenUp } from '../base/sentence.js'
import { LanNetwork } from '../swarm/networks/lan-network.js'
import { isMissed } from '../swarm/networks/missed.js'
import { probeNat } from '../swarm/networks/nat.js'
import type { Network } from '../swarm/networks/network.js'
import { LOCAL_PORT } from '../swarm/networks/open.js'
import type { Finding } from './finding.js'

/** Whether a network works, and what the NAT between us and it is like. `all`: those that are looked at. */
export async function checkNetwork(
  network: Network,
  all: readonly Network[]
): Promise<readonly Finding[]> {
  if (network.state !== 'online') return [offline(network, all)]
  const shutOut = network instanceof LanNetwork ? network.shutOut : undefined
  const finding = shutOut === undefined ? online(network) : shutOutBy(shutOut)
  return [finding, await checkNat(network)]
}

function online(network: Network): Finding {
  const { name, warning } = network
  if (warning !== undefined) return warningOf(name, warning)
  const nodes = network.nodes()
  const text = `${nodes} DHT ${nodes === 1 ? 'node is' : 'nodes are'} known and at least one answers.`
  const facts = { network: 'online', nodes }
  return { check: 'network', about: name, state: 'ok', text, hint: '', facts }
}

function warningOf(name: string, { code, hint, message }: SwarmchatError): Finding {
  const about = { check: 'network', about: name, facts: { network: 'online', code } } as const
  return { ...about, state: 'warning', text: asSentence(message), hint: asSentence(hint) }
}

function offline(network: Network, all: readonly Network[]): Finding {
  const { name, problem, state } = network
  const said = problem?.message ?? `the ${name} network did not answer in time`
  const text = asSentence(givenUp(said))
  const hint = asSentence(problem?.hint ?? 'Wait a little longer with --timeout.')
  const facts = { network: state, nodes: network.nodes(), code: problem?.code ?? 'DHT_OFFLINE' }
  const about = { check: 'network', about: name, text, facts } as const
  return isMissed(network, all)
    ? { ...about, state: 'failed', hint }
    : { ...about, state: 'skip', hint: '' }
}

function shutOutBy(host: string): Finding {
  const text = `A neighbour at ${host} announces a hub, but does not let us in.`
  const hint = `Its firewall must let TCP and UDP ${LOCAL_PORT} in, and UDP from this network. If it does, the announcement is false.`
  return { check: 'network', about: 'lan', state: 'warning', text, hint, facts: { shutOut: host } }
}

const NAT_HINTS = {
  open: '',
  consistent: '',
  randomising:
    'Peers with an open address are reached directly; others behind such a NAT only through a third member or a relay (swarmchat relay, --relay).',
  unknown: 'Nodes on more addresses can tell.'
} as const

const NAT_STATES = {
  open: 'ok',
  consistent: 'ok',
  randomising: 'warning',
  unknown: 'skip'
} as const

async function checkNat(network: Network): Promise<Finding> {
  const { how, nat, seenAt } = await probeNat(network)
  const text = nat === 'unknown' ? `The NAT is not known: ${how}.` : `The NAT is ${nat}: ${how}.`
  const facts = { nat, how, seenAt }
  const state = NAT_STATES[nat]
  return { check: 'nat', about: network.name, state, text, hint: NAT_HINTS[nat], facts }
}
