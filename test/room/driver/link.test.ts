import { EventEmitter } from 'node:events'
import b4a from 'b4a'
import { describe, expect, test, vi } from 'vitest'
import { idFromBytes } from '../../../src/base/ids.js'
import { MAX_FRAME_BYTES } from '../../../src/protocol/config.js'
import type { Frame } from '../../../src/protocol/wire/frames.js'
import { openChannel } from '../../../src/room/driver/channel.js'
import {
  CLOSE_GRACE_MILLIS,
  channelId,
  Link,
  type LinkHandlers,
  MAX_WRITE_BYTES,
  STUCK_MILLIS
} from '../../../src/room/driver/link.js'
import { CROWDED_BYTES, MAX_QUEUED_BYTES } from '../../../src/room/driver/send-queue.js'
import { PIECES_PER_TURN } from '../../../src/room/driver/turns.js'
import { roomTopic } from '../../../src/room/keys.js'
import type { SecretStream } from '../../../src/swarm/dht/stream-types.js'
import { stall, streamPair } from '../../support/stream-pair.js'
import { until } from '../../support/until.js'

const lobby = roomTopic('lobby')
const silent: LinkHandlers = {
  onframe: () => {},
  onbadframe: () => {},
  onclose: () => {},
  now: () => 0
}

/** A link, and how to wait for the first of each thing that it tells. */
function listening(stream: SecretStream, topic = lobby) {
  const heard = new EventEmitter()
  const frames: Frame[] = []
  const bads: string[] = []
  let ended = false
  let now = 0
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
      }),
    now: () => now
  })
  return {
    link,
    frames,
    pass: (millis: number) => {
      now += millis
    },
    frame: (type?: Frame['type']) =>
      until([heard], 'heard', () =>
        frames.find(frame => type === undefined || frame.type === type)
      ),
    bad: () => until([heard], 'heard', () => bads[0]),
    end: () => until([heard], 'heard', () => ended),
    ended: () => ended
  }
}

/** Notes the size of each read. */
function sizesOf(stream: SecretStream) {
  const sizes: number[] = []
  const reads = new EventEmitter()
  stream.on('data', chunk => {
    sizes.push(chunk.byteLength)
    reads.emit('read')
  })
  const total = () => sizes.reduce((sum, size) => sum + size, 0)
  return { sizes, until: (bytes: number) => until([reads], 'read', () => total() >= bytes) }
}

/** A frame of about 8 kB whose message is of this kind. */
function frameOf(type: 'message' | 'stored', kind: number): Frame {
  const sealed = b4a.alloc(8_000)
  sealed[0] = 1
  sealed[1] = kind
  return type === 'stored' ? { type, sealed } : { type, hops: 1, sealed }
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

test('history that has arrived counts, also if its sender has closed since', async () => {
  const [a, b] = await streamPair()
  const left = listening(a)
  const right = listening(b)
  const count = 10 * PIECES_PER_TURN
  const sealed = b4a.alloc(100)
  for (let n = 0; n < count; n++) left.link.send({ type: 'stored', sealed })
  left.link.close()
  await right.end()
  expect(right.frames).toHaveLength(count)
})

test('a link that we destroy tells nothing more of the history that waits', async () => {
  const [a, b] = await streamPair()
  const left = listening(a)
  const right = listening(b)
  for (let n = 0; n < 10 * PIECES_PER_TURN; n++)
    left.link.send({ type: 'stored', sealed: b4a.alloc(100) })
  await right.frame('stored')
  const { length } = right.frames
  right.link.destroy()
  await right.end()
  expect(right.frames).toHaveLength(length)
})

test('so does one whose stream has ended when we leave', async () => {
  const [a, b] = await streamPair()
  const left = listening(a)
  const right = listening(b)
  const count = 100 * PIECES_PER_TURN
  for (let n = 0; n < count; n++) left.link.send({ type: 'stored', sealed: b4a.alloc(100) })
  await right.frame('stored')
  let heard = 0
  b.once('close', () => {
    heard = right.frames.length
    right.link.close()
  })
  b.destroy()
  await right.end()
  expect(heard).toBeLessThan(count)
  expect(right.frames).toHaveLength(heard)
})

test('what is said while history is read is heard before the rest of it', async () => {
  const [a, b] = await streamPair()
  const left = listening(a)
  const right = listening(b)
  const sealed = b4a.alloc(100)
  for (let n = 0; n < 100 * PIECES_PER_TURN; n++) left.link.send({ type: 'stored', sealed })
  left.link.send({ type: 'goodbye' })
  await right.frame('stored')
  left.link.send({ type: 'message', hops: 1, sealed })
  await Promise.all([right.frame('message'), right.frame('goodbye')])
  const types = right.frames.map(({ type }) => type)
  expect(types.indexOf('message')).toBeLessThan(types.lastIndexOf('stored'))
  expect(types.at(-1)).toBe('goodbye')
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
  right.link.send({ type: 'ping' })
  right.link.send({ type: 'pong' })
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
    protocol: 'swarmchat/2',
    id,
    onmessage: () => {},
    ondrain: () => {},
    onclose: () => {}
  })
  channel?.send([b4a.alloc(100_000)])
  expect(await left.bad()).toMatch('100000')
})

test('garbage instead of protomux ends the stream and nothing else', async () => {
  const [a, b] = await streamPair()
  b.on('error', () => {})
  const left = listening(a)
  b.write(b4a.from('ffffffffffffffffffffffffffff', 'hex'))
  await left.end()
})

test('a stream without a handshake hash is not used, not even by two who agree', async () => {
  const streams = await streamPair()
  // The streams themselves need theirs until each has heard the other.
  const heard = streams.map(
    stream => new Promise<void>(resolve => stream.once('data', () => resolve()))
  )
  for (const stream of streams) stream.write(b4a.alloc(1))
  await Promise.all(heard)
  const links = streams.map(stream => listening(Object.assign(stream, { handshakeHash: null })))
  await Promise.all(links.map(({ end }) => end()))
})

test('what arrives after closing is not told', async () => {
  const [a, b] = await streamPair()
  b.on('error', () => {})
  const left = listening(a)
  const right = listening(b)
  right.link.send({ type: 'pong' })
  await left.frame('pong')
  // Our end of the stream does not reach the other side, which goes on talking.
  stall(a)
  left.link.close()
  const read = sizesOf(a)
  right.link.send({ type: 'ping' })
  await read.until(1)
  await new Promise(setImmediate)
  expect(left.frames.map(({ type }) => type)).toEqual(['pong'])
  await left.end()
})

test('what is sent over a link that has ended is not so much as queued', async () => {
  const [a, b] = await streamPair()
  b.on('error', () => {})
  let asked = 0
  let send = () => {}
  const now = () => ++asked
  const ended = new Promise<void>(resolve => {
    const link = new Link(a, lobby, { ...silent, now, onclose: () => resolve() })
    link.destroy()
    send = () => link.send({ type: 'ping' })
  })
  await ended
  send()
  expect(asked).toBe(0)
})

test('a peer that does not close is cut half a second after we did', async () => {
  const [a, b] = await streamPair()
  b.on('error', () => {})
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  try {
    const left = listening(a)
    left.link.close()
    await vi.advanceTimersByTimeAsync(CLOSE_GRACE_MILLIS - 1)
    expect(a.destroying).toBe(false)
    await vi.advanceTimersByTimeAsync(1)
    expect(a.destroying).toBe(true)
    expect(CLOSE_GRACE_MILLIS).toBe(500)
    await left.end()
  } finally {
    vi.useRealTimers()
  }
})

describe('what is sent in one turn', () => {
  test('leaves in few writes, none larger than a reader takes [M6]', async () => {
    const [a, b] = await streamPair()
    const left = listening(a)
    const right = new Link(b, lobby, silent)
    const read = sizesOf(b)
    for (let sent = 0; sent < 40; sent++) left.link.send(frameOf('stored', 1))
    left.link.send({ type: 'reconcile', step: 'open', payload: b4a.alloc(MAX_FRAME_BYTES - 2) })
    for (let sent = 0; sent < 9_000; sent++) left.link.send({ type: 'ping' })
    await read.until(40 * 8_000 + MAX_FRAME_BYTES + 9_000)
    expect(Math.max(...read.sizes)).toBeLessThanOrEqual(MAX_WRITE_BYTES)
    expect(read.sizes.length).toBeLessThan(15)
    right.destroy()
  })

  test('leaves as no batch if it is one frame', async () => {
    const [a, b] = await streamPair()
    const left = listening(a)
    const right = listening(b)
    left.link.send({ type: 'ping' })
    await right.frame('ping')
    const read = sizesOf(b)
    left.link.send({ type: 'pong' })
    await right.frame('pong')
    // The channel, the kind of message, and the frame's one byte.
    expect(read.sizes).toEqual([3])
    right.link.destroy()
  })

  test('also in answer to a batch', async () => {
    const [a, b] = await streamPair()
    const left: Link = new Link(a, lobby, {
      ...silent,
      onframe: () => {
        for (let sent = 0; sent < 40; sent++) left.send(frameOf('stored', 1))
      }
    })
    const right = listening(b)
    const read = sizesOf(b)
    right.link.send({ type: 'ping' })
    right.link.send({ type: 'ping' })
    await read.until(80 * 8_000)
    expect(Math.max(...read.sizes)).toBeLessThanOrEqual(MAX_WRITE_BYTES)
    right.link.destroy()
  })
})

describe('a peer that reads slowly', () => {
  /** As much as this, however it is called, in turns of the event loop. */
  async function flood(link: Link, frame: Frame, bytes: number): Promise<void> {
    for (let sent = 0; sent < bytes; sent += 8_000) {
      link.send(frame)
      if (sent % 64_000 === 0) await new Promise(setImmediate)
    }
  }

  test('misses what is of the moment, and keeps its link', async () => {
    const [a, b] = await streamPair()
    const left = listening(a)
    const right = listening(b)
    const release = stall(a)
    await flood(left.link, frameOf('message', 200), 4 * MAX_QUEUED_BYTES)
    left.link.send({ type: 'disconnect' })
    release()
    await right.frame('disconnect')
    const bytes = right.frames.length * 8_000
    expect(bytes).toBeGreaterThan(CROWDED_BYTES / 2)
    expect(bytes).toBeLessThan(2 * CROWDED_BYTES)
    expect([left.ended(), right.ended()]).toEqual([false, false])
    left.link.destroy()
  })

  test('is cut if it is to get more than it may that it must not miss', async () => {
    const [a, b] = await streamPair()
    b.on('error', () => {})
    const left = listening(a)
    stall(a)
    await flood(left.link, frameOf('stored', 1), 2 * MAX_QUEUED_BYTES)
    await left.end()
  })

  test('is cut if it reads nothing for long while its queue is crowded, and not before', async () => {
    const [a, b] = await streamPair()
    b.on('error', () => {})
    const left = listening(a)
    stall(a)
    await flood(left.link, frameOf('message', 200), CROWDED_BYTES / 2)
    left.pass(2 * STUCK_MILLIS)
    await flood(left.link, frameOf('message', 200), CROWDED_BYTES / 4)
    expect(a.destroying).toBe(false)
    await flood(left.link, frameOf('stored', 1), CROWDED_BYTES)
    await left.end()
  })

  test('is not cut while it takes something', async () => {
    const [a, b] = await streamPair()
    const left = listening(a)
    const right = listening(b)
    let release = stall(a)
    await flood(left.link, frameOf('stored', 1), MAX_QUEUED_BYTES - 100_000)
    const sent = (MAX_QUEUED_BYTES - 100_000) / 8_000
    for (let round = 0; round < 3; round++) {
      left.pass(STUCK_MILLIS - 1)
      const before = right.frames.length
      release()
      await until([b], 'data', () => right.frames.length > before)
      release = stall(a)
      left.link.send({ type: 'pong' })
    }
    expect(right.frames.length).toBeLessThan(sent / 2)
    release()
    await right.frame('pong')
    expect(left.ended()).toBe(false)
    left.link.destroy()
  })
})
