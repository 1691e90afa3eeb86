import { once } from 'node:events'
import { createServer, connect as dialTcp, type Server, type Socket } from 'node:net'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { decodePortFrame, encodePortFrame, type PortFrame } from '../../../src/pipe/ports/frames.js'
import { MAX_PORTS, Multiplexer } from '../../../src/pipe/ports/multiplexer.js'
import { FIRST_WINDOW } from '../../../src/pipe/ports/receive-window.js'
import type { SecretStream } from '../../../src/swarm/dht/stream-types.js'
import { closed, streamPair } from '../../support/stream-pair.js'

const sockets = new Set<Socket>()
const servers: Server[] = []

afterEach(async () => {
  vi.useRealTimers()
  for (const socket of sockets) socket.destroy()
  sockets.clear()
  for (const server of servers.splice(0)) await new Promise(resolve => server.close(resolve))
})

/** A TCP service; what it returns makes connections to it. */
async function service(serve: (socket: Socket) => void): Promise<() => Socket> {
  const server = createServer({ allowHalfOpen: true }, socket => {
    sockets.add(socket)
    socket.on('error', () => {})
    serve(socket)
  })
  servers.push(server)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as { port: number }
  return () => {
    const socket = dialTcp({ port, host: '127.0.0.1', allowHalfOpen: true })
    socket.on('error', () => {})
    sockets.add(socket)
    return socket
  }
}

/** A hostile or broken other side: it sends what it likes. */
async function withStranger(accept: () => Socket): Promise<[Multiplexer, SecretStream]> {
  const [dialler, listener] = await streamPair()
  for (const stream of [dialler, listener]) stream.on('error', () => {})
  dialler.on('data', () => {})
  return [new Multiplexer(listener, accept), dialler]
}

const send = (stream: SecretStream, frame: PortFrame) =>
  stream.write(encodePortFrame(frame, bytes => Buffer.alloc(bytes)))

async function eventually(is: () => boolean | Promise<boolean>): Promise<void> {
  await vi.waitFor(async () => expect(await is()).toBe(true), { timeout: 60_000 })
}

describe('a multiplexer', () => {
  test('ends the connection of one that sends more than it may', async () => {
    const accept = await service(socket => socket.pause())
    const [, stranger] = await withStranger(() => accept().pause())
    send(stranger, { type: 'open', id: 0 })
    const bytes = Buffer.alloc(64 * 1024)
    for (let sent = 0; sent < FIRST_WINDOW; sent += bytes.length) {
      send(stranger, { type: 'data', id: 0, bytes })
    }
    send(stranger, { type: 'data', id: 0, bytes: Buffer.alloc(FIRST_WINDOW) })
    await closed(stranger)
  })

  test.each<[string, PortFrame[]]>([
    [
      'opens one twice',
      [
        { type: 'open', id: 3 },
        { type: 'open', id: 3 }
      ]
    ],
    [
      'sends after its end',
      [
        { type: 'open', id: 3 },
        { type: 'end', id: 3 },
        { type: 'data', id: 3, bytes: Buffer.from('x') }
      ]
    ]
  ])('ends the connection of one that %s', async (_, frames) => {
    const accept = await service(() => {})
    const [, stranger] = await withStranger(accept)
    for (const frame of frames) send(stranger, frame)
    await closed(stranger)
  })

  test('ends the connection of one that sends no frame', async () => {
    const [, stranger] = await withStranger(await service(() => {}))
    stranger.write(Buffer.from([9, 9]))
    await closed(stranger)
  })

  test('overlooks frames of a connection that is gone', async () => {
    const accept = await service(socket => socket.resume())
    const [multiplexer, stranger] = await withStranger(accept)
    send(stranger, { type: 'open', id: 0 })
    send(stranger, { type: 'reset', id: 0 })
    for (const type of ['end', 'reset'] as const) send(stranger, { type, id: 0 })
    send(stranger, { type: 'data', id: 0, bytes: Buffer.from('late') })
    send(stranger, { type: 'open', id: 1 })
    await eventually(() => multiplexer.size === 1)
    expect(stranger.destroyed).toBe(false)
  })

  test('keeps what the other side takes later, also if both directions of the TCP connection have ended', async () => {
    const accept = await service(socket => socket.end(Buffer.alloc(FIRST_WINDOW + 1_000)))
    const targets: Socket[] = []
    const [, stranger] = await withStranger(() => {
      const socket = accept()
      targets.push(socket)
      return socket
    })
    const heard: PortFrame[] = []
    stranger.on('data', message => heard.push(decodePortFrame(message) as PortFrame))
    send(stranger, { type: 'open', id: 0 })
    send(stranger, { type: 'end', id: 0 })
    await eventually(() => targets[0]?.closed === true)
    send(stranger, { type: 'credit', id: 0, bytes: 1_000 })
    await eventually(() => heard.some(({ type }) => type === 'end' || type === 'reset'))
    expect(heard.at(-1)?.type).toBe('end')
    const bytes = heard.map(frame => (frame.type === 'data' ? frame.bytes.length : 0))
    expect(bytes.reduce((sum, more) => sum + more)).toBe(FIRST_WINDOW + 1_000)
  })

  test('lets an hour pass in which nobody says anything: keep-alives go both ways, and no timer of ours ends it', async () => {
    const [dialler, listener] = await streamPair()
    const near = new Multiplexer(dialler)
    new Multiplexer(listener, await service(socket => socket.pipe(socket)))
    const dial = await service(socket => near.open(socket))
    const socket = dial()
    socket.write('before')
    await once(socket, 'data')
    vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval', 'Date', 'performance'] })
    // As hyperdht does.
    for (const stream of [dialler, listener]) stream.setKeepAlive(5_000)
    const before = [dialler.rawBytesRead, listener.rawBytesRead]
    for (let minutes = 0; minutes < 60; minutes++) await vi.advanceTimersByTimeAsync(60_000)
    vi.useRealTimers()
    await eventually(() => dialler.rawBytesRead - (before[0] ?? 0) > 60)
    await eventually(() => listener.rawBytesRead - (before[1] ?? 0) > 60)
    const heard = once(socket, 'data')
    socket.write('after')
    expect(String((await heard)[0])).toBe('after')
  })

  test('carries so many connections at a time, and no more', async () => {
    let made = 0
    const accept = await service(() => {
      made += 1
    })
    const [multiplexer, stranger] = await withStranger(accept)
    for (let id = 0; id < MAX_PORTS + 20; id++) send(stranger, { type: 'open', id })
    await eventually(() => made === MAX_PORTS)
    expect(multiplexer.size).toBe(MAX_PORTS)
    for (let id = 0; id < MAX_PORTS; id++) send(stranger, { type: 'reset', id })
    await eventually(() => multiplexer.size === 0)
  })
})
