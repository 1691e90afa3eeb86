import type { EventEmitter } from 'node:events'
import type { KeyPair } from '../base/crypto.js'
import { SwarmchatError } from '../base/errors.js'
import { ID_BYTES } from '../base/ids.js'
import {
  aBoolean,
  aFunction,
  aKeyPair,
  aNull,
  anyOf,
  aString,
  bytes,
  type Checks,
  checkedLater,
  checkOptions,
  listOf,
  numberFrom,
  objectWith
} from '../base/options.js'
import type { OnTrace } from '../base/trace.js'
import type { Whereabouts } from './connections/paths.js'
import type { SecretStream } from './dht/stream-types.js'
import type { Address, DhtNode } from './dht/types.js'
import type { DialerOptions } from './dial/dialer.js'
import { addresses, aPort } from './networks/check-networks.js'
import type { Network, NetworkState } from './networks/network.js'
import type { Attempt, PeerInfo } from './peers/peer-info.js'

const SEED_BYTES = 32

/** Says whether to reject this peer; may take its time. A rejection that throws rejects. */
export type Firewall = (remotePublicKey: Buffer, payload: unknown) => boolean | Promise<boolean>

/** A relay's public key, several to choose from, or a function that is asked anew for every connection. */
export type RelayThrough =
  | Uint8Array
  | readonly Uint8Array[]
  | ((force: boolean) => Uint8Array | readonly Uint8Array[] | null)

/** What a {@link Swarm} may be told; every one has a default. */
export interface SwarmOptions
  extends Partial<Pick<DialerOptions, 'maxParallel' | 'slotMillis' | 'backoffs' | 'jitter'>> {
  /** Who we are: the key that is announced and dialled. Default: a new one. */
  keyPair?: KeyPair
  /** A 32-byte seed of the key pair, instead of it. */
  seed?: Uint8Array
  /**
   * Where to meet, best first; the swarm closes them. Default: what `dht` or `bootstrap` say, else the environment
   * (`SWARMCHAT_NETWORK`, `SWARMCHAT_BOOTSTRAP`, `SWARMCHAT_LOCAL_PORT`), else local, lan and public.
   */
  networks?: readonly Network[]
  /**
   * True: the swarm leaves its networks open when it is destroyed, for whoever opened them. Default
   * false.
   */
  keepNetworks?: boolean
  /** A hyperdht node to use instead; the swarm destroys it. */
  dht?: DhtNode
  /** Bootstrap nodes of an isolated DHT to use instead. */
  bootstrap?: readonly Address[]
  /** So many connections at most before we stop dialling. Default 64. */
  maxPeers?: number
  /** Most connections that we dialled. Default: as many as `maxPeers` allows. */
  maxClientConnections?: number
  /** Most connections that others dialled; further ones are refused. Default 256. */
  maxServerConnections?: number
  /** False: nobody is dialled by itself, only by `dial` and `joinPeer`. Default true. */
  autoDial?: boolean
  /** Default: nobody is rejected but ourselves and whom the owner banned. */
  firewall?: Firewall
  /** False: leave it to the owner, or to hyperdht's 13 s, to notice that a peer has died. Default true. */
  liveness?: boolean
  /**
   * Longest message in bytes that a connection takes; one on which a longer one is announced ends
   * at once. Default: 16 MiB, the most that a stream carries.
   */
  maxMessageBytes?: number
  /** Used where no direct path exists. Default: none. */
  relayThrough?: RelayThrough | null
  /**
   * Hears every step: see `TraceEvent`. Must be quick and not act on the swarm. Default: nobody; the
   * environment variable `SWARMCHAT_DEBUG` prints them beside it.
   */
  onTrace?: OnTrace | undefined
  /** Uniform in [0, 1), for jitter. Default Math.random. */
  random?: () => number
}

const CHECKS: Checks<SwarmOptions> = {
  keyPair: aKeyPair,
  seed: bytes(SEED_BYTES),
  networks: checkedLater,
  keepNetworks: aBoolean,
  dht: objectWith({ on: aFunction, connect: aFunction }),
  bootstrap: addresses,
  maxPeers: numberFrom(0),
  maxClientConnections: numberFrom(0),
  maxServerConnections: numberFrom(0),
  autoDial: aBoolean,
  firewall: aFunction,
  liveness: aBoolean,
  maxMessageBytes: numberFrom(1),
  relayThrough: anyOf(
    `a key of ${ID_BYTES} bytes, a list of keys, a function or null`,
    bytes(ID_BYTES),
    listOf(bytes(ID_BYTES), 'keys'),
    aFunction,
    aNull
  ),
  onTrace: aFunction,
  random: aFunction,
  maxParallel: numberFrom(1),
  slotMillis: numberFrom(0),
  backoffs: listOf(numberFrom(0), 'milliseconds'),
  jitter: numberFrom(0)
}

/** Throws BAD_OPTION for what cannot be an option of a swarm. */
export function checkSwarmOptions(options: SwarmOptions): void {
  checkOptions('Swarm', options, CHECKS)
}

const WHERE: Checks<Whereabouts> = {
  network: aString,
  host: aString,
  port: aPort,
  isDialled: aBoolean
}

/** Throws BAD_OPTION for what is no place where a peer can be dialled. */
export function checkWhereabouts(where: Whereabouts): void {
  checkOptions('Swarm.dialAt', where, WHERE, ['network', 'host', 'port'])
}

/** What a {@link Swarm} tells. */
export type SwarmEvents = {
  /**
   * There is a connection on which the other side has been heard: one at a time per peer. Its 'error' needs no
   * listener; an unheard one ends nothing.
   */
  connection: [stream: SecretStream, peer: PeerInfo]
  /** A lookup found this peer (again). */
  peer: [peer: PeerInfo]
  /** An attempt to reach this peer failed; more may follow by themselves. */
  'dial-failed': [peer: PeerInfo, attempt: Attempt]
  /** Connections or dials changed. */
  update: []
  /** The firewall rejected this peer, which is banned from now on. */
  ban: [peer: PeerInfo, error: SwarmchatError]
  /** A network came online or went offline. */
  network: [network: Network, state: NetworkState]
}

/** A swarm as its parts see it. */
export interface SwarmState extends Pick<EventEmitter<SwarmEvents>, 'emit'> {
  /** Best first. */
  readonly networks: readonly Network[]
  readonly connections: Set<SecretStream>
  readonly stats: SwarmStats
  readonly destroyed: boolean
  readonly suspended: boolean
}

/** Counters since the swarm was made, as in Hyperswarm. */
export interface SwarmStats {
  updates: number
  readonly connects: {
    readonly client: { opened: number; closed: number; attempted: number }
    readonly server: { opened: number; closed: number }
  }
  bannedPeers: number
}

export function emptyStats(): SwarmStats {
  return {
    updates: 0,
    connects: {
      client: { opened: 0, closed: 0, attempted: 0 },
      server: { opened: 0, closed: 0 }
    },
    bannedPeers: 0
  }
}

/** SWARM_DESTROYED: the swarm was asked for something after `destroy()`. */
export const swarmDestroyed = () =>
  new SwarmchatError('SWARM_DESTROYED', 'The swarm was destroyed.', { hint: 'Make a new Swarm.' })

/** NO_NETWORKS: a swarm was told to meet nowhere. */
export const noNetworks = () =>
  new SwarmchatError('NO_NETWORKS', 'The list of networks is empty.', {
    hint: 'Leave it out for the local and the public network, or open some with openNetworks.'
  })

/** BAD_TOPIC: a topic or public key that has not 32 bytes. */
export const badLength = (what: string) =>
  new SwarmchatError('BAD_TOPIC', `${what} has ${ID_BYTES} bytes.`, {
    hint: 'Derive a topic from a name by hashing it.'
  })

/** PEER_FIREWALLED: the owner's firewall rejects this peer. */
export const peerFirewalled = () =>
  new SwarmchatError('PEER_FIREWALLED', 'The firewall rejects this peer.', {
    hint: 'peerInfo.ban(false) lets it in again.',
    exitCode: 1
  })
