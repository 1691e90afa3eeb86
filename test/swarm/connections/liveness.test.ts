import { createSocket } from 'node:dgram'
import { EventEmitter } from 'node:events'
import { afterEach, beforeEach, describe, expect, it, test, vi } from 'vitest'
import { Liveness } from '../../../src/swarm/connections/liveness.js'
import { isPortGone } from '../../../src/swarm/connections/port-gone.js'
import type { SecretStream } from '../../../src/swarm/dht/stream-types.js'

/** Just what a liveness check sees of a connection. */
class FakeStream extends EventEmitter {
  readonly rawStream = { packetsReceived: 1, remoteHost: '192.0.2.1', remotePort: 4_000 }
  readonly reasons: (Error | undefined)[] = []

  probes = 0

  sendKeepAlive(): void {
    this.probes++
  }

  destroy(error?: Error): void {
    this.reasons.push(error)
    this.emit('close')
  }
}

function watch(): FakeStream {
  return watchMany(1)[0] as FakeStream
}

/** Connections of one process. */
function watchMany(count: number): FakeStream[] {
  const liveness = new Liveness()
  return Array.from({ length: count }, () => {
    const stream = new FakeStream()
    liveness.watch(stream as unknown as SecretStream)
    return stream
  })
}

/** The same within this machine, where the other side's port is there or not. */
function watchNear(isGone: () => boolean): { stream: FakeStream; asked: () => number } {
  let asked = 0
  const liveness = new Liveness(async () => {
    asked++
    return isGone()
  })
  const stream = new FakeStream()
  stream.rawStream.remoteHost = '127.0.0.1'
  liveness.watch(stream as unknown as SecretStream)
  return { stream, asked: () => asked }
}

/** Time in which every empty message is acknowledged at once. */
function idle(streams: readonly FakeStream[], millis: number): void {
  for (let passed = 0; passed < millis; passed += 100) {
    const before = streams.map(stream => stream.probes)
    vi.advanceTimersByTime(100)
    streams.forEach((stream, i) => {
      if (stream.probes !== before[i]) stream.rawStream.packetsReceived++
    })
  }
}

test('a port of this machine is gone with its program, and not before', async () => {
  vi.useRealTimers()
  const socket = createSocket('udp4')
  await new Promise<void>(resolve => socket.bind(0, '127.0.0.1', resolve))
  const { port } = socket.address()
  expect(await isPortGone({ host: '127.0.0.1', port })).toBe(false)
  await new Promise<void>(resolve => socket.close(resolve))
  expect(await isPortGone({ host: '127.0.0.1', port })).toBe(process.platform === 'linux')
})

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

describe('Liveness', () => {
  it('ends a connection within five seconds after its last packet', () => {
    const stream = watch()
    vi.advanceTimersByTime(2_000)
    stream.rawStream.packetsReceived++
    vi.advanceTimersByTime(4_000)
    expect(stream.reasons).toEqual([])
    vi.advanceTimersByTime(1_000)
    expect(stream.reasons).toMatchObject([{ code: 'PEER_SILENT' }])
  })

  it('never ends one on which packets arrive, and runs no timer without connections', () => {
    const stream = watch()
    for (let i = 0; i < 20; i++) {
      stream.rawStream.packetsReceived++
      vi.advanceTimersByTime(3_000)
    }
    expect(stream.reasons).toEqual([])
    stream.destroy()
    expect(vi.getTimerCount()).toBe(0)
  })

  it('speaks only where nothing arrives by itself', () => {
    const stream = watch()
    for (let i = 0; i < 20; i++) {
      stream.rawStream.packetsReceived++
      vi.advanceTimersByTime(1_000)
    }
    expect(stream.probes).toBe(0)
    vi.advanceTimersByTime(3_500)
    expect(stream.probes).toBe(2)
  })

  it.each([1, 7, 64])('asks each of %i connections less often the more there are', count => {
    const streams = watchMany(count)
    idle(streams, 60_000)
    for (const { probes } of streams) {
      expect(probes).toBeGreaterThanOrEqual(count === 1 ? 28 : 12)
      expect(probes).toBeLessThanOrEqual(count === 1 ? 40 : 15)
    }
  })

  it('with 64 connections still ends one within seven seconds', () => {
    const streams = watchMany(64)
    const [dead, ...others] = streams
    idle(streams, 3_000)
    if (dead !== undefined) dead.sendKeepAlive = () => {}
    idle(others, 7_000)
    expect(dead?.reasons).toMatchObject([{ code: 'PEER_SILENT' }])
    expect(others.flatMap(stream => stream.reasons)).toEqual([])
  })

  it('ends one within this machine in less than two seconds, if its port is nobody’s', async () => {
    const { stream } = watchNear(() => true)
    await vi.advanceTimersByTimeAsync(900)
    stream.rawStream.packetsReceived++
    await vi.advanceTimersByTimeAsync(1_000)
    expect(stream.reasons).toEqual([])
    await vi.advanceTimersByTimeAsync(900)
    expect(stream.reasons).toMatchObject([{ code: 'PEER_SILENT' }])
    expect(vi.getTimerCount()).toBe(0)
  })

  it('leaves one that is busy its time, and asks for the port of none that answers', async () => {
    const busy = watchNear(() => false)
    await vi.advanceTimersByTimeAsync(3_500)
    expect(busy.stream.reasons).toEqual([])
    expect(busy.asked()).toBeGreaterThan(0)
    busy.stream.destroy()
    const quick = watchNear(() => true)
    quick.stream.sendKeepAlive = () => {
      quick.stream.probes++
      quick.stream.rawStream.packetsReceived++
    }
    await vi.advanceTimersByTimeAsync(60_000)
    expect([quick.asked(), quick.stream.reasons]).toEqual([0, []])
    // A message and its acknowledgement: what it costs to be idle.
    expect(quick.stream.probes).toBeLessThanOrEqual(60)
  })

  it('takes its own sleep for no silence of others', () => {
    const stream = watch()
    vi.advanceTimersByTime(1_000)
    const steady = performance.now.bind(performance)
    const sleep = vi.spyOn(performance, 'now').mockImplementation(() => steady() + 60_000)
    vi.advanceTimersByTime(3_500)
    expect(stream.reasons).toEqual([])
    sleep.mockRestore()
  })

  it('ends one though every check comes late, as on a busy machine, and none that answers then', () => {
    const [dead, alive] = watchMany(2)
    const steady = performance.now.bind(performance)
    let late = 0
    vi.spyOn(performance, 'now').mockImplementation(() => steady() + late)
    for (let check = 0; check < 10; check++) {
      late += 2_000
      vi.advanceTimersByTime(500)
      // What came meanwhile is read after the check.
      if (alive !== undefined) alive.rawStream.packetsReceived++
    }
    vi.restoreAllMocks()
    expect(dead?.reasons).toMatchObject([{ code: 'PEER_SILENT' }])
    expect(alive?.reasons).toEqual([])
  })

  it.each([-3_600_000, 3_600_000])('does not mind that the clock is set by %i ms', step => {
    const stream = watch()
    vi.advanceTimersByTime(1_000)
    vi.setSystemTime(Date.now() + step)
    vi.advanceTimersByTime(5_000)
    expect(stream.reasons).toMatchObject([{ code: 'PEER_SILENT' }])
  })
})
