import type { SwarmOptions } from '../swarm-options.js'
import { noNetworks } from '../swarm-options.js'
import { checkOpen } from './check-networks.js'
import { networksFromEnvironment } from './environment.js'
import { GivenNetwork } from './given-network.js'
import type { Network } from './network.js'
import { openNetworks } from './open.js'

/** Where a swarm with these options meets, best first. Throws NO_NETWORKS, BAD_NETWORK. */
export function networksOf({ networks, dht, bootstrap }: SwarmOptions): readonly Network[] {
  if (networks !== undefined) checkOpen(networks)
  if (networks?.length === 0) throw noNetworks()
  if (networks !== undefined) return networks
  if (dht !== undefined) return [new GivenNetwork(dht)]
  if (bootstrap !== undefined) return openNetworks({ mode: 'isolated', bootstrap })
  return openNetworks(networksFromEnvironment())
}
