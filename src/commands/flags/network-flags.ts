import { option, string } from '@oclif/core/flags'
import { Settings } from '../../home/settings.js'
import { settingsFile } from '../../home/settings-file.js'
import {
  chooseNetworks,
  type Environment,
  NETWORK_MODES,
  type NetworkChoice,
  networksFromEnvironment
} from '../../swarm/networks/environment.js'
import type { NetworkSpec } from '../../swarm/networks/open.js'

/** The flags of every command that uses a network; read them with `parseNetworkFlags`. */
export const networkFlags = {
  network: option({
    options: NETWORK_MODES,
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
export type NetworkFlags = NetworkChoice

/**
 * The networks that flags, environment or settings ask for, the first of these that does. Throws BAD_NETWORK, BAD_ADDRESS,
 * BAD_PORT, BAD_SETTINGS.
 */
export function parseNetworkFlags(
  flags: NetworkFlags,
  env: Environment = process.env
): NetworkSpec {
  const chosen = flags.network !== undefined || flags.bootstrap !== undefined
  if (chosen) return chooseNetworks(flags, env)
  if (env.SWARMCHAT_NETWORK || env.SWARMCHAT_BOOTSTRAP) return networksFromEnvironment(env)
  const { value } = new Settings(settingsFile(env), env).get('network')
  return value === undefined
    ? networksFromEnvironment(env)
    : chooseNetworks({ network: `${value}` }, env)
}
