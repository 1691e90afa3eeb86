import type { KeyPair } from '../../base/crypto.js'
import type { CreateSecretStream, Emits, RawStream, SecretStream } from './stream-types.js'

// Nodes, servers and walks of hyperdht, which ships no types: written from its source (6.34), for what we use. Where
// its documentation and its code disagree, they follow the code.

/** An IPv4 address (or, for bootstrap nodes only, a DNS name) and a UDP port. */
export interface Address {
  readonly host: string
  readonly port: number
}

/** A peer as found under a topic: its key, and nodes (at most 3) through which it can be dialled. */
export interface LookupPeer {
  readonly publicKey: Buffer
  readonly relayAddresses: readonly Address[]
}

/** What one DHT node answered to a lookup: a random sample of at most 20 records. */
export interface LookupReply {
  readonly from: Address & { readonly id: Buffer | null }
  readonly to: Address
  readonly token: Buffer | null
  readonly peers: readonly LookupPeer[]
}

/** A walk through the DHT: a streamx Readable of replies. Offline it ends silently empty after about 6 s. */
export interface Query<Reply>
  extends Emits<{ data: [reply: Reply]; end: []; error: [error: Error]; close: [] }>,
    AsyncIterable<Reply> {
  /** The nodes closest to the target, known once the walk has ended. */
  readonly closestNodes: readonly Address[]
  readonly closestReplies: readonly unknown[]
  /** Requests that were answered, and that failed. */
  readonly successes: number
  readonly errors: number
  readonly destroyed: boolean
  /** Ends with the walk; rejects where it failed (an announce that no node took: a plain Error). */
  finished(): Promise<void>
  destroy(error?: Error | null): void
}

/** Options of every walk. */
export interface QueryOptions {
  /** Nodes to begin with, for instance an earlier walk's `closestNodes`. */
  nodes?: readonly Address[] | null
  /** True: asks `nodes` alone, and nobody that they know. */
  onlyClosestNodes?: boolean
  concurrency?: number
  retries?: number
}

/** Options of announce. */
export interface AnnounceOptions extends QueryOptions {
  /** First removes our own record; needed where `relayAddresses` changed: a fresh record is not updated. */
  clear?: boolean
  /** Signs each announcement; may wait. What it changes in `announcement` is what is sent. */
  signAnnounce?: (
    target: Uint8Array,
    token: Uint8Array,
    id: Uint8Array,
    announcement: { readonly peer: { relayAddresses: readonly Address[] } },
    keyPair: KeyPair
  ) => Uint8Array | Promise<Uint8Array>
}

/** Options of `createServer`. */
interface ServerOptions {
  createSecretStream?: CreateSecretStream | undefined
  /** Returns **true to reject**; throwing rejects as well. */
  firewall?: (
    remotePublicKey: Buffer,
    payload: unknown,
    address: Address
  ) => boolean | Promise<boolean>
  shareLocalAddress?: boolean
  /** False: no holes are punched. Asked once both sides know their NATs. */
  holepunch?: () => boolean
  /** A function is asked anew for every connection. */
  relayThrough?: Uint8Array | null | (() => Uint8Array | null)
}

/** Accepts connections to one key pair. */
export interface DhtServer
  extends Emits<{ connection: [stream: SecretStream]; listening: []; close: [] }> {
  readonly listening: boolean
  readonly closed: boolean
  readonly publicKey: Buffer | null
  /** Where it can be dialled: its own address where that is open, then its relays; at most 3. */
  readonly relayAddresses: readonly Address[]
  /** Announces the key. KEYPAIR_ALREADY_USED where another server of this node listens on it. */
  listen(keyPair?: KeyPair): Promise<this>
  /** Announces again soon (within about 3 s), for instance because the nodes that knew us are gone. */
  refresh(): void
  /** Takes the key back from the DHT. Connections stay. */
  close(): Promise<void>
}

/** Options of `connect`. */
export interface ConnectOptions {
  createSecretStream?: CreateSecretStream | undefined
  /** Whom we are; the node's own key pair by default. */
  keyPair?: KeyPair
  /** Where to try first. */
  relayAddresses?: readonly Address[]
  /** False: do not try addresses of the local network. */
  localConnection?: boolean
  fastOpen?: boolean
  /** False: no holes are punched. Asked once both sides know their NATs. */
  holepunch?: () => boolean
  relayThrough?: Uint8Array | null
}

/** Options of a node. */
export interface DhtOptions {
  /** Whom to ask first; hyperdht's public nodes by default. An empty list asks nobody. */
  bootstrap?: readonly (Address | string)[]
  /** Nodes known from earlier, asked as well. */
  nodes?: readonly Address[]
  keyPair?: KeyPair
  /** True: never answers for others; false: does from the start; absent: as soon as it has proved stable. */
  ephemeral?: boolean
  /** False: others can reach us where we are bound. Absent: found out. */
  firewalled?: boolean
  quickFirewall?: boolean
  /** The IPv4 address to bind; all by default. */
  host?: string
  /** A UDP port, or a range without its end. Beware: 0 means 49737; any port is `[0, 0]`. */
  port?: number | readonly [number, number]
  /** False: fail where the port is taken. */
  anyPort?: boolean
  /** Milliseconds; 5000 by default. */
  connectionKeepAlive?: number | false
}

/** A DHT node: one UDP server socket, one client socket, a routing table. */
export interface DhtNode
  extends Emits<{
    listening: []
    ready: []
    persistent: []
    close: []
    'network-change': []
    'network-update': []
    'nat-update': [host: string, port: number]
    'add-node': [node: Address]
    'remove-node': [node: Address]
  }> {
  readonly defaultKeyPair: KeyPair
  /** True where our address differs from one peer to the next: the NAT randomises. */
  readonly randomized: boolean
  /** False once requests go unanswered for two ticks of 5 s. */
  readonly online: boolean
  readonly bootstrapped: boolean
  readonly destroyed: boolean
  readonly firewalled: boolean
  readonly ephemeral: boolean
  /** Our address as others see it; null while nobody has told. */
  readonly host: string | null
  readonly port: number
  /** The nodes we know. */
  readonly nodes: { readonly length: number }
  /** The id that our routing table is ordered around. */
  readonly table: { readonly id: Buffer }
  /** Whom every walk asks that knows too few nodes. Ours to change. */
  bootstrapNodes: Address[]
  readonly listening: ReadonlySet<DhtServer>
  /** Ends with the first walk, also where nobody answered. */
  fullyBootstrapped(): Promise<void>
  bind(): Promise<void>
  /** Where we are bound; null before. */
  address(): Address | null
  remoteAddress(): Address | null
  addNode(node: Address): void
  toArray(options?: { limit?: number }): Address[]
  refresh(): void
  ping(node: Address, options?: { retry?: boolean }): Promise<unknown>
  /** One request of dht-rpc's to one node. */
  request(
    request: {
      token: Buffer | null
      command: number
      target: Uint8Array | null
      value: Uint8Array | null
    },
    to: Address,
    options?: { retry?: boolean }
  ): Promise<{ readonly to: Address; readonly value: Buffer | null }>
  createServer(options?: ServerOptions, onconnection?: (stream: SecretStream) => void): DhtServer
  /** A UDX stream on one of our sockets, for whoever connects it. */
  createRawStream(options?: object): RawStream
  connect(remotePublicKey: Uint8Array, options?: ConnectOptions): SecretStream
  findNode(target: Uint8Array, options?: QueryOptions): Query<unknown>
  findPeer(publicKey: Uint8Array, options?: QueryOptions): Query<unknown>
  lookup(topic: Uint8Array, options?: QueryOptions): Query<LookupReply>
  announce(
    topic: Uint8Array,
    keyPair: KeyPair,
    relayAddresses: readonly Address[],
    options?: AnnounceOptions
  ): Query<LookupReply>
  unannounce(topic: Uint8Array, keyPair: KeyPair, options?: QueryOptions): Promise<void>
  /** Stores a value, which the key pair signs, with the nodes closest to its key. Nodes that have a higher `seq` refuse it, and nobody tells: read it back. */
  mutablePut(
    keyPair: KeyPair,
    value: Uint8Array,
    options?: QueryOptions & { seq?: number }
  ): Promise<unknown>
  /** The value with the highest `seq` that a node has of this key, signed by it; null if there is none. */
  mutableGet(
    publicKey: Uint8Array,
    options?: QueryOptions
  ): Promise<{ readonly seq: number; readonly value: Buffer } | null>
  /** Stores a value with the nodes closest to its BLAKE2b-256, for 48 h. */
  immutablePut(value: Uint8Array, options?: QueryOptions): Promise<unknown>
  /** The value that has this BLAKE2b-256; null if no node has it. */
  immutableGet(
    target: Uint8Array,
    options?: QueryOptions
  ): Promise<{ readonly value: Buffer } | null>
  suspend(): Promise<void>
  resume(): Promise<void>
  /** Closes its servers and streams; `force`: without taking their announcements back. Topic records stay behind. */
  destroy(options?: { force?: boolean }): Promise<void>
}
