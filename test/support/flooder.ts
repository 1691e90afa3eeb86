// A process that floods a member of a room over the network: `tsx test/support/flooder.ts PORT ROOM FLOOD SECONDS [IDLE SECONDS]`. It finds the
// member on the DHT whose bootstrap node has that port, dials it with eight keys, is silent for a while, and sends as many frames as a
// link may bring, or as fast as the streams take them.
import { type KeyPair, keyPairFromSeed } from '../../src/base/crypto.js'
import { idFromBytes, idToBytes, type PeerKey } from '../../src/base/ids.js'
import { proofKey, prove, signDevice } from '../../src/protocol/access/handshake.js'
import { messageRoom } from '../../src/protocol/access/room-cipher.js'
import { INSTANCE_BYTES, MAX_FRAME_BYTES } from '../../src/protocol/config.js'
import { decodeFrame, encodeFrame } from '../../src/protocol/wire/frame-codec.js'
import type { Frame } from '../../src/protocol/wire/frames.js'
import { type Channel, openChannel } from '../../src/room/driver/channel.js'
import { channelId } from '../../src/room/driver/link.js'
import { roomKeys } from '../../src/room/keys.js'
import { createLoopbackDht, keyPair } from '../../src/swarm/dht/nodes.js'
import type { SecretStream } from '../../src/swarm/dht/stream-types.js'
import { FLOODS, type Flooder } from './floods.js'

const LINKS = 8
const [port, name = '', kind = '', seconds, idleSeconds = '0'] = process.argv.slice(2)
const room = roomKeys(name)
const flood = FLOODS[kind]
if (flood === undefined) throw new Error(`there is no flood ${kind}`)

/** A link of the attacker's that the member has taken. */
async function attend(stream: SecretStream, device: KeyPair, n: number): Promise<Channel> {
  stream.on('error', () => {})
  await stream.opened
  const { handshakeHash } = stream
  if (handshakeHash === null) throw new Error('no handshake')
  const key = idFromBytes<PeerKey>(device.publicKey)
  return new Promise((resolve, reject) => {
    const send = (...frames: Frame[]) => setImmediate(() => channel?.send(frames.map(encodeFrame)))
    const channel: Channel | undefined = openChannel(stream, {
      protocol: 'swarmchat/2',
      id: channelId(room.topic, handshakeHash),
      onclose: () => stream.destroy(),
      ondrain: () => drained.get(channel as Channel)?.(),
      onmessage: bytes => {
        const decoded = decodeFrame(bytes)
        if (!decoded.ok) return
        if (decoded.frame.type === 'ping') send({ type: 'pong' })
        if (decoded.frame.type !== 'hello') return
        send(identify(key, n), { type: 'neighbor', priority: 'high' })
        setImmediate(() => resolve(channel as Channel))
      }
    })
    if (channel === undefined) return reject(new Error('no channel'))
    stream.on('close', () => {
      closed.add(channel)
      drained.get(channel)?.()
      resolve(channel)
    })
    const proof = prove(proofKey(room.secret), { handshakeHash, side: 'initiator', device: key })
    send({ type: 'hello', version: 1, proof })
  })
}

const drained = new Map<Channel, () => void>()
const closed = new Set<Channel>()

function identify(device: PeerKey, n: number): Frame {
  const instance = new Uint8Array(INSTANCE_BYTES)
  const identity = keyPairFromSeed(new Uint8Array(32).fill(200 + n))
  const signature = signDevice(identity, { topic: room.topic, device, instance })
  return { type: 'identify', identity: identity.publicKey, instance, signature, observer: false }
}

async function find(dht: ReturnType<typeof createLoopbackDht>): Promise<Uint8Array> {
  for (;;) {
    for await (const { peers } of dht.lookup(idToBytes(room.topic))) {
      for (const { publicKey } of peers) return publicKey
    }
    await new Promise(resolve => setTimeout(resolve, 100))
  }
}

/** Sends what there is for one link, some at a time, as soon as a stream takes it: another one whenever that is closed. */
async function pour(link: { channel: Channel }, frames: readonly Uint8Array[], n: number) {
  for (let at = 0; at < frames.length; ) {
    if (closed.has(link.channel)) {
      link.channel = await dial(n)
    }
    const { channel } = link
    if (!channel.drained) {
      await new Promise<void>(resolve => drained.set(channel, resolve))
      continue
    }
    const batch: Uint8Array[] = []
    for (let bytes = 0; at < frames.length && bytes < MAX_FRAME_BYTES / 2; at++) {
      const frame = frames[at] as Uint8Array
      batch.push(frame)
      bytes += frame.byteLength + 8
    }
    channel.send(batch)
    await new Promise(resolve => setImmediate(resolve))
  }
}

const flooder: Flooder = { room: messageRoom(room.secret), count: 0 }
const made = Array.from({ length: Number(seconds) }, () =>
  Array.from({ length: LINKS }, () =>
    Array.from({ length: flood.perSecond }, () => encodeFrame(flood.frame(flooder)))
  )
)
const dht = createLoopbackDht({ bootstrap: [{ host: '127.0.0.1', port: Number(port) }] })
const victim = await find(dht)
/** With a device that was never seen; again and again if that fails. */
async function dial(n: number): Promise<Channel> {
  const device = keyPair()
  const stream = dht.connect(victim, { keyPair: device }) as SecretStream
  return attend(stream, device, n).catch(() => dial(n))
}
const links = await Promise.all(
  Array.from({ length: LINKS }, async (_, n) => ({ channel: await dial(n) }))
)
await new Promise(resolve => setTimeout(resolve, 1_000 * Number(idleSeconds)))
process.send?.('begin')
for (const second of made) {
  const start = performance.now()
  await Promise.all(links.map((link, n) => pour(link, second[n] ?? [], n)))
  await new Promise(resolve => setTimeout(resolve, 1_000 - (performance.now() - start)))
}
process.send?.('end')
await dht.destroy()
process.disconnect?.()
