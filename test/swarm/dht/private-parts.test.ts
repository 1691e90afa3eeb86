import { createRequire } from 'node:module'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createBlindRelay } from '../../../src/swarm/dht/blind-relay.js'
import { createLanDht, createLoopbackDht, keyPair } from '../../../src/swarm/dht/nodes.js'
import {
  announceNow,
  boundPort,
  COMMANDS,
  checkOpen,
  countingNode,
  destroyUnbound,
  forgetAllBut,
  watchingHandshakes
} from '../../../src/swarm/dht/private-parts.js'
import type { DhtNode, DhtServer } from '../../../src/swarm/dht/types.js'
import { createTestnet, type Testnet } from '../../support/testnet.js'

const load = createRequire(import.meta.url)
const VERSIONS = ['hyperdht', 'dht-rpc', 'udx-native', 'blind-relay', '@hyperswarm/secret-stream']
  .map(name => `${name} ${load(`${name}/package.json`).version}`)
  .join(', ')

type Kind = 'function' | 'object' | 'number' | 'boolean' | 'string'

/** What a part must be: a path from its owner, and what is found there. */
type Shape = readonly [path: string, kind: Kind]

/** What private-parts.ts uses of a node that answers for others. */
const NODE: readonly Shape[] = [
  ['io.serverSocket.address', 'function'],
  ['io.networkInterfaces.destroy', 'function'],
  ['nodes.toArray', 'function'],
  ['nodes.length', 'number'],
  ['_removeNode', 'function'],
  ['_updateNetworkState', 'function'],
  ['_router.peerHandshake', 'function'],
  ['_persistent.records.size', 'number'],
  ['stats.requests.total', 'number'],
  ['stats.requests.responses', 'number'],
  ['stats.requests.timeouts', 'number'],
  ['stats.commands.ping.rx', 'number'],
  ['stats.commands.findNode.rx', 'number'],
  ['onrequest', 'function'],
  ['validateLocalAddresses', 'function']
]

/** What types.ts names of a node and hyperdht's pages do not. */
const UNDOCUMENTED: readonly Shape[] = [
  ['randomized', 'boolean'],
  ['online', 'boolean'],
  ['firewalled', 'boolean'],
  ['ephemeral', 'boolean'],
  ['table.id', 'object'],
  ['bootstrapNodes', 'object'],
  ['listening', 'object'],
  ['request', 'function'],
  ['createRawStream', 'function'],
  ['remoteAddress', 'function'],
  ['addNode', 'function']
]

const SERVER: readonly Shape[] = [
  ['_announcer._sleeper.resume', 'function'],
  ['relayAddresses', 'object'],
  ['refresh', 'function']
]

/** A sentence for each part that is not there, or not of its kind. */
function changes(owner: object, name: string, shapes: readonly Shape[]): string[] {
  return shapes.flatMap(([path, kind]) => {
    const found = typeof path.split('.').reduce<unknown>(partOf, owner)
    if (found === kind) return []
    const now = found === 'undefined' ? 'gone' : `of type ${found}`
    return [
      `${name}.${path} was of type ${kind} and is ${now}: mend private-parts.ts (${VERSIONS}).`
    ]
  })
}

function partOf(owner: unknown, name: string): unknown {
  return (owner as Record<string, unknown> | null | undefined)?.[name]
}

/** Says what has changed if this does not hold. */
function holds(isSo: boolean, changed: string): void {
  expect(isSo, `${changed} (${VERSIONS})`).toBe(true)
}

let net: Testnet
let node: DhtNode
let server: DhtServer

beforeAll(async () => {
  net = await createTestnet(4)
  node = await persistent()
  server = node.createServer({}, stream => stream.on('error', () => {}))
  await server.listen(keyPair())
})
afterAll(async () => {
  for (const each of persistents) await each.destroy()
  await net.close()
})

const persistents: DhtNode[] = []

/** A node that answers for others. */
async function persistent(): Promise<DhtNode> {
  const made = createLoopbackDht({ bootstrap: net.bootstrap, ephemeral: false })
  persistents.push(made)
  await made.fullyBootstrapped()
  return made
}

describe('the private parts of hyperdht and its streams', () => {
  it('are where private-parts.ts looks for them in a node', () => {
    expect(changes(node, 'node', NODE)).toEqual([])
  })

  it('are where types.ts says that they are', () => {
    expect(changes(node, 'node', UNDOCUMENTED)).toEqual([])
  })

  it('are where private-parts.ts looks for them in a server that listens', () => {
    expect(changes(server, 'server', SERVER)).toEqual([])
  })

  it('are named where they have changed', () => {
    const [gone, other] = changes({ a: { b: 1 } }, 'node', [
      ['a.c.d', 'function'],
      ['a.b', 'object']
    ])
    expect(gone).toMatch(/^node\.a\.c\.d was of type function and is gone: .*hyperdht \d/)
    expect(other).toMatch(/^node\.a\.b was of type object and is of type number: /)
  })

  it('are where limited-stream.ts looks for them in a secret stream', () => {
    const { prototype } = load('@hyperswarm/secret-stream')
    expect(changes(prototype, 'stream', [['_onrawdata', 'function']])).toEqual([])
  })

  it('are where blind-relay.ts looks for them in a session of a relay', async () => {
    const relay = createBlindRelay(options => node.createRawStream(options))
    const stream = net.createNode().connect(server.publicKey ?? new Uint8Array(32))
    stream.on('error', () => {})
    await stream.opened
    const session = relay.accept(stream, { id: stream.publicKey })
    session.on('error', () => {})
    const shapes: Shape[] = [
      ['_pairing.add', 'function'],
      ['_onunpair', 'function']
    ]
    expect(changes(session, 'session', shapes)).toEqual([])
    await relay.close()
    stream.destroy()
  })

  it('number the commands as we do', () => {
    const theirs: Record<string, number> = load('hyperdht/lib/constants.js').COMMANDS
    const ours = COMMANDS.map(
      name => theirs[name.toUpperCase()] ?? theirs[`PEER_${name.toUpperCase()}`]
    )
    expect(ours, `hyperdht numbers its commands anew: ${VERSIONS}`).toEqual([0, 1, 2, 3, 4, 5])
  })
})

describe('what is made of them', () => {
  it('boundPort is the port that the node is bound to', () => {
    holds(boundPort(node) === node.address()?.port, 'io.serverSocket is another socket now')
  })

  it('forgetAllBut leaves one node in the table', async () => {
    const other = net.createNode()
    await other.fullyBootstrapped()
    const [kept] = other.toArray()
    if (kept === undefined) throw new Error('knows nobody')
    forgetAllBut(other, kept)
    holds(other.nodes.length === 1, '_removeNode leaves nodes in the table')
  })

  it('shareNoLocalAddresses keeps our interfaces to ourselves', async () => {
    const dht = createLoopbackDht({ bootstrap: [] })
    const shared = await (dht as unknown as { validateLocalAddresses(a: object): Promise<object> })
      .validateLocalAddresses([{ host: '127.0.0.1', port: 1 }])
      .finally(() => dht.destroy())
    expect(shared, 'validateLocalAddresses is no longer ours').toEqual([])
  })

  it('a settled node is reached at the address that it was given', async () => {
    const dht = createLanDht('127.0.0.1')
    await dht.bind()
    dht.settle('192.0.2.7', { host: '127.0.0.1', port: 1 })
    const at = dht.remoteAddress()
    await dht.destroy()
    holds(at?.host === '192.0.2.7', 'remoteAddress asks something else')
  })

  it('watchingHandshakes sees the handshake of a dial', async () => {
    let seen = 0
    const parts = watchingHandshakes(node, handshake => {
      seen++
      return handshake
    })
    const view = new Proxy(node, {
      get: (of, name) => Reflect.get(parts ?? {}, name) ?? bound(of, name)
    })
    const stream = net.createNode().connect.call(view, server.publicKey ?? new Uint8Array(32), {})
    stream.on('error', () => {})
    await stream.opened
    stream.destroy()
    holds(seen > 0, 'connect sends handshakes another way than _router.peerHandshake')
  })

  it('announceNow announces at once', () => {
    holds(server.listening, 'server.listen no longer listens')
    expect(() => announceNow(server)).not.toThrow()
  })

  it('countingNode counts what others ask', async () => {
    const counted = await persistent()
    const counts = countingNode(counted)
    const asker = net.createNode()
    await asker.fullyBootstrapped()
    const at = { host: '127.0.0.1', port: boundPort(counted) ?? 0 }
    const target = Buffer.alloc(32)
    const command = COMMANDS.indexOf('lookup')
    await asker.request({ token: null, command, target, value: null }, at)
    holds(counts().served.get('lookup') === 1, 'onrequest no longer sees what others ask')
  })

  it('checkOpen asks whether others reach us', async () => {
    const closed = createLoopbackDht({ bootstrap: net.bootstrap, firewalled: true })
    persistents.push(closed)
    await closed.fullyBootstrapped()
    const before = requestsOf(closed)
    await checkOpen(closed)
    holds(requestsOf(closed) > before, '_updateNetworkState asks nobody')
  })

  it('destroyUnbound ends the watch of the interfaces', async () => {
    const dht = createLoopbackDht({ bootstrap: [] })
    await dht.bind()
    const { networkInterfaces } = (
      dht as unknown as { io: { networkInterfaces: { destroy(): void } } }
    ).io
    const destroy = vi.spyOn(networkInterfaces, 'destroy')
    destroyUnbound(dht)
    const { length } = destroy.mock.calls
    await dht.destroy()
    holds(length === 1, 'io.networkInterfaces.destroy is not what ends the watch')
  })
})

function requestsOf(dht: DhtNode): number {
  return (dht as unknown as { stats: { requests: { total: number } } }).stats.requests.total
}

function bound(owner: object, name: string | symbol): unknown {
  const part: unknown = Reflect.get(owner, name)
  return typeof part === 'function' ? part.bind(owner) : part
}
