import HyperDHT from 'hyperdht'
import Persistent from 'hyperdht/lib/persistent.js'
import type { KeyPair } from '../../base/crypto.js'

// The only module that imports hyperdht, which ships no types: these are written from its source (6.34), for what
// we use. Where its documentation and its code disagree, they follow the code.

export type { KeyPair }

/** The listener half of an EventEmitter, of Node's or of streamx's, with the events named. */
export interface Emits<Events extends Record<string, unknown[]>> {
  on<E extends keyof Events>(event: E, listener: (...args: Events[E]) => void): this
  once<E extends keyof Events>(event: E, listener: (...args: Events[E]) => void): this
  off<E extends keyof Events>(event: E, listener: (...args: Events[E]) => void): this
}

/** An IPv4 address (or, for bootstrap nodes only, a DNS name) and a UDP port. */
export interface Address {
  readonly host: string
  readonly port: number
}

/** What every streamx stream emits. */
type StreamEvents = {
  data: [chunk: Buffer]
  end: []
  finish: []
  drain: []
  error: [error: Error]
  close: []
}

/** The UDX stream below a secret stream: reliable and ordered, not encrypted. */
export interface RawStream extends Emits<StreamEvents & { connect: []; message: [Buffer] }> {
  readonly connected: boolean
  readonly remoteHost: string | null
  readonly remotePort: number
  /** Smoothed round trip in milliseconds. */
  readonly rtt: number
  readonly bytesReceived: number
  readonly bytesTransmitted: number
  readonly destroyed: boolean
  /** Acknowledgements included. */
  readonly packetsReceived: number
  destroy(error?: Error | null): void
}

/**
 * A connection: a streamx Duplex, end-to-end encrypted (Noise IK). Keeps message boundaries: one write is one 'data'
 * of at most 16 MiB - 1. An 'error' that nobody listens for ends the process.
 *
 * 'connect' (and `opened`) on the dialling side is not proof that the other side sees it too (FACTS.md).
 */
export interface SecretStream
  extends Emits<StreamEvents & { connect: []; handshake: []; message: [datagram: Buffer] }> {
  /** Our end's key. */
  readonly publicKey: Buffer
  readonly remotePublicKey: Buffer
  /** 64 bytes, equal on both sides and new for every connection; null until 'connect'. */
  readonly handshakeHash: Buffer | null
  /** True on the side that dialled. */
  readonly isInitiator: boolean
  /** Null until the connection is made. */
  readonly rawStream: RawStream | null
  /** True once connected, false where the stream was destroyed first. Never rejects. */
  readonly opened: Promise<boolean>
  readonly connected: boolean
  readonly destroying: boolean
  readonly destroyed: boolean
  /** Encrypted bytes of messages so far. */
  readonly rawBytesRead: number
  readonly rawBytesWritten: number
  /** Milliseconds between empty messages on an idle connection; 0: none. hyperdht sets 5000. */
  readonly keepAlive: number
  /** Free for whoever owns the stream. */
  userData: unknown
  /** False where the caller should wait for 'drain'. */
  write(data: Uint8Array | string): boolean
  /**
   * Half-closes: what was written arrives, the other side sees 'end' and may go on writing. 'close' comes when both have
   * ended, and too early to destroy the node: `rawStream` may still be sending, its 'close' comes when all has arrived.
   */
  end(data?: Uint8Array | string): this
  destroy(error?: Error | null): void
  pause(): this
  resume(): this
  pipe<T>(destination: T, callback?: (error?: Error | null) => void): T
  /** True when what was written has been acknowledged by the other side, false where the stream ended first. */
  flush(): Promise<boolean>
  setKeepAlive(milliseconds: number): void
  sendKeepAlive(): void
  /** Destroys the stream after this many milliseconds without a byte from the other side; 0: never. */
  setTimeout(milliseconds: number): void
  /** Sends a datagram beside the stream, encrypted: it may get lost. The other side sees 'message'. */
  trySend(datagram: Uint8Array): void
  /** A buffer that `write` encrypts in place, which spares a copy. */
  alloc(bytes: number): Buffer
  [Symbol.asyncIterator](): AsyncIterator<Buffer>
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

/** How a connection's encrypted stream is made; the options are hyperdht's own. */
export type CreateSecretStream = (
  isInitiator: boolean,
  rawStream: RawStream | null,
  options: object
) => SecretStream

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
  suspend(): Promise<void>
  resume(): Promise<void>
  /** Closes its servers and streams; `force`: without taking their announcements back. Topic records stay behind. */
  destroy(options?: { force?: boolean }): Promise<void>
}

interface HyperDhtClass {
  new (options?: DhtOptions): DhtNode
  bootstrapper(port: number, host: string, options?: DhtOptions): DhtNode
  keyPair(seed?: Uint8Array): KeyPair
  /** BLAKE2b-256: where a key is found in the DHT. */
  hash(data: Uint8Array): Buffer
}

const Typed = HyperDHT as HyperDhtClass

// hyperdht shares the addresses of every interface; a node on loopback is reached at none of them, and where one of
// them is public the other side would prefer it.
class LoopbackDht extends Typed {
  override connect(remotePublicKey: Uint8Array, options: ConnectOptions = {}): SecretStream {
    return super.connect(remotePublicKey, { localConnection: false, ...options })
  }

  validateLocalAddresses(): Promise<Address[]> {
    return Promise.resolve([])
  }
}

/** A node with these options. It begins at once: packets leave for `bootstrap`, by default hyperdht's public nodes. */
export function createDht(options: DhtOptions = {}): DhtNode {
  return new Typed(options)
}

/** A node that is reached only from this machine: bound to 127.0.0.1, any port, open, never answering for others. */
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

// Private parts of hyperdht's node, for `LanDht` alone.
interface NodeInside {
  readonly io: { readonly serverSocket: { address(): Address } | null }
  readonly nodes: { toArray(): Address[] }
  _removeNode(node: Address): void
}

// Bound to all interfaces, for it outlives the address that it had first; but open, and reached at one alone: what
// others report of it is no news.
class LanDht extends LoopbackDht implements LanNode {
  #own: string | undefined

  override remoteAddress(): Address | null {
    const socket = this.#inside.io.serverSocket
    return this.#own === undefined || socket === null
      ? null
      : { host: this.#own, port: socket.address().port }
  }

  settle(own: string, hub: Address): void {
    this.#own = own
    // Hubs that are gone would each cost a walk its timeouts.
    for (const node of this.#inside.nodes.toArray()) {
      if (node.host !== hub.host || node.port !== hub.port) this.#inside._removeNode(node)
    }
    this.bootstrapNodes = [hub]
    this.addNode(hub)
  }

  get #inside(): NodeInside {
    return this as unknown as NodeInside
  }
}

/** A node for local networks: open, any port, never answering for others. `host`: where it is bound. */
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

/** hyperdht's command to ask a node for a key. */
const FIND_PEER = 2

/**
 * Asks one node whether it knows this key, and how it sees us. Undefined where it does not answer. One request, where
 * `findPeer` walks through the whole DHT.
 */
export async function askAbout(
  dht: DhtNode,
  publicKey: Uint8Array,
  at: Address
): Promise<{ readonly known: boolean; readonly us: Address } | undefined> {
  const target = Typed.hash(publicKey)
  const question = { token: null, command: FIND_PEER, target, value: null }
  const reply = await dht.request(question, at).catch(() => undefined)
  return reply && { known: reply.value !== null, us: reply.to }
}

// A private part of hyperdht, for `announceWhen` alone.
const { signAnnounce } = Persistent as { signAnnounce: Required<AnnounceOptions>['signAnnounce'] }

/**
 * `dht.announce` that asks where we are reached only when it has found the nodes to tell. Fails where `whereabouts`
 * rejects.
 */
export function announceWhen(
  dht: DhtNode,
  topic: Uint8Array,
  keyPair: KeyPair,
  whereabouts: () => Promise<readonly Address[]>,
  options: AnnounceOptions
): Query<LookupReply> {
  return dht.announce(topic, keyPair, [], {
    ...options,
    async signAnnounce(target, token, id, announcement, pair) {
      announcement.peer.relayAddresses = await whereabouts()
      return signAnnounce(target, token, id, announcement, pair)
    }
  })
}

// Private parts of hyperdht's server, for `announceNow` alone.
interface ServerInside {
  _announcer?: { _sleeper?: { resume?(): void } } | null
}

/** Announces a server's key again at once; its `refresh` alone waits for up to 3 s. */
export function announceNow(server: DhtServer): void {
  server.refresh()
  const inside = server as unknown as ServerInside
  inside._announcer?._sleeper?.resume?.()
}

// Private parts of dht-rpc's node, for `destroyUnbound` alone.
interface UnboundInside {
  readonly io?: { readonly networkInterfaces?: { destroy?(): void } }
}

/** What `destroy` leaves behind of a node whose sockets could not be opened, and which keeps the process alive. */
export function destroyUnbound(dht: DhtNode): void {
  const { io } = dht as unknown as UnboundInside
  io?.networkInterfaces?.destroy?.()
}

// A private part of dht-rpc's node, for `checkOpen` alone.
interface NodeInside {
  _updateNetworkState?(onlyFirewall: boolean): Promise<boolean>
}

/**
 * Whether everybody can reach this node, by asking up to five others to try. By itself it finds that out as it starts,
 * where an answer comes before its first walk has ended, and otherwise after 20 minutes.
 */
export async function checkOpen(dht: DhtNode): Promise<boolean> {
  const inside = dht as unknown as NodeInside
  if (dht.remoteAddress() === null) await inside._updateNetworkState?.(true).catch(() => false)
  return dht.remoteAddress() !== null
}

/** What a persistent node holds and has done. */
export interface NodeCounts {
  /** Other nodes in its table. */
  readonly known: number
  /** Announcements that it holds, under all topics. */
  readonly records: number
  /** Requests of ours, and how they went. */
  readonly sent: { readonly total: number; readonly answered: number; readonly timeouts: number }
  /** Requests of others so far, by command. */
  readonly served: ReadonlyMap<string, number>
}

const COMMANDS = [
  'handshake',
  'holepunch',
  'find_peer',
  'lookup',
  'announce',
  'unannounce'
] as const

// Private parts of hyperdht's node, for `countingNode` alone.
interface CountedInside {
  readonly _persistent: { readonly records: { readonly size: number } } | null
  readonly stats: {
    readonly requests: {
      readonly total: number
      readonly responses: number
      readonly timeouts: number
    }
    readonly commands: Readonly<Record<string, { readonly rx: number }>>
  }
  onrequest(request: { readonly command: number }): boolean
}

/** Counts from now on what others ask of this node; call the result for the figures of the moment. */
export function countingNode(dht: DhtNode): () => NodeCounts {
  const inside = dht as unknown as CountedInside
  const asked = new Map<string, number>() // BOUNDED: COMMANDS, and one for all others
  const answer = inside.onrequest.bind(dht)
  inside.onrequest = request => {
    const name = COMMANDS[request.command] ?? 'other'
    asked.set(name, (asked.get(name) ?? 0) + 1)
    return answer(request)
  }
  return () => countsOf(dht, inside, asked)
}

function countsOf(
  dht: DhtNode,
  { _persistent, stats }: CountedInside,
  asked: ReadonlyMap<string, number>
): NodeCounts {
  const { responses: answered, timeouts, total } = stats.requests
  const served = new Map([...asked, ['ping', stats.commands.ping?.rx ?? 0]])
  served.set('find_node', stats.commands.findNode?.rx ?? 0)
  const records = _persistent?.records.size ?? 0
  return { known: dht.nodes.length, records, sent: { total, answered, timeouts }, served }
}
