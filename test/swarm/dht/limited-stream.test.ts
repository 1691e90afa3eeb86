import { once } from 'node:events'
import b4a from 'b4a'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MAX_WRITE_BYTES } from '../../../src/room/driver/link.js'
import { limitedStreams, MessageLengths } from '../../../src/swarm/dht/limited-stream.js'
import type { SecretStream } from '../../../src/swarm/dht/stream-types.js'
import { closed, streamPair } from '../../support/stream-pair.js'
import { useSwarms } from '../../support/swarms.js'

const MAX = 1_000

/** As it crosses a raw stream. */
function framed(length: number): Uint8Array {
  const bytes = b4a.alloc(3 + length)
  bytes.set([length & 255, (length >>> 8) & 255, length >>> 16])
  return bytes
}

describe('message lengths', () => {
  test('are followed however the bytes are cut', () => {
    const messages = fc.array(fc.integer({ min: 0, max: MAX }), { maxLength: 20 })
    const cuts = fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1 })
    fc.assert(
      fc.property(
        messages,
        cuts,
        fc.integer({ min: MAX + 1, max: 2 ** 24 - 1 }),
        (fine, cut, huge) => {
          const lengths = new MessageLengths(MAX)
          const bytes = b4a.concat([...fine.map(framed), framed(huge).subarray(0, 3)])
          let at = 0
          for (let round = 0; at < bytes.byteLength - 1; round++) {
            const end = Math.min(bytes.byteLength - 1, at + (cut[round % cut.length] ?? 1))
            if (!lengths.admit(bytes.subarray(at, end))) return false
            at = end
          }
          return !lengths.admit(bytes.subarray(at))
        }
      )
    )
  })
})

/** What a stream ends with. */
async function failure(stream: SecretStream): Promise<unknown> {
  const error = new Promise(resolve => stream.once('error', resolve))
  await closed(stream)
  return error
}

describe('a stream with a limit', () => {
  const create = limitedStreams(MAX)
  const tooLong = { code: 'MESSAGE_TOO_LONG' }

  test('takes messages up to it', async () => {
    const [a, b] = await streamPair({ create })
    for (const length of [0, 1, MAX]) a.write(b4a.alloc(length))
    const sizes: number[] = []
    b.on('data', chunk => sizes.push(chunk.byteLength))
    while (sizes.length < 3) await once(b as never, 'data')
    expect(sizes).toEqual([0, 1, MAX])
  })

  test('ends when a longer one is announced', async () => {
    const [a, b] = await streamPair({ create })
    a.on('error', () => {})
    const ended = failure(b)
    a.write(b4a.alloc(MAX + 1))
    expect(await ended).toMatchObject(tooLong)
  })

  test('ends before its handshake, without waiting for what was announced', async () => {
    const stream = create(false, null, {})
    const ended = failure(stream)
    const raw = stream.rawStream as unknown as { write(bytes: Uint8Array): void }
    raw.write(framed(15 * 1024 * 1024).subarray(0, 10))
    expect(await ended).toMatchObject(tooLong)
  })
})

describe('a swarm with a limit', () => {
  const { make, node, own } = useSwarms()

  test('cuts off who announces too much, whoever dialled, and nobody else [M7]', async () => {
    const swarm = make({ maxMessageBytes: MAX_WRITE_BYTES })
    await swarm.listen()
    const stranger = own(node())
    for (const [length, survives] of [
      [MAX_WRITE_BYTES, true],
      [MAX_WRITE_BYTES + 1, false],
      [15 * 1024 * 1024, false]
    ] as const) {
      const stream = stranger.connect(swarm.keyPair.publicKey)
      stream.on('error', () => {})
      const [surfaced] = await once(swarm, 'connection')
      stream.write(b4a.alloc(length))
      if (!survives) {
        await closed(surfaced)
        expect(surfaced.rawBytesRead).toBeLessThan(1_000)
        continue
      }
      const [chunk] = await once(surfaced, 'data')
      expect(chunk.byteLength).toBe(length)
      stream.destroy()
      await closed(surfaced)
    }
  })

  test('also where it dialled itself', async () => {
    const swarm = make({ maxMessageBytes: MAX_WRITE_BYTES })
    const other = make()
    await other.listen()
    other.on('connection', stream => stream.write(b4a.alloc(MAX_WRITE_BYTES + 1)))
    swarm.dial(other.keyPair.publicKey)
    const [surfaced] = await once(swarm, 'connection')
    expect(await failure(surfaced)).toMatchObject({ code: 'MESSAGE_TOO_LONG' })
    expect(surfaced.rawBytesRead).toBeLessThan(1_000)
  })
})
