import { EventEmitter } from 'node:events'
import b4a from 'b4a'
import { expect, test } from 'vitest'
import { idFromBytes } from '../../src/base/ids.js'
import type { Frame } from '../../src/protocol/wire/frames.js'
import { openChannel } from '../../src/room/channel.js'
import { roomTopic } from '../../src/room/keys.js'
import {
  channelId,
  Link,
  type LinkHandlers,
  MAX_BATCH_BYTES,
  MAX_QUEUED_BYTES
} from '../../src/room/link.js'
import type { SecretStream } from '../../src/swarm/dht/hyperdht.js'
import { closed, streamPair } from '../support/stream-pair.js'
import { until } from '../support/until.js'

const lobby = roomTopic('lobby')
const silent: LinkHandlers = { onframe: () => {}, onbadframe: () => {}, onclose: () => {} }

/** A link, and how to wait for the first of each thing that it tells. */
function listening(stream: SecretStream, topic = lobby) {
  const heard = new EventEmitter()
  const frames: Frame[] = []
  const bads: string[] = []
  let ended = false
  const tell = (note: () => void) => {
    note()
    heard.emit('heard')
  }
  const link = new Link(stream, topic, {
    onframe: (_, frame) => tell(() => frames.push(frame)),
    onbadframe: (_, detail) => tell(() => bads.push(detail)),
    onclose: () =>
      tell(() => {
        ended = true
      })
  })
  return {
    link,
    frame: () => until([heard], 'heard', () => frames[0]),
    bad: () => until([heard], 'heard', () => bads[0]),
    end: () => until([heard], 'heard', () => ended)
  }
}

test('frames cross in both directions', async () => {
  const [a, b] = await streamPair()
  const left = listening(a)
  const right = listening(b)
  left.link.send({ type: 'ping' })
  right.link.send({ type: 'pong' })
  expect(await right.frame()).toEqual({ type: 'ping' })
  expect(await left.frame()).toEqual({ type: 'pong' })
  expect(left.link.peer).toBe(idFromBytes(b.publicKey))
  expect([left.link.initiator, right.link.initiator]).toEqual([true, false])
})

test('what was sent before closing arrives', async () => {
  const [a, b] = await streamPair()
  const left = listening(a)
  const right = listening(b)
  left.link.send({ type: 'goodbye' })
  left.link.close()
  expect(await right.frame()).toEqual({ type: 'goodbye' })
  await Promise.all([left.end(), right.end()])
})

test('so does what was sent and closed in answer to one frame of a batch', async () => {
  const [a, b] = await streamPair()
  const left: Link = new Link(a, lobby, {
    ...silent,
    onframe: (_, { type }) => {
      if (type !== 'ping') return
      left.send({ type: 'goodbye' })
      left.close()
    }
  })
  const right = listening(b)
  right.link.cork()
  right.link.send({ type: 'ping' })
  right.link.send({ type: 'pong' })
  right.link.uncork()
  await right.end()
  expect(await right.frame()).toEqual({ type: 'goodbye' })
})

test('whoever does not know the topic gets no channel', async () => {
  const [a, b] = await streamPair()
  const left = listening(a)
  const stranger = listening(b, roomTopic('attic'))
  left.link.send({ type: 'ping' })
  await Promise.all([left.end(), stranger.end()])
})

test('bytes that are no frame are told, and do not throw', async () => {
  const [a, b] = await streamPair()
  const left = listening(a)
  const id = channelId(lobby, b.handshakeHash ?? b4a.alloc(0))
  const channel = openChannel(b, {
    protocol: 'swarmchat/1',
    id,
    onmessage: () => {},
    onclose: () => {}
  })
  channel?.send(b4a.alloc(100_000))
  expect(await left.bad()).toMatch('100000')
})

test('garbage instead of protomux ends the stream and nothing else', async () => {
  const [a, b] = await streamPair()
  b.on('error', () => {})
  const left = listening(a)
  b.write(b4a.from('ffffffffffffffffffffffffffff', 'hex'))
  await left.end()
})

test('a batch is cut before it is too large for the reader', async () => {
  const [a, b] = await streamPair()
  const left = listening(a)
  const right = new Link(b, lobby, silent)
  const sizes: number[] = []
  const chunks = new EventEmitter()
  b.on('data', chunk => {
    sizes.push(chunk.byteLength)
    chunks.emit('chunk')
  })
  const sealed = b4a.alloc(8_000)
  left.link.cork()
  for (let sent = 0; sent < 40; sent++) left.link.send({ type: 'stored', sealed })
  left.link.uncork()
  const all = () => sizes.reduce((sum, size) => sum + size, 0) > 40 * sealed.byteLength || undefined
  await until([chunks], 'chunk', all)
  expect(Math.max(...sizes)).toBeLessThan(2 * MAX_BATCH_BYTES)
  expect(sizes.length).toBeLessThan(10)
  right.destroy()
})

test('a reader that is too slow is closed', async () => {
  const [a, b] = await streamPair()
  const left = listening(a)
  const right = new Link(b, lobby, silent)
  b.pause()
  const sealed = b4a.alloc(60_000)
  for (let sent = 0; sent < 3 * MAX_QUEUED_BYTES; sent += sealed.byteLength) {
    left.link.cork()
    left.link.send({ type: 'stored', sealed })
    left.link.uncork()
  }
  await left.end()
  right.destroy()
  await closed(b)
})
