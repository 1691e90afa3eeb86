import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodePortFrame, encodePortFrame, type PortFrame } from '../../../src/pipe/ports/frames.js'

const id = fc.integer({ min: 0, max: 2 ** 32 - 1 })
const frames: fc.Arbitrary<PortFrame> = fc.oneof(
  fc.record({ type: fc.constantFrom('open', 'end', 'reset'), id }) as fc.Arbitrary<PortFrame>,
  fc.record({
    type: fc.constant('data' as const),
    id,
    bytes: fc.uint8Array().map(bytes => Buffer.from(bytes))
  }),
  fc.record({ type: fc.constant('credit' as const), id, bytes: id })
)
const encoded = (frame: PortFrame) => encodePortFrame(frame, bytes => Buffer.alloc(bytes))

describe('frames of TCP connections', () => {
  test('come back as they were', () => {
    const comesBack = (frame: PortFrame) =>
      expect(decodePortFrame(encoded(frame))).toEqual({ ...frame })
    fc.assert(fc.property(frames, frame => void comesBack(frame)))
  })

  test('have the bytes that the page of networks says', () => {
    expect(encoded({ type: 'open', id: 1 }).toString('hex')).toBe('0001000000')
    expect(encoded({ type: 'data', id: 258, bytes: Buffer.from('hi') }).toString('hex')).toBe(
      '01020100006869'
    )
    expect(encoded({ type: 'credit', id: 1, bytes: 65_536 }).toString('hex')).toBe(
      '020100000000000100'
    )
    expect(encoded({ type: 'end', id: 1 }).toString('hex')).toBe('0301000000')
    expect(encoded({ type: 'reset', id: 1 }).toString('hex')).toBe('0401000000')
  })

  test('are not thrown for', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), bytes => {
        const frame = decodePortFrame(Buffer.from(bytes))
        if (frame !== undefined) expect(encoded(frame)).toEqual(Buffer.from(bytes))
      })
    )
  })
})
