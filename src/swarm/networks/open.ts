import type { Address } from '../dht/types.js'
import { checkSpec } from './check-networks.js'
import { DhtNetwork } from './dht-network.js'
import { LanNetwork, type LanOptions } from './lan-network.js'
import { LocalNetwork } from './local-network.js'
import type { Network } from './network.js'

/** Which DHTs to be part of. */
export type NetworkSpec =
  | {
      readonly mode: 'auto'
      readonly publicBootstrap?: readonly Address[]
      readonly localPort?: number
      readonly lan?: LanOptions
    }
  | { readonly mode: 'public'; readonly publicBootstrap?: readonly Address[] }
  | { readonly mode: 'local'; readonly localPort?: number }
  | { readonly mode: 'lan'; readonly localPort?: number; readonly lan?: LanOptions }
  | { readonly mode: 'isolated'; readonly bootstrap: readonly Address[] }

/**
 * The port, TCP and UDP, of the hub of the local network (on loopback) and of a lan (on the address
 * there). Not hyperdht's 49737; below the ranges (Linux: from 32768, others: from 49152) that
 * systems hand out, so that no program gets it by chance.
 */
export const LOCAL_PORT = 28787

/**
 * Starts the networks of a specification; each works and fails on its own. The local one comes
 * first. Throws BAD_NETWORK.
 */
export function openNetworks(spec: NetworkSpec): Network[] {
  checkSpec(spec)
  if (spec.mode === 'isolated') return [new DhtNetwork('isolated', spec.bootstrap)]
  if (spec.mode === 'local') return [openLocal(spec.localPort)]
  if (spec.mode === 'lan') return [openLan(spec)]
  if (spec.mode === 'public') return [new DhtNetwork('public', spec.publicBootstrap)]
  const { localPort, publicBootstrap } = spec
  return [openLocal(localPort), openLan(spec), new DhtNetwork('public', publicBootstrap)]
}

function openLocal(port: number = LOCAL_PORT): Network {
  return new LocalNetwork(port)
}

function openLan({ lan, localPort = LOCAL_PORT }: LanSpec): Network {
  return new LanNetwork(localPort, lan)
}

interface LanSpec {
  readonly localPort?: number
  readonly lan?: LanOptions
}
