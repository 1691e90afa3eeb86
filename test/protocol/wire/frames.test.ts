import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { MessageId } from '../../../src/base/ids.js'
import { IHAVE_MAX, MAX_FRAME_BYTES, MAX_WANT_IDS } from '../../../src/protocol/config.js'
import { decodeFrame, encodeFrame, type Frame } from '../../../src/protocol/wire/frames.js'
import { frames } from '../../support/arbitrary-frames.js'

/** `FUZZ_RUNS=1000000 npx vitest run test/protocol/frames.test.ts` for the long run. */
const FUZZ_RUNS = Number(process.env.FUZZ_RUNS ?? 5_000)

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

  test('what is read is written the same: one encoding for each frame', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), bytes => {
        const result = decodeFrame(bytes)
        if (!result.ok || result.frame.type === 'unknown') return
        // The flags of identify leave room for later versions.
        if (result.frame.type === 'identify') return
        expect([...encodeFrame(result.frame)]).toEqual([...bytes])
      }),
      { numRuns: FUZZ_RUNS }
    )
  })

  test('a mutated frame gives a frame or a sentence, never a throw', () => {
    const mutations = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 6 })
    fc.assert(
      fc.property(frames, mutations, fc.integer({ min: -40, max: 40 }), (frame, changes, grow) => {
        const before = encodeFrame(frame)
        const after = new Uint8Array(Math.max(0, before.length + grow))
        after.set(before.subarray(0, after.length))
        for (const [at, value] of changes) if (after.length > 0) after[at % after.length] = value
        const result = decodeFrame(after)
        if (result.ok) expect(encodeFrame(result.frame)).toBeDefined()
        else expect(result.detail).toBeTruthy()
      }),
      { numRuns: FUZZ_RUNS }
    )
  })

  test('an unknown code is a frame of a later version', () => {
    expect(decodeFrame(Uint8Array.of(200, 1, 2, 3))).toEqual({
      ok: true,
      frame: { type: 'unknown', code: 200 }
    })
  })

  test('caps hold both ways', () => {
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
