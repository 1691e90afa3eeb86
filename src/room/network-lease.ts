import { checkNetworks } from '../swarm/networks/check-networks.js'
import type { Network } from '../swarm/networks/network.js'
import { type NetworkSpec, openNetworks } from '../swarm/networks/open.js'

/** Networks to use until they are given back. */
export interface NetworkLease {
  readonly networks: readonly Network[]
  /** Ends the use: closes what nobody else uses and was opened for it. Idempotent, never rejects. */
  release(): Promise<void>
}

/** Opens what the specification says, to be closed on release; networks that are open already stay open. Throws BAD_NETWORK. */
export function leaseOf(choice: NetworkSpec | readonly Network[]): NetworkLease {
  checkNetworks(choice)
  if (!('mode' in choice)) return { networks: choice, release: async () => {} }
  const networks = openNetworks(choice)
  return { networks, release: () => closeAll(networks) }
}

async function closeAll(networks: readonly Network[]): Promise<void> {
  await Promise.allSettled(networks.map(network => network.close()))
}
