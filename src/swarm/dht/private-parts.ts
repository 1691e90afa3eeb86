import Persistent from 'hyperdht/lib/persistent.js'
import type { KeyPair } from '../../base/crypto.js'
import type { Address, AnnounceOptions, DhtNode, DhtServer, LookupReply, Query } from './types.js'

// All that we use of hyperdht and dht-rpc that they do not document, and may change in any version.
// Each part has a test in test/swarm/dht/private-parts.test.ts that names it when it has changed.

/** The fields and methods of a node that are not documented. */
interface NodeInside {
  readonly io: {
    readonly serverSocket: { address(): Address } | null
    readonly networkInterfaces?: { destroy?(): void }
  }
  readonly nodes: { toArray(): Address[] }
  readonly _persistent: { readonly records: { readonly size: number } } | null
  readonly _router: DialRouter
  readonly stats: {
    readonly requests: {
      readonly total: number
      readonly responses: number
      readonly timeouts: number
    }
    readonly commands: Readonly<Record<string, { readonly rx: number }>>
  }
  onrequest(request: { readonly command: number }): boolean
  validateLocalAddresses(): Promise<readonly Address[]>
  _removeNode(node: Address): void
  _updateNetworkState?(onlyFirewall: boolean): Promise<boolean>
}

/** The fields of a server that are not documented; `_announcer` is there while it listens. */
interface ServerInside {
  readonly _announcer?: { readonly _sleeper?: { resume?(): void } } | null
}

/** What sends the handshakes of a dial. */
export interface DialRouter {
  peerHandshake(target: Uint8Array, options: object, to: Address): Promise<unknown>
}

/** hyperdht's commands, each at its number on the wire. */
export const COMMANDS = [
  'handshake',
  'holepunch',
  'find_peer',
  'lookup',
  'announce',
  'unannounce'
] as const

function insideOf(dht: DhtNode): NodeInside {
  return dht as unknown as NodeInside
}

/** The UDP port that others reach this node at; undefined until it is bound. */
export function boundPort(dht: DhtNode): number | undefined {
  return insideOf(dht).io.serverSocket?.address().port
}

/** Forgets all nodes but this one: nodes that are gone would each cost a walk its timeouts. */
export function forgetAllBut(dht: DhtNode, { host, port }: Address): void {
  const inside = insideOf(dht)
  for (const node of inside.nodes.toArray()) {
    if (node.host !== host || node.port !== port) inside._removeNode(node)
  }
}

/** Tells nobody the addresses of our interfaces, which hyperdht does by itself. */
export function shareNoLocalAddresses(dht: DhtNode): void {
  insideOf(dht).validateLocalAddresses = () => Promise.resolve([])
}

/**
 * The parts of this node to dial with, so that each handshake of the dial is seen: `dht.connect`
 * uses them if its `this` has them. Undefined if hyperdht does not send handshakes this way.
 */
export function watchingHandshakes(
  dht: DhtNode,
  watch: (handshake: Promise<unknown>) => Promise<unknown>
): { readonly _router: DialRouter } | undefined {
  const { _router: router } = dht as unknown as Partial<NodeInside>
  if (typeof router?.peerHandshake !== 'function') return undefined
  const peerHandshake: DialRouter['peerHandshake'] = (...call) =>
    watch(router.peerHandshake(...call))
  return { _router: Object.create(router, { peerHandshake: { value: peerHandshake } }) }
}

const { signAnnounce } = Persistent as { signAnnounce: Required<AnnounceOptions>['signAnnounce'] }

/**
 * `dht.announce` that asks where we are reached only when it has found the nodes to tell. Fails
 * where `whereabouts` rejects.
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

/** Announces a server's key again at once; its `refresh` alone waits for up to 3 s. */
export function announceNow(server: DhtServer): void {
  server.refresh()
  const inside = server as unknown as ServerInside
  inside._announcer?._sleeper?.resume?.()
}

/**
 * What `destroy` leaves behind of a node whose sockets could not be opened, and which keeps the
 * process alive.
 */
export function destroyUnbound(dht: DhtNode): void {
  const { io } = dht as unknown as Partial<NodeInside>
  io?.networkInterfaces?.destroy?.()
}

/**
 * Whether everybody can reach this node, by asking up to five others to try. By itself it finds
 * that out as it starts, where an answer comes before its first walk has ended, and otherwise after
 * 20 minutes.
 */
export async function checkOpen(dht: DhtNode): Promise<boolean> {
  const inside = insideOf(dht)
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

/**
 * Counts from now on what others ask of this node; call the result for the figures of the moment.
 */
export function countingNode(dht: DhtNode): () => NodeCounts {
  const inside = insideOf(dht)
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
  { _persistent, stats }: NodeInside,
  asked: ReadonlyMap<string, number>
): NodeCounts {
  const { responses: answered, timeouts, total } = stats.requests
  const served = new Map([...asked, ['ping', stats.commands.ping?.rx ?? 0]])
  served.set('find_node', stats.commands.findNode?.rx ?? 0)
  const records = _persistent?.records.size ?? 0
  return { known: dht.nodes.length, records, sent: { total, answered, timeouts }, served }
}
