import type { KeyPair } from '../base/crypto.js'
import { SwarmchatError } from '../base/errors.js'
import type { Metric } from '../base/metrics.js'
import type { Millis } from '../base/time.js'
import { explainDhtError } from '../swarm/dht/dht-errors.js'
import { checkOpen } from '../swarm/dht/private-parts.js'
import type { Network } from '../swarm/networks/network.js'
import { type NetworkSpec, openNetworks } from '../swarm/networks/open.js'
import { type RelayLimits, RelayServer, type RelayStats } from '../swarm/relay/relay-server.js'

/** How a dedicated relay is run. */
export interface RunRelay {
  readonly networks: NetworkSpec
  readonly keyPair: KeyPair
  readonly limits: RelayLimits
  /** Hears what gives its figures, when it begins. Default: nobody. */
  readonly onopen?: ((relay: { metrics(): Metric[] }) => void) | undefined
  /** It can be used: once, on the first network that could. */
  readonly listening: (key: Uint8Array) => void
  /** Something that a person should know. */
  readonly notice: (line: string) => void
  /** Ends it. */
  readonly stopped: Promise<void>
}

/** What it does is told so often, where that has changed. Guess. */
const REPORT_MILLIS: Millis = 10_000

/** NO_RELAY_NEEDED: only networks were named on which everybody reaches everybody. */
const noRelayNeeded = () =>
  new SwarmchatError(
    'NO_RELAY_NEEDED',
    'Within one machine, or one local network, nobody needs a relay.',
    { hint: 'Run it where peers are apart: --network public, or --bootstrap host:port.' }
  )

/**
 * Relays until stopped, on all networks on which somebody may need that. Throws NO_RELAY_NEEDED where there is none, and an
 * error of ours where the key is in use.
 */
export async function runRelay(options: RunRelay): Promise<void> {
  const { keyPair, limits, stopped } = options
  const networks = openNetworks(wideOnes(options.networks))
  const relays = networks.map(({ dht }) => new RelayServer(dht, keyPair, limits))
  options.onopen?.({ metrics: () => relayMetrics(relays.map(({ stats }) => stats)) })
  const reports = reporting(relays, options.notice)
  const failed = Promise.all(networks.map((network, i) => start(network, relays[i], options)))
  try {
    await Promise.race([stopped, failed.then(() => stopped)])
  } catch (thrown) {
    throw explainDhtError(thrown)
  } finally {
    clearInterval(reports)
    await Promise.allSettled(relays.map(relay => relay.close()))
    await Promise.all(networks.map(network => network.close()))
  }
}

function wideOnes(spec: NetworkSpec): NetworkSpec {
  if (spec.mode === 'local' || spec.mode === 'lan') throw noRelayNeeded()
  if (spec.mode !== 'auto') return spec
  const { publicBootstrap } = spec
  return { mode: 'public', ...(publicBootstrap && { publicBootstrap }) }
}

async function start(
  network: Network,
  relay: RelayServer | undefined,
  { listening, notice }: RunRelay
): Promise<void> {
  network.on('state', state => {
    if (state === 'offline') notice(`${network.name} network: ${network.problem?.message}`)
  })
  await network.ready
  // Also when it is closed.
  if (relay === undefined || network.state !== 'online') return
  const open = await checkOpen(network.dht)
  await relay.listen()
  if (!open) {
    notice(
      'This machine seems to be behind a NAT: peers behind routers that cannot be crossed will not reach it.'
    )
  }
  listening(relay.publicKey)
}

// This timer is also what keeps the process alive, whatever becomes of the networks.
function reporting(relays: readonly RelayServer[], notice: (line: string) => void) {
  let last = ''
  return setInterval(() => {
    const line = relays.map(relay => describe(relay.stats)).join('; ')
    if (line !== last) notice(line)
    last = line
  }, REPORT_MILLIS)
}

function describe({ bytes, connections, cut, sessions }: RelayStats): string {
  return `${sessions} peers, ${connections} connections, ${Math.round(bytes / 1000)} kB passed, ${cut} cut`
}

/** Relays in figures, in all. */
export function relayMetrics(all: readonly RelayStats[]): Metric[] {
  const sum = (of: (stats: RelayStats) => number) => all.map(of).reduce((a, b) => a + b, 0)
  const of = (type: Metric['type'], name: string, help: string, value: number): Metric => ({
    name: `swarmchat_relay_${name}`,
    type,
    help,
    value
  })
  return [
    of(
      'gauge',
      'sessions',
      'Peers that are connected to the relay.',
      sum(s => s.sessions)
    ),
    of(
      'gauge',
      'connections',
      'Connections that run over the relay.',
      sum(s => s.connections)
    ),
    of(
      'counter',
      'passed_bytes_total',
      'Bytes that were passed on.',
      sum(s => s.bytes)
    ),
    of(
      'counter',
      'cut_connections_total',
      'Connections ended for bandwidth.',
      sum(s => s.cut)
    )
  ]
}
