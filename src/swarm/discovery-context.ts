import type { KeyPair } from '../base/crypto.js'
import type { PeerKey } from '../base/ids.js'
import type { LookupPeer } from './dht/types.js'
import type { Listener } from './listener.js'
import type { Network } from './networks/network.js'

/** The keys that the nodes that answered one lookup named: each node names 20 at random. */
export type LookupSample = ReadonlySet<PeerKey>

/** What a `TopicDiscovery` works with. */
export interface DiscoveryContext {
  readonly topic: Uint8Array
  readonly network: Network
  readonly keyPair: KeyPair
  readonly listener: Listener
  readonly random: () => number
  /** Whether nobody was reached yet. */
  readonly alone: () => boolean
  readonly onPeers: (peers: readonly LookupPeer[], how: Provenance) => void
  /** Hears of faults of the program, which are nobody's to swallow. */
  readonly onFault: (thrown: unknown) => void
}

/** How peers were found. */
export interface Provenance {
  /** The address of the DHT node that named them. */
  readonly namedBy: string
  /** True since our own announcement landed: they may be finding us. */
  readonly mutual: boolean
  /** True where somebody asked for this lookup or its turn had come; false where it only follows up another one. */
  readonly anew: boolean
}

/** What a `TopicDiscovery` is to do. */
export interface DiscoveryMode {
  /** Be found. */
  readonly server: boolean
  /** Find others. */
  readonly client: boolean
  /** Most peers taken from each round of lookups. */
  readonly limit: number
}
