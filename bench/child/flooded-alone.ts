// A member that is flooded without a network, see bench/flooded-alone.ts. It prints a row: messages
// kept, MB of this process before, most of it, of the heap and of buffers, what of both is in use at the end, processor time, and how often young and old
// garbage was collected. `tsx bench/child/flooded-alone.ts SOURCES FRAMES AT_ONCE MAX_BYTES`.
import { randomBytes } from 'node:crypto'
import { closeSync, mkdtempSync, openSync, readSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { constants, PerformanceObserver } from 'node:perf_hooks'
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import type { KeyPair } from '../../src/base/crypto.js'
import type { PeerKey } from '../../src/base/ids.js'
import type { Frame } from '../../src/protocol/wire/frames.js'
import type { Channel } from '../../src/room/driver/channel.js'
import { memoryStreams } from '../support/memory-stream.js'

const [sources = '', file = '', atOnce, maxBytes] = process.argv.slice(2)
const load = (path: string) => import(join(sources, 'src', path))
const { RoomMachine }: typeof import('../../src/protocol/machine/room-machine.js') = await load(
  'protocol/machine/room-machine.ts'
)
const { Driver }: typeof import('../../src/room/driver/driver.js') =
  await load('room/driver/driver.ts')
const { LevelStore }: typeof import('../../src/store/level-store.js') =
  await load('store/level-store.ts')
const { openChannel }: typeof import('../../src/room/driver/channel.js') =
  await load('room/driver/channel.ts')
const { channelId }: typeof import('../../src/room/driver/link.js') =
  await load('room/driver/link.ts')
const { roomKeys }: typeof import('../../src/room/keys.js') = await load('room/keys.ts')
const { idFromBytes }: typeof import('../../src/base/ids.js') = await load('base/ids.ts')
const { keyPairFromSeed }: typeof import('../../src/base/crypto.js') = await load('base/crypto.ts')
const { proofKey, prove, signDevice }: typeof import('../../src/protocol/access/handshake.js') =
  await load('protocol/access/handshake.ts')
const { decodeFrame, encodeFrame }: typeof import('../../src/protocol/wire/frame-codec.js') =
  await load('protocol/wire/frame-codec.ts')

const LINKS = 8
/** Frames of a link in each step of the flood's clock. */
const AT_ONCE = Number(atOnce)
const STEP_MILLIS = 50
/** Longer than any frame of it. */
const MAX_BYTES = Number(maxBytes)
/** A link takes a write for so long: so what waits adds up. */
const WRITE_MILLIS = 40
const MESSAGE = 16
const room = roomKeys('flooded')
const pair = (n: number): KeyPair => keyPairFromSeed(new Uint8Array(32).fill(n))
const [identity, device] = [pair(1), pair(2)]

const directory = mkdtempSync(join(tmpdir(), 'swarmchat-'))
const store = await LevelStore.open(directory)
let now = 1_000
const began = Date.now()
const machine = new RoomMachine({
  roomSecret: room.secret,
  topic: room.topic,
  identity,
  device: idFromBytes(device.publicKey),
  nick: 'ann',
  recall: place => store.recall(place),
  instance: randomBytes(8),
  nonce: () => randomBytes(16),
  random: Math.random
})
const driver = new Driver({
  machine,
  topic: room.topic,
  self: idFromBytes(identity.publicKey),
  clock: { now: () => now, wall: () => began + now },
  store,
  dial: () => {},
  emit: () => {},
  onfault: (_, thrown) => {
    throw thrown
  }
})
driver.feed({ type: 'start' })

/** A link of the attacker's that the member has taken. */
function attend(n: number): Promise<Channel> {
  const [their, eve] = [pair(10 + n), pair(100 + n)]
  const [theirs, ours] = memoryStreams(their.publicKey, device.publicKey, WRITE_MILLIS)
  const hash = theirs.handshakeHash as Uint8Array
  const key = idFromBytes<PeerKey>(their.publicKey)
  const instance = new Uint8Array(8)
  const signature = signDevice(eve, { topic: room.topic, device: key, instance })
  const identify = { type: 'identify', identity: eve.publicKey, instance, signature } as const
  const send = (...frames: Frame[]) => setImmediate(() => channel?.send(frames.map(encodeFrame)))
  let come = (_: Channel) => {}
  const came = new Promise<Channel>(resolve => {
    come = resolve
  })
  const channel = openChannel(theirs, {
    protocol: 'swarmchat/2',
    id: channelId(room.topic, hash),
    ondrain: () => {},
    onclose: () => {},
    onmessage: bytes => {
      if (bytes[0] === MESSAGE) return
      const decoded = decodeFrame(bytes)
      if (decoded.ok && decoded.frame.type === 'ping') send({ type: 'pong' })
      if (!decoded.ok || decoded.frame.type !== 'hello') return
      send({ ...identify, observer: false }, { type: 'neighbor', priority: 'high' })
      setTimeout(() => come(channel as Channel), 10 * WRITE_MILLIS)
    }
  })
  driver.attach(ours)
  const side = { handshakeHash: hash, side: 'initiator', device: key } as const
  send({ type: 'hello', version: 1, proof: prove(proofKey(room.secret), side) })
  return came
}

const frames = openSync(file, 'r')
let at = 0

/** The next frames of the flood. */
function next(count: number): Uint8Array[] {
  const bytes = Buffer.alloc(count * MAX_BYTES)
  const length = readSync(frames, bytes, 0, bytes.length, at)
  const found: Uint8Array[] = []
  let from = 0
  while (found.length < count && from < length) {
    const end = from + 2 + bytes.readUInt16BE(from)
    found.push(bytes.subarray(from + 2, end))
    from = end
  }
  at += from
  return found
}

const collections = new Map<number, number>()
new PerformanceObserver(list => {
  // The types of Node's do not have what entries of this type tell.
  for (const { detail } of list.getEntries() as unknown as { detail: { kind: number } }[])
    collections.set(detail.kind, (collections.get(detail.kind) ?? 0) + 1)
}).observe({ entryTypes: ['gc'] })

const channels = await Promise.all(Array.from({ length: LINKS }, (_, n) => attend(n)))
globalThis.gc?.()
await nextTurn()
collections.clear()
const { heapUsed: used, rss: before } = process.memoryUsage()
const start = process.cpuUsage()
let [most, heap, buffers] = [0, 0, 0]
for (let isOver = false; !isOver; ) {
  for (const channel of channels) {
    const some = next(AT_ONCE)
    isOver = some.length < AT_ONCE
    if (some.length > 0) channel.send(some)
  }
  now += STEP_MILLIS
  await sleep(STEP_MILLIS)
  const { arrayBuffers, heapTotal, rss } = process.memoryUsage()
  most = Math.max(most, rss)
  heap = Math.max(heap, heapTotal)
  buffers = Math.max(buffers, arrayBuffers)
}
const { system, user } = process.cpuUsage(start)
globalThis.gc?.()
await nextTurn()
globalThis.gc?.()
const { arrayBuffers, heapUsed } = process.memoryUsage()
const megabytes = [before, most, heap, buffers, heapUsed - used, arrayBuffers].map(bytes =>
  (bytes / 2 ** 20).toFixed(0)
)
const { NODE_PERFORMANCE_GC_MAJOR, NODE_PERFORMANCE_GC_MINOR } = constants
const times = [NODE_PERFORMANCE_GC_MINOR, NODE_PERFORMANCE_GC_MAJOR].map(
  kind => collections.get(kind) ?? 0
)
const kept = machine.snapshot().messages
console.log([kept, ...megabytes, ((system + user) / 1e6).toFixed(2), ...times].join(' | '))
closeSync(frames)
await driver.close()
await store.close()
rmSync(directory, { recursive: true })
process.exit(0)
