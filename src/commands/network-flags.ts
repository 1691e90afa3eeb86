import { option, string } from '@oclif/core/flags'
import {
  chooseNetworks,
  type Environment,
  NETWORK_MODES,
  type NetworkChoice,
  networksFromEnvironment
} from '../swarm/networks/environment.js'
import type { NetworkSpec } from '../swarm/networks/open.js'

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
 * The networks that flags and environment ask for; flags win over `SWARMCHAT_NETWORK` and `SWARMCHAT_BOOTSTRAP`. Throws
 * BAD_NETWORK, BAD_ADDRESS, BAD_PORT.
 */
export function parseNetworkFlags(
  flags: NetworkFlags,
  env: Environment = process.env
): NetworkSpec {
  const chosen = flags.network !== undefined || flags.bootstrap !== undefined
  return chosen ? chooseNetworks(flags, env) : networksFromEnvironment(env)
}
