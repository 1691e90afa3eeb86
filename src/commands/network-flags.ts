import { option, string } from '@oclif/core/flags'
import { SwarmchatError } from '../base/errors.js'
import { parseAddresses } from '../swarm/networks/addresses.js'
import type { NetworkSpec } from '../swarm/networks/network.js'

const MODES = ['auto', 'public', 'local', 'lan'] as const
type Mode = (typeof MODES)[number]

/** The flags of every command that uses a network; read them with `parseNetworkFlags`. */
export const networkFlags = {
  network: option({
    options: MODES,
    description:
      'which DHT: public (the internet), local (this machine), lan (your Wi-Fi or cable), auto (all) [default: auto, env: SWARMCHAT_NETWORK]'
  })(),
  bootstrap: string({
    helpValue: 'host:port,...',
    description:
      'bootstrap nodes of an isolated DHT, see swarmchat bootstrap [env: SWARMCHAT_BOOTSTRAP]'
  })
}

/** What oclif makes of `networkFlags`. */
export interface NetworkFlags {
  readonly network?: string | undefined
  readonly bootstrap?: string | undefined
}

type Environment = Readonly<Record<string, string | undefined>>

const badNetwork = (message: string) =>
  new SwarmchatError('BAD_NETWORK', message, {
    hint: 'Choose --network auto, public, local or lan; or --bootstrap host:port alone for an isolated one.'
  })

/**
 * The networks that flags and environment ask for; flags win over `SWARMCHAT_NETWORK` and `SWARMCHAT_BOOTSTRAP`, and
 * `SWARMCHAT_LOCAL_PORT` moves the local network and the lan to another port (separate worlds on one machine, tests), and
 * `SWARMCHAT_PUBLIC_BOOTSTRAP` names other nodes for the public one (a laboratory). Throws BAD_NETWORK, BAD_ADDRESS, BAD_PORT.
 */
export function parseNetworkFlags(
  flags: NetworkFlags,
  env: Environment = process.env
): NetworkSpec {
  if (flags.network !== undefined || flags.bootstrap !== undefined) return choose(flags, env)
  return choose({ network: env.SWARMCHAT_NETWORK, bootstrap: env.SWARMCHAT_BOOTSTRAP }, env)
}

function choose({ network, bootstrap }: NetworkFlags, env: Environment): NetworkSpec {
  if (network && bootstrap !== undefined)
    throw badNetwork('A network and bootstrap nodes exclude each other.')
  if (bootstrap !== undefined) return { mode: 'isolated', bootstrap: parseAddresses(bootstrap) }
  const mode = parseMode(network || 'auto')
  const { SWARMCHAT_LOCAL_PORT: port, SWARMCHAT_PUBLIC_BOOTSTRAP: nodes } = env
  const localPort = port ? { localPort: parsePort(port) } : {}
  const publicBootstrap = nodes ? { publicBootstrap: parseAddresses(nodes) } : {}
  if (mode === 'public') return { mode, ...publicBootstrap }
  return mode !== 'auto' ? { mode, ...localPort } : { mode, ...localPort, ...publicBootstrap }
}

function parseMode(text: string): Mode {
  const mode = MODES.find(known => known === text)
  if (mode === undefined) throw badNetwork(`There is no network "${text}".`)
  return mode
}

/** Reads a port from 1 to 65535; throws BAD_PORT. */
export function parsePort(text: string): number {
  const port = /^[0-9]{1,5}$/.test(text) ? Number(text) : 0
  if (port >= 1 && port <= 65535) return port
  throw new SwarmchatError('BAD_PORT', `"${text}" is not a port.`, {
    hint: 'A port is a number from 1 to 65535.'
  })
}
