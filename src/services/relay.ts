import { SwarmchatError } from '../base/errors.js'
import type { Millis } from '../base/time.js'
import { explainDhtError } from '../swarm/dht/dht-errors.js'
import { checkOpen, type KeyPair } from '../swarm/dht/hyperdht.js'
import { type Network, type NetworkSpec, openNetworks } from '../swarm/networks/network.js'
import { type RelayLimits, RelayServer, type RelayStats } from '../swarm/relay/relay-server.js'
import { isNear } from '../swarm/relay/volunteer.js'

/** How a dedicated relay is run. */
export interface RunRelay {
  readonly networks: NetworkSpec
  readonly keyPair: KeyPair
  readonly limits: RelayLimits
  /** It can be used: once, on the first network that could. */
  readonly listening: (key: Uint8Array) => void
  /** Something that a person should know. */
  readonly notice: (line: string) => void
  /** Ends it. */
  readonly stopped: Promise<void>
}

/** What it does is told so often, where that has changed. Guess. */
const REPORT_MILLIS: Millis = 10_000

/** NO_RELAY_NEEDED: there is no network on which peers could not reach each other. */
const noRelayNeeded = () =>
  new SwarmchatError(
    'NO_RELAY_NEEDED',
    'Within one machine, or one local network, nobody needs a relay.',
    { hint: 'Run it where peers are apart: --network public, or --bootstrap host:port.' }
  )

/** Relays on all networks until stopped. Throws NO_RELAY_NEEDED, and an error of ours where the key is in use. */
export async function runRelay(options: RunRelay): Promise<void> {
  const { keyPair, limits, stopped } = options
  if (options.networks.mode === 'local' || options.networks.mode === 'lan') throw noRelayNeeded()
  const networks = openNetworks(options.networks).filter(isWide)
  const relays = networks.map(({ dht }) => new RelayServer(dht, keyPair, limits))
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

// Within a machine or a LAN nobody needs a relay.
function isWide(network: Network): boolean {
  if (!isNear(network)) return true
  void network.close()
  return false
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
  if (relay === undefined || network.dht.destroyed) return
  const open = await checkOpen(network.dht)
  await relay.listen()
  if (!open) {
    notice(
      'This machine seems to be behind a NAT: peers behind routers that cannot be crossed will not reach it.'
    )
  }
  listening(relay.publicKey)
}

function reporting(relays: readonly RelayServer[], notice: (line: string) => void) {
  let last = ''
  return setInterval(() => {
    const line = relays.map(relay => describe(relay.stats)).join('; ')
    if (line !== last) notice(line)
    last = line
  }, REPORT_MILLIS).unref()
}

function describe({ bytes, connections, cut, sessions }: RelayStats): string {
  return `${sessions} peers, ${connections} connections, ${Math.round(bytes / 1000)} kB passed, ${cut} cut`
}
