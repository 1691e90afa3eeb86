import { isIPv4 } from 'node:net'
import { LRUCache } from 'lru-cache'
import type { PeerKey } from '../../base/ids.js'
import type { Millis } from '../../base/time.js'
import { isRelayed } from '../dht/relayed.js'
import type { SecretStream } from '../dht/stream-types.js'
import { isLoopback } from '../networks/addresses.js'
import type { Network, NetworkName } from '../networks/network.js'

/** The way of a connection, best first: within this machine, within the local network, straight, over somebody else. */
export type PathKind = 'loopback' | 'lan' | 'direct' | 'relayed'

/** Where a peer is connected from. */
export interface Whereabouts {
  /** The network that the connection was made on. */
  readonly network: NetworkName
  /** An IPv4 address, and a UDP port. */
  readonly host: string
  readonly port: number
  /** True if we dialled it. */
  readonly isDialled: boolean
}

/** A better way that failed is not tried again for this long. Guess. */
const IMPROVE_PAUSE_MILLIS: Millis = 30_000
/** Peers of which it is known when a better way was tried last. Guess: far more than there are connections. */
const MAX_TRIED = 1_024

/** Which way this connection runs now. One over a relay may become direct by itself. */
export function kindOf(stream: SecretStream): PathKind {
  if (isRelayed(stream)) return 'relayed'
  const host = stream.rawStream?.remoteHost ?? ''
  if (isLoopback({ host, port: 0 })) return 'loopback'
  return isPrivate(host) ? 'lan' : 'direct'
}

/**
 * The address of a connection's other end, when it tells one party from another: undefined over a relay, within this machine
 * or the local network, and for an address of our own, which everybody behind our router has.
 */
export function partyAddress(
  stream: SecretStream,
  networks: readonly Network[]
): string | undefined {
  const host = kindOf(stream) === 'direct' ? stream.rawStream?.remoteHost : undefined
  return networks.some(({ dht }) => dht.host === host) ? undefined : (host ?? undefined)
}

/** Knows over which network each connection runs, and when another one is worth a try. */
export class Paths {
  readonly #networks: readonly Network[]
  // BOUNDED: entries go with their streams.
  readonly #over = new WeakMap<SecretStream, Network>()
  // BOUNDED: MAX_TRIED.
  readonly #triedAt = new LRUCache<PeerKey, Millis>({ max: MAX_TRIED })

  /** `networks`: best first. */
  constructor(networks: readonly Network[]) {
    this.#networks = networks
  }

  /** This connection runs over this network. */
  note(stream: SecretStream, network: Network): void {
    this.#over.set(stream, network)
  }

  /** Where the other end of this connection is; undefined over a relay. */
  whereaboutsOf(stream: SecretStream): Whereabouts | undefined {
    const network = this.#over.get(stream)?.name
    const { remoteHost: host = null, remotePort: port = 0 } = stream.rawStream ?? {}
    if (network === undefined || host === null || isRelayed(stream)) return undefined
    return { network, host, port, isDialled: stream.isInitiator }
  }

  /** True where this network is better than the one that the connection runs over, and was not tried just now. */
  mayImprove(peer: PeerKey, current: SecretStream, network: Network): boolean {
    const over = this.#over.get(current)
    if (over === undefined || this.#rank(network) >= this.#rank(over)) return false
    if (network.state !== 'online') return false
    const now = performance.now()
    if (now - (this.#triedAt.get(peer) ?? Number.NEGATIVE_INFINITY) < IMPROVE_PAUSE_MILLIS)
      return false
    this.#triedAt.set(peer, now)
    return true
  }

  #rank(network: Network): number {
    return this.#networks.indexOf(network)
  }
}

// RFC 1918 and link-local: whoever is reached at such an address is near.
function isPrivate(host: string): boolean {
  if (!isIPv4(host)) return false
  const [a = 0, b = 0] = host.split('.').map(Number)
  if (a === 10 || (a === 192 && b === 168) || (a === 169 && b === 254)) return true
  return a === 172 && b >= 16 && b <= 31
}
