import fc from 'fast-check'
import { expect, it } from 'vitest'
import { encodeFrame } from '../../src/protocol/wire/frame-codec.js'
import { frames } from '../support/arbitrary-frames.js'
import { frameSize } from './frame-size.js'

it('knows how long any frame is without encoding it', () => {
  fc.assert(
    fc.property(frames, frame => {
      expect(frameSize(frame)).toBe(encodeFrame(frame).byteLength)
    })
  )
})
