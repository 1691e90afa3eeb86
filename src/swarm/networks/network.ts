import type { EventEmitter } from 'node:events'
import type { SwarmchatError } from '../../base/errors.js'
import type { Address, DhtNode } from '../dht/hyperdht.js'
import { DhtNetwork } from './dht-network.js'
import { LanNetwork, type LanOptions } from './lan-network.js'
import { LocalNetwork } from './local-network.js'

/**
 * public: hyperdht's own; local: this machine's; lan: that of the neighbours in the same house; isolated: whoever shares
 * a list of bootstrap nodes; given: a node of the owner's.
 */
export type NetworkName = 'public' | 'local' | 'lan' | 'isolated' | 'given'

/** offline: no bootstrap node answered; still trying. */
export type NetworkState = 'starting' | 'online' | 'offline'

/** What a network tells. */
export type NetworkEvents = {
  state: [state: NetworkState]
  /** Something that a person should know, though the network may be usable; see {@link Network.warning}. */
  warning: [warning: SwarmchatError]
  /**
   * The nodes that held our announcements are gone (a new hub, back from offline): announce every topic again. Key
   * pairs that the node listens on are announced again by the network itself; connections are not affected.
   */
  rehome: []
  /** We are somewhere else, or were asleep: connections may be dead without knowing. Follows 'rehome'. */
  moved: []
}

/** One DHT that we are part of, with our own node in it. */
export interface Network
  extends Pick<EventEmitter<NetworkEvents>, 'on' | 'once' | 'off' | 'listenerCount'> {
  readonly name: NetworkName
  readonly dht: DhtNode
  readonly state: NetworkState
  /** Why it is offline, for a person; undefined while it is not. */
  readonly problem: SwarmchatError | undefined
  /** What is wrong though the network may be usable, for a person: for instance one of several bootstrap nodes. */
  readonly warning?: SwarmchatError | undefined
  /** Resolves when the network is usable for the first time, or closed. Never rejects. */
  readonly ready: Promise<void>
  /** Destroys the node and leaves. Take topics back first: they stay behind otherwise. */
  close(): Promise<void>
}

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
 * The port, TCP and UDP, of the hub of the local network (on loopback) and of a lan (on the address there). Not hyperdht's 49737; below the ranges (Linux: from 32768,
 * others: from 49152) that systems hand out, so that no program gets it by chance.
 */
export const LOCAL_PORT = 28787

/** Starts the networks of a specification; each works and fails on its own. The local one comes first. */
export function openNetworks(spec: NetworkSpec): Network[] {
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
