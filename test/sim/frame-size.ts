import { ID_BYTES } from '../../src/base/ids.js'
import { encodeFrame } from '../../src/protocol/wire/frame-codec.js'
import type { Frame } from '../../src/protocol/wire/frames.js'

/** The length of a frame in bytes. Those of which there are most are not encoded for that. */
export function frameSize(frame: Frame): number {
  switch (frame.type) {
    case 'message':
      return 2 + frame.sealed.byteLength
    case 'stored':
      return 1 + frame.sealed.byteLength
    case 'ihave':
      return 2 + frame.entries.length * (ID_BYTES + 1)
    default:
      return encodeFrame(frame).byteLength
  }
}
