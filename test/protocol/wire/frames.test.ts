import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { MessageId } from '../../../src/base/ids.js'
import { IHAVE_MAX, MAX_FRAME_BYTES, MAX_WANT_IDS } from '../../../src/protocol/config.js'
import { decodeFrame, encodeFrame } from '../../../src/protocol/wire/frame-codec.js'
import type { Frame } from '../../../src/protocol/wire/frames.js'
import { frames } from '../../support/arbitrary-frames.js'

const plain = (frame: Frame) =>
  Object.fromEntries(
    Object.entries(frame).map(([name, value]) => [
      name,
      value instanceof Uint8Array ? [...value] : value
    ])
  )

const decoded = (encoded: Uint8Array) => {
  const result = decodeFrame(encoded)
  if (!result.ok) throw new Error(result.detail)
  return result.frame
}

describe('frames', () => {
  test('every frame is read back', () => {
    fc.assert(
      fc.property(frames, frame => {
        expect(plain(decoded(encodeFrame(frame)))).toEqual(plain(frame))
      }),
      { numRuns: 500 }
    )
  })

  test('a frame that goes to several peers is encoded once, and no other one in its place', () => {
    const frame = { type: 'message', hops: 3, sealed: new Uint8Array(400).fill(7) } as const
    const bytes = encodeFrame(frame)
    expect(encodeFrame(frame)).toBe(bytes)
    expect(encodeFrame({ ...frame, hops: 4 })).not.toEqual(bytes)
    expect(encodeFrame({ ...frame })).toEqual(bytes)
  })

  test('an unknown code is a frame of a later version', () => {
    expect(decodeFrame(Uint8Array.of(200, 1, 2, 3))).toEqual({
      ok: true,
      frame: { type: 'unknown', code: 200 }
    })
  })

  test('flags that a later version sets are passed over [M11]', () => {
    const bytes = new Uint8Array(106).fill(7)
    bytes[0] = 2
    for (const [flags, observer] of [
      [0xfe, false],
      [0xff, true]
    ] as const) {
      bytes[105] = flags
      expect(decoded(bytes)).toMatchObject({ type: 'identify', observer })
    }
  })

  test('caps hold both ways [M8]', () => {
    const some = (count: number) => Array.from({ length: count }, () => 'ab'.repeat(32))
    const want = { type: 'want', ids: some(MAX_WANT_IDS + 1) as MessageId[] } as const
    expect(() => encodeFrame(want)).toThrow(RangeError)
    const graft = { type: 'graft', ids: some(IHAVE_MAX + 1) as MessageId[] } as const
    expect(() => encodeFrame(graft)).toThrow(RangeError)
    const forged = encodeFrame({ type: 'graft', ids: some(IHAVE_MAX) as MessageId[] })
    const longer = Uint8Array.of(...forged, ...forged.subarray(2, 34))
    longer[1] = IHAVE_MAX + 1
    expect(decodeFrame(longer).ok).toBe(false)
    expect(decodeFrame(new Uint8Array(MAX_FRAME_BYTES + 1).fill(200)).ok).toBe(false)
    expect(decodeFrame(new Uint8Array(0)).ok).toBe(false)
  })
})
