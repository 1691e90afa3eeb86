import { messageOf, SwarmchatError } from '../../base/errors.js'
import type { Address } from '../dht/types.js'
import { parseAddresses } from './addresses.js'
import type { NetworkSpec } from './open.js'

/** Environment variables. One that is empty counts as not set: that is how services and containers unset one. */
export type Environment = Readonly<Record<string, string | undefined>>

/** What `--network` or `SWARMCHAT_NETWORK` may say. */
export const NETWORK_MODES = ['auto', 'public', 'local', 'lan'] as const
type Mode = (typeof NETWORK_MODES)[number]

/** A choice of networks in words: one of the modes, or bootstrap nodes; neither means auto. */
export interface NetworkChoice {
  readonly network?: string | undefined
  readonly bootstrap?: string | undefined
}

const CHOICES =
  'Choose auto, public, local or lan; or bootstrap nodes (host:port) alone for an isolated network.'

/** BAD_NETWORK: there is no such network, or two choices exclude each other. */
const badNetwork = (message: string) =>
  new SwarmchatError('BAD_NETWORK', message, { hint: CHOICES })

/** BAD_PORT: this is no port; `name`: where it stands. */
const badPort = (name: string, text: string) =>
  new SwarmchatError('BAD_PORT', `${name} is "${text}", which is not a port.`, {
    hint: 'A port is a number from 1 to 65535.'
  })

/**
 * The networks that the environment asks for: `SWARMCHAT_NETWORK` (default: auto) or `SWARMCHAT_BOOTSTRAP`. Throws
 * BAD_NETWORK, BAD_ADDRESS, BAD_PORT, naming the variable.
 */
export function networksFromEnvironment(env: Environment = process.env): NetworkSpec {
  const { SWARMCHAT_BOOTSTRAP: bootstrap, SWARMCHAT_NETWORK: network } = env
  if (network && bootstrap)
    throw badNetwork('SWARMCHAT_NETWORK and SWARMCHAT_BOOTSTRAP exclude each other.')
  if (bootstrap)
    return { mode: 'isolated', bootstrap: addressesIn('SWARMCHAT_BOOTSTRAP', bootstrap) }
  return specOf(modeOf(network || 'auto', 'SWARMCHAT_NETWORK: there'), env)
}

/**
 * The networks of this choice. `SWARMCHAT_LOCAL_PORT` moves the local network and the lan to another port (separate
 * worlds on one machine, tests), `SWARMCHAT_PUBLIC_BOOTSTRAP` names other nodes for the public one (a laboratory).
 * Throws BAD_NETWORK, BAD_ADDRESS, BAD_PORT.
 */
export function chooseNetworks(
  { network, bootstrap }: NetworkChoice,
  env: Environment
): NetworkSpec {
  if (network && bootstrap !== undefined)
    throw badNetwork('A network and bootstrap nodes exclude each other.')
  if (bootstrap !== undefined) return { mode: 'isolated', bootstrap: parseAddresses(bootstrap) }
  return specOf(modeOf(network || 'auto', 'There'), env)
}

/** Reads a port from 1 to 65535; throws BAD_PORT. `name`: what it is called where it stands. */
export function parsePort(text: string, name = 'The port'): number {
  const port = /^[0-9]{1,5}$/.test(text) ? Number(text) : 0
  if (port >= 1 && port <= 65535) return port
  throw badPort(name, text)
}

function specOf(mode: Mode, env: Environment): NetworkSpec {
  const { SWARMCHAT_LOCAL_PORT: port, SWARMCHAT_PUBLIC_BOOTSTRAP: nodes } = env
  const local = port ? { localPort: parsePort(port, 'SWARMCHAT_LOCAL_PORT') } : {}
  const wide = nodes ? { publicBootstrap: addressesIn('SWARMCHAT_PUBLIC_BOOTSTRAP', nodes) } : {}
  if (mode === 'public') return { mode, ...wide }
  return mode === 'auto' ? { mode, ...local, ...wide } : { mode, ...local }
}

function modeOf(text: string, beginning: string): Mode {
  const mode = NETWORK_MODES.find(known => known === text)
  if (mode === undefined) throw badNetwork(`${beginning} is no network "${text}".`)
  return mode
}

function addressesIn(variable: string, text: string): Address[] {
  try {
    return parseAddresses(text)
  } catch (thrown) {
    if (!(thrown instanceof SwarmchatError)) throw thrown
    const { code, hint } = thrown
    throw new SwarmchatError(code, `${variable}: ${messageOf(thrown)}`, { hint, cause: thrown })
  }
}
