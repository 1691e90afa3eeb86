import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, connect as dialTcp, type Server, type Socket } from 'node:net'
import { PassThrough } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { KeyPair } from '../../../src/base/crypto.js'
import { codeOf } from '../../../src/base/errors.js'
import { runListen } from '../../../src/pipe/listen.js'
import { runForward } from '../../../src/pipe/ports/forward.js'
import { runServe } from '../../../src/pipe/ports/serve.js'
import { formatTcpAddress, type TcpAddress } from '../../../src/pipe/ports/tcp-address.js'
import { keyPair } from '../../../src/swarm/dht/nodes.js'
import type { Network } from '../../../src/swarm/networks/network.js'
import { openNetworks } from '../../../src/swarm/networks/open.js'
import { createTestnet, type Testnet } from '../../support/testnet.js'

const HOST = '127.0.0.1'

let testnet: Testnet
const networks: Network[] = []
const sockets = new Set<Socket>()
const servers: Server[] = []
const ends: { leaving: AbortController; running: Promise<void> }[] = []

beforeEach(async () => {
  testnet = await createTestnet()
})

afterEach(async () => {
  for (const { leaving, running } of ends.splice(0)) {
    leaving.abort()
    await running.catch(() => {})
  }
  for (const socket of sockets) socket.destroy()
  sockets.clear()
  for (const server of servers.splice(0)) server.close()
  await Promise.all(networks.splice(0).map(network => network.close()))
  await testnet.close()
})

function isolated(): Network[] {
  const opened = openNetworks({ mode: 'isolated', bootstrap: testnet.bootstrap })
  networks.push(...opened)
  return opened
}

function keep(socket: Socket): Socket {
  sockets.add(socket)
  return socket.on('error', () => {})
}

async function service(serve: (socket: Socket) => void): Promise<TcpAddress> {
  const server = createServer({ allowHalfOpen: true }, socket => serve(keep(socket)))
  servers.push(server)
  await once(server.listen(0, HOST), 'listening')
  return { host: HOST, port: (server.address() as { port: number }).port }
}

const echo = () => service(socket => socket.pipe(socket))

interface Running {
  readonly notices: string[]
  readonly leaving: AbortController
  readonly running: Promise<void>
}

function begin(
  run: (signal: AbortSignal, notice: (line: string) => void) => Promise<void>
): Running {
  const leaving = new AbortController()
  const notices: string[] = []
  const running = run(leaving.signal, line => notices.push(line))
  const end = { notices, leaving, running }
  running.catch(() => {})
  ends.push(end)
  return end
}

async function serve(
  target: TcpAddress,
  pair: KeyPair,
  allow: string[] = [],
  maxClients = 64
): Promise<Running> {
  let listening = () => {}
  const ready = new Promise<void>(resolve => {
    listening = resolve
  })
  const end = begin((signal, notice) =>
    runServe(isolated(), {
      keyPair: pair,
      allow: new Set(allow),
      maxClients,
      target,
      signal,
      notice,
      listening
    })
  )
  await Promise.race([ready, end.running])
  return end
}

async function forward(publicKey: Uint8Array, as = keyPair()): Promise<Running & TcpAddress> {
  let listening: (address: TcpAddress) => void = () => {}
  const ready = new Promise<TcpAddress>(resolve => {
    listening = resolve
  })
  const local = { host: HOST, port: 0 }
  const end = begin((signal, notice) =>
    runForward(isolated(), { publicKey, keyPair: as, signal, local, listening, notice })
  )
  const address = await Promise.race([ready, end.running])
  if (address === undefined) throw new Error('it ended')
  return { ...end, ...address }
}

function dial({ port }: TcpAddress): Socket {
  return keep(dialTcp({ port, host: HOST, allowHalfOpen: true }))
}

async function through(target: TcpAddress): Promise<Running & TcpAddress> {
  const pair = keyPair()
  await serve(target, pair)
  return forward(pair.publicKey)
}

async function broken(socket: Socket): Promise<string | undefined> {
  const error = await new Promise<unknown>(resolve => {
    socket.once('error', resolve)
    socket.once('close', () => resolve(undefined))
  })
  return codeOf(error)
}

const sum = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

async function eventually(is: () => boolean | Promise<boolean>): Promise<void> {
  await vi.waitFor(async () => expect(await is()).toBe(true), { timeout: 60_000 })
}

describe('TCP over a key', () => {
  test('50 connections at once, over one encrypted connection, each with its own bytes', async () => {
    const pair = keyPair()
    const serving = await serve(await echo(), pair)
    const local = await forward(pair.publicKey)
    const sums = await Promise.all(
      Array.from({ length: 50 }, async (_, n) => {
        const bytes = randomBytes(10_000 + 7_000 * n)
        const socket = dial(local)
        socket.end(bytes)
        return [sum(bytes), sum(await buffer(socket))]
      })
    )
    for (const [sent, heard] of sums) expect(heard).toBe(sent)
    expect(serving.notices.filter(line => line.startsWith('connected'))).toHaveLength(1)
  })

  test('each direction ends on its own: the client first', async () => {
    const local = await through(
      await service(async socket => {
        const all = await buffer(socket.iterator({ destroyOnReturn: false }) as never)
        socket.end(`${all.length} bytes`)
      })
    )
    const socket = dial(local)
    socket.end('12345')
    expect(String(await buffer(socket))).toBe('5 bytes')
  })

  test('each direction ends on its own: the service first', async () => {
    const heard: Buffer[] = []
    const local = await through(
      await service(socket => {
        socket.end('bye')
        socket.on('data', bytes => heard.push(bytes))
      })
    )
    const socket = dial(local)
    expect(String(await buffer(socket.iterator({ destroyOnReturn: false }) as never))).toBe('bye')
    socket.end('one more thing')
    await eventually(() => String(Buffer.concat(heard)) === 'one more thing')
  })

  test('a reader that stands still holds nobody else up, and not much memory', async () => {
    const local = await through(await echo())
    const slow = dial(local).pause()
    let written = 0
    const piece = Buffer.alloc(64 * 1024)
    const feed = () => {
      while (slow.write(piece)) written += piece.length
    }
    slow.on('drain', feed)
    feed()
    const quick = dial(local)
    const bytes = randomBytes(3_000_000)
    quick.end(bytes)
    expect(sum(await buffer(quick))).toBe(sum(bytes))
    // Its first windows both ways, and what the kernel holds for four sockets.
    expect(written).toBeLessThan(64_000_000)
    expect(slow.destroyed).toBe(false)
  })

  test('a target that takes no connection resets each, and is told once', async () => {
    const pair = keyPair()
    const gone = await echo()
    await new Promise(resolve => servers.pop()?.close(resolve))
    const serving = await serve(gone, pair)
    const local = await forward(pair.publicKey)
    for (let n = 0; n < 3; n++) expect(await broken(dial(local))).toBe('ECONNRESET')
    const told = serving.notices.filter(line => line.includes('takes no connections'))
    expect(told).toEqual([`${formatTcpAddress(gone)} takes no connections: ECONNREFUSED`])
  })

  test('what the service breaks off is broken off here, and the other way round', async () => {
    const services: Socket[] = []
    const local = await through(await service(socket => services.push(socket)))
    const socket = dial(local)
    socket.write('x')
    await eventually(() => services.length === 1)
    services[0]?.resetAndDestroy()
    expect(await broken(socket)).toBe('ECONNRESET')
    const second = dial(local)
    second.write('x')
    await eventually(() => services.length === 2)
    const there = broken(services[1] as Socket)
    second.resetAndDestroy()
    expect(await there).toBe('ECONNRESET')
  })

  test('a listener that ends resets what is open; one that comes back is dialled again', async () => {
    const pair = keyPair()
    const target = await echo()
    const first = await serve(target, pair)
    const local = await forward(pair.publicKey)
    const socket = dial(local)
    socket.write('x')
    await once(socket, 'data')
    first.leaving.abort()
    expect(await broken(socket)).toBe('ECONNRESET')
    await first.running
    await serve(target, pair)
    await eventually(async () => {
      const again = dial(local)
      again.end('once more')
      const heard = await buffer(again).catch(() => '')
      return String(heard) === 'once more'
    })
  })

  test('nobody but the allowed', async () => {
    const [pair, friend] = [keyPair(), keyPair()]
    await serve(await echo(), pair, [Buffer.from(friend.publicKey).toString('hex')])
    await expect(forward(pair.publicKey)).rejects.toThrow()
    const local = await forward(pair.publicKey, friend)
    const socket = dial(local)
    socket.end('me')
    expect(String(await buffer(socket))).toBe('me')
  })

  test('one key with many connections keeps nobody else out', async () => {
    const pair = keyPair()
    const { notices } = await serve(await echo(), pair, [], 2)
    const eve = keyPair()
    for (let n = 0; n < 2; n++) {
      const end = await forward(pair.publicKey, eve)
      const socket = keep(dialTcp(end.port, end.host))
      socket.write('mine')
      await once(socket, 'data')
    }
    const ann = await forward(pair.publicKey)
    const socket = keep(dialTcp(ann.port, ann.host))
    socket.write('hello')
    expect(String(await once(socket, 'data'))).toBe('hello')
    expect(notices.filter(line => line.startsWith('connected: '))).toHaveLength(3)
  })

  test('a plain pipe gets a connection of its own, also to a service that speaks first', async () => {
    const pair = keyPair()
    await serve(await service(socket => socket.end('welcome')), pair)
    const node = testnet.createNode()
    const stream = node.connect(pair.publicKey)
    stream.on('error', () => {})
    // What keeps the ways through NATs open in an idle hour.
    expect(stream.keepAlive).toBe(5_000)
    stream.write('anybody there?')
    const chunks: Buffer[] = []
    stream.on('data', chunk => chunks.push(chunk))
    await new Promise<void>(resolve => stream.once('end', resolve))
    stream.end()
    expect(String(Buffer.concat(chunks))).toBe('welcome')
  })

  test('says so if the other side takes no TCP connections', async () => {
    const pair = keyPair()
    let listening = () => {}
    const ready = new Promise<void>(resolve => {
      listening = resolve
    })
    const [input, output] = [new PassThrough(), new PassThrough()]
    begin((signal, notice) =>
      runListen(
        isolated(),
        { keyPair: pair, allow: new Set(), signal, listening },
        { input, output, typed: false, notice }
      )
    )
    await ready
    await expect(forward(pair.publicKey)).rejects.toMatchObject({ code: 'NO_PORTS' })
  })

  test('says so if the local port is taken', async () => {
    const taken = await echo()
    const failing = runForward(isolated(), {
      publicKey: keyPair().publicKey,
      keyPair: keyPair(),
      signal: new AbortController().signal,
      local: taken,
      listening: () => {},
      notice: () => {}
    })
    await expect(failing).rejects.toMatchObject({ code: 'TCP_PORT_TAKEN', exitCode: 2 })
  })
})

test('a connect that is broken off while it dials says so', async () => {
  const [nobody, notices, leaving] = [keyPair(), [] as string[], new AbortController()]
  const local = { host: HOST, port: 0 }
  const notice = (line: string) => notices.push(line)
  const dial = { publicKey: nobody.publicKey, keyPair: keyPair(), signal: leaving.signal }
  const [network] = isolated()
  if (network === undefined) throw new Error('no network')
  const connect = network.dht.connect.bind(network.dht)
  vi.spyOn(network.dht, 'connect').mockImplementation((...args) => {
    queueMicrotask(() => leaving.abort())
    return connect(...args)
  })
  await runForward([network], { ...dial, local, notice, listening: () => {} })
  expect(notices).toEqual([
    'not connected: The dial was broken off before the other side answered.'
  ])
})
