import type { Millis } from '../base/time.js'
import type { PeerReport } from '../room/reach/report.js'
import { checkLocalHub } from '../swarm/hub/hub-check.js'
import { LanNetwork } from '../swarm/networks/lan-network.js'
import { probeNat } from '../swarm/networks/nat.js'
import {
  LOCAL_PORT,
  type Network,
  type NetworkSpec,
  openNetworks
} from '../swarm/networks/network.js'
import { checkClock, checkHome, checkIdentity } from './check-home.js'
import { examineRoom } from './check-room.js'

/** One thing that was looked at. */
export interface Finding {
  /** What was looked at; `network`, `nat` come once per network, named in `about`. */
  readonly check: 'hub' | 'home' | 'identity' | 'clock' | 'network' | 'nat' | 'room'
  readonly about?: string | undefined
  /** failed: it keeps us from talking; warning: it may make it harder; ok. */
  readonly state: 'ok' | 'warning' | 'failed'
  /** A sentence for a person. */
  readonly text: string
  /** What to do; empty where nothing needs to be done. */
  readonly hint: string
  /** The same for programs. */
  readonly facts?: Readonly<Record<string, unknown>> | undefined
}

/** How a check-up is done. */
export interface CheckupOptions {
  readonly networks: NetworkSpec
  /** A room to look into, without being seen there. */
  readonly room?: string | undefined
  /** Default: the home directory of this user. */
  readonly home?: string | undefined
  /** Networks get so long to answer, and then the room. */
  readonly timeout: Millis
  readonly interrupted?: AbortSignal | undefined
  /** Hears of every finding as soon as there is one. */
  readonly onfinding: (finding: Finding) => void
}

/** What came of it. */
export interface Checkup {
  /** True where no finding failed. */
  readonly healthy: boolean
  readonly findings: readonly Finding[]
  /** Everybody found in the room. */
  readonly peers: readonly PeerReport[]
}

/** Looks whether, and why not, this machine can talk to others. Rejects only for a bad room name. */
export async function examine(options: CheckupOptions): Promise<Checkup> {
  const findings: Finding[] = []
  const note = (...found: readonly Finding[]) => {
    findings.push(...found)
    for (const finding of found) options.onfinding(finding)
  }
  note(checkHome(options.home), checkIdentity(options.home))
  note(await examineHub(options.networks))
  const networks = openNetworks(options.networks)
  const peers = await examineNetworks(networks, options, note).finally(() => closeAll(networks))
  return { healthy: findings.every(({ state }) => state !== 'failed'), findings, peers }
}

async function examineNetworks(
  networks: readonly Network[],
  options: CheckupOptions,
  note: (...found: readonly Finding[]) => void
): Promise<readonly PeerReport[]> {
  await answered(networks, options)
  for (const network of networks) note(...(await examineNetwork(network, networks)))
  if (options.room === undefined) {
    note(checkClock([]))
    return []
  }
  const { finding, clocks, peers } = await examineRoom(options.room, networks, options)
  note(finding, checkClock(clocks, finding.facts?.clocksAhead === true))
  return peers
}

async function examineHub(spec: NetworkSpec): Promise<Finding> {
  const port = ('localPort' in spec ? spec.localPort : undefined) ?? LOCAL_PORT
  const found = await checkLocalHub(port)
  const about = { check: 'hub', facts: { port, hub: found.state } } as const
  if (found.state === 'taken')
    return { ...about, state: 'failed', text: found.problem.message, hint: found.problem.hint }
  if (found.state === 'running' && isSomebodyElse(found.owner)) return foreignHub(port, found.owner)
  const text =
    found.state === 'free'
      ? `The local hub can be run on port ${port}.`
      : `Another swarmchat of this machine runs the local hub on port ${port}, and it does what a hub does.`
  return { ...about, state: 'ok', text, hint: '' }
}

function isSomebodyElse(owner: number | undefined): owner is number {
  return owner !== undefined && owner !== process.getuid?.()
}

function foreignHub(port: number, owner: number): Finding {
  return {
    check: 'hub',
    facts: { port, hub: 'running', owner },
    state: 'warning',
    text: `Another user of this machine (id ${owner}) runs the local hub on port ${port}.`,
    hint: 'That user could hide members from each other, but read nothing. Who does not want that uses another port: SWARMCHAT_LOCAL_PORT=28788.'
  }
}

async function examineNetwork(network: Network, all: readonly Network[]): Promise<Finding[]> {
  const { dht, name, problem, state } = network
  const about = {
    check: 'network',
    about: name,
    facts: { network: state, nodes: dht.nodes.length }
  } as const
  if (state !== 'online') {
    const unmissed = problem?.code === 'NO_LAN' && all.length > 1
    const text = problem?.message ?? 'it did not answer in time'
    const hint = problem?.hint ?? 'Wait a little longer with --timeout.'
    return [{ ...about, state: unmissed ? 'warning' : 'failed', text: sentence(text), hint }]
  }
  if (network.warning !== undefined) {
    const { hint, message } = network.warning
    return [{ ...about, state: 'warning', text: message, hint }, await examineNat(network)]
  }
  if (network instanceof LanNetwork && network.shutOut !== undefined)
    return [shutOut(network.shutOut), await examineNat(network)]
  const nodes = dht.nodes.length
  const text = `${nodes} DHT ${nodes === 1 ? 'node is' : 'nodes are'} known and at least one answers.`
  return [{ ...about, state: 'ok', text, hint: '' }, await examineNat(network)]
}

function shutOut(host: string): Finding {
  const text = `A neighbour at ${host} tells of a hub, but does not let us in.`
  const hint = `Its firewall must let TCP and UDP ${LOCAL_PORT} in, and UDP from this network; or a stranger plays tricks.`
  return { check: 'network', about: 'lan', state: 'warning', text, hint, facts: { shutOut: host } }
}

async function examineNat(network: Network): Promise<Finding> {
  const { how, nat, seenAt } = await probeNat(network)
  const randomising = nat === 'randomising'
  return {
    check: 'nat',
    about: network.name,
    state: randomising ? 'warning' : 'ok',
    text: `The NAT is ${nat}: ${how}.`,
    hint: randomising
      ? 'Others behind such a NAT are reached through a third member or a relay only (swarmchat relay, --relay); those with an open address directly.'
      : '',
    facts: { nat, how, seenAt }
  }
}

// Whoever is offline says so in time; who says nothing is waited for as long as we may.
async function answered(
  networks: readonly Network[],
  { interrupted, timeout }: CheckupOptions
): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>(resolve => {
    timer = setTimeout(resolve, timeout)
    interrupted?.addEventListener('abort', () => resolve(), { once: true })
  })
  await Promise.race([late, Promise.all(networks.map(spoke))])
  clearTimeout(timer)
}

function spoke(network: Network): Promise<void> {
  return new Promise(resolve => {
    const look = () => {
      if (network.state === 'starting') return
      network.off('state', look)
      resolve()
    }
    network.on('state', look)
    look()
  })
}

async function closeAll(networks: readonly Network[]): Promise<void> {
  await Promise.allSettled(networks.map(network => network.close()))
}

function sentence(text: string): string {
  const begun = text.slice(0, 1).toUpperCase() + text.slice(1)
  return /[.!?]$/.test(begun) ? begun : `${begun}.`
}
