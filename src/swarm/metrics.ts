import type { Metric } from '../base/metrics.js'
import type { Network } from './networks/network.js'
import type { SwarmStats } from './swarm-options.js'

/** What a swarm's figures are made from. */
export interface SwarmFigures {
  readonly connections: number
  readonly dials: number
  readonly peers: number
  readonly stats: SwarmStats
  readonly networks: readonly Pick<Network, 'name' | 'state'>[]
}

/** A swarm in figures. */
export function swarmMetrics({
  connections,
  dials,
  networks,
  peers,
  stats
}: SwarmFigures): Metric[] {
  const { client, server } = stats.connects
  return [
    gauge('connections', 'Live connections.', connections),
    gauge('dials', 'Dials under way.', dials),
    gauge('known_peers', 'Peers that were found, dialled or connected lately.', peers),
    ...networks.map(({ name, state }) => ({
      ...gauge('network_online', '1 if the network is usable, else 0.', state === 'online' ? 1 : 0),
      labels: { network: name }
    })),
    counter('dials_started', 'Dials that were begun.', client.attempted),
    side('opened_connections', OPENED, 'client', client.opened),
    side('opened_connections', OPENED, 'server', server.opened),
    side('closed_connections', CLOSED, 'client', client.closed),
    side('closed_connections', CLOSED, 'server', server.closed),
    counter('banned_peers', 'Peers that were banned.', stats.bannedPeers)
  ]
}

const OPENED = 'Connections that opened; client: this side dialled.'
const CLOSED = 'Connections that ended; client: this side had dialled.'

function gauge(name: string, help: string, value: number): Metric {
  return { name: `swarmchat_swarm_${name}`, type: 'gauge', help, value }
}

function counter(name: string, help: string, value: number): Metric {
  return { name: `swarmchat_swarm_${name}_total`, type: 'counter', help, value }
}

function side(name: string, help: string, which: 'client' | 'server', value: number): Metric {
  return { ...counter(name, help, value), labels: { side: which } }
}
