import HyperDHT from 'hyperdht'
import type { KeyPair } from '../../base/crypto.js'
import { boundPort, COMMANDS, forgetAllBut, shareNoLocalAddresses } from './private-parts.js'
import type { SecretStream } from './stream-types.js'
import type { Address, ConnectOptions, DhtNode, DhtOptions } from './types.js'

// The only module that makes nodes of hyperdht's, and the only one that imports it.

interface HyperDhtClass {
  new (options?: DhtOptions): DhtNode
  bootstrapper(port: number, host: string, options?: DhtOptions): DhtNode
  keyPair(seed?: Uint8Array): KeyPair
  /** BLAKE2b-256: where a key is found in the DHT. */
  hash(data: Uint8Array): Buffer
}

const Typed = HyperDHT as HyperDhtClass

// hyperdht shares the addresses of every interface; a node on loopback is reached at none of them,
// and where one of them is public the other side would prefer it.
class LoopbackDht extends Typed {
  constructor(options: DhtOptions) {
    super(options)
    shareNoLocalAddresses(this)
  }

  override connect(remotePublicKey: Uint8Array, options: ConnectOptions = {}): SecretStream {
    return super.connect(remotePublicKey, { localConnection: false, ...options })
  }
}

/**
 * A node with these options. It begins at once: packets leave for `bootstrap`, by default
 * hyperdht's public nodes.
 */
export function createDht(options: DhtOptions = {}): DhtNode {
  return new Typed(options)
}

/**
 * A node that is reached only from this machine: bound to 127.0.0.1, any port, open, never
 * answering for others.
 */
export function createLoopbackDht(options: DhtOptions = {}): DhtNode {
  return new LoopbackDht({
    ephemeral: true,
    firewalled: false,
    quickFirewall: false,
    host: '127.0.0.1',
    port: [0, 0],
    ...options
  })
}

/** A node of a local network, which may move to another one while it runs. */
export interface LanNode extends DhtNode {
  /** From now on we are reached at this address of ours, and this hub is the only node. */
  settle(own: string, hub: Address): void
}

// Bound to all interfaces, for it outlives the address that it had first; but open, and reached at
// one alone: what others report of it is no news.
class LanDht extends LoopbackDht implements LanNode {
  #own: string | undefined

  override remoteAddress(): Address | null {
    const port = boundPort(this)
    return this.#own === undefined || port === undefined ? null : { host: this.#own, port }
  }

  settle(own: string, hub: Address): void {
    this.#own = own
    forgetAllBut(this, hub)
    this.bootstrapNodes = [hub]
    this.addNode(hub)
  }
}

/**
 * A node for local networks: open, any port, never answering for others. `host`: where it is bound.
 */
export function createLanDht(host: string): LanNode {
  return new LanDht({
    bootstrap: [],
    ephemeral: true,
    firewalled: false,
    quickFirewall: false,
    host,
    port: [0, 0]
  })
}

/** The first node of a network, which knows nobody, at an IPv4 address that others reach it by. */
export function createBootstrapper(port: number, host: string, options: DhtOptions = {}): DhtNode {
  return Typed.bootstrapper(port, host, options)
}

/** A new random key pair, or the one that a 32-byte seed gives. */
export function keyPair(seed?: Uint8Array): KeyPair {
  return Typed.keyPair(seed)
}

/**
 * Asks one node whether it knows this key, and how it sees us. Undefined where it does not answer.
 * One request, where `findPeer` walks through the whole DHT.
 */
export async function askAbout(
  dht: DhtNode,
  publicKey: Uint8Array,
  at: Address
): Promise<{ readonly known: boolean; readonly us: Address } | undefined> {
  const target = Typed.hash(publicKey)
  const question = { token: null, command: COMMANDS.indexOf('find_peer'), target, value: null }
  const reply = await dht.request(question, at).catch(() => undefined)
  return reply && { known: reply.value !== null, us: reply.to }
}
