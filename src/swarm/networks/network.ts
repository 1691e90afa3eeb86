import type { EventEmitter } from 'node:events'
import type { SwarmchatError } from '../../base/errors.js'
import type { DhtNode } from '../dht/types.js'

/**
 * public: hyperdht's own; local: this machine's; lan: that of the neighbours in the same house; isolated: whoever shares
 * a list of bootstrap nodes; given: a node of the owner's.
 */
export type NetworkName = 'public' | 'local' | 'lan' | 'isolated' | 'given'

/** offline: no bootstrap node answered; still trying. */
export type NetworkState = 'starting' | 'online' | 'offline'

/**
 * open: others reach us unasked; consistent: a NAT gives us the same port whomever we talk to, so
 * that holes can be punched; randomising: another port for everybody; unknown: too few nodes
 * answered to tell.
 */
export type NatClass = 'open' | 'consistent' | 'randomising' | 'unknown'

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
  /** Our node: the swarm's to use. Whoever only wants to know something asks what follows. */
  readonly dht: DhtNode
  readonly state: NetworkState
  /** Why it is offline, for a person; undefined while it is not. */
  readonly problem: SwarmchatError | undefined
  /** What is wrong though the network may be usable, for a person: for instance one of several bootstrap nodes. */
  readonly warning?: SwarmchatError | undefined
  /** How many nodes of it we know now. */
  nodes(): number
  /** What our node believes of the NAT before us, without asking anybody. */
  natClass(): NatClass
  /** Resolves when the network is usable for the first time, or closed. Never rejects. */
  readonly ready: Promise<void>
  /** Destroys the node and leaves. Take topics back first: they stay behind otherwise. */
  close(): Promise<void>
}
