import type { Frame } from '../../src/protocol/wire/frames.js'

const known = new WeakMap<Frame, number>()

/** Bytes that a frame takes on a link, length prefix included; counted once per frame object. */
export function frameSize(frame: Frame): number {
  const before = known.get(frame)
  if (before !== undefined) return before
  const size = 4 + payload(frame)
  known.set(frame, size)
  return size
}

function payload(frame: Frame): number {
  switch (frame.type) {
    case 'message':
      return 1 + frame.sealed.byteLength
    case 'stored':
      return frame.sealed.byteLength
    case 'ihave':
      return 33 * frame.entries.length
    case 'graft':
    case 'want':
      return 32 * frame.ids.length
    case 'shuffle':
      return 33 + 32 * frame.peers.length
    case 'shuffle-reply':
      return 32 * frame.peers.length
    case 'forward-join':
      return 33
    case 'reconcile':
      return 1 + frame.payload.byteLength
    case 'hello':
      return 33
    case 'identify':
      return 97
    default:
      return 1
  }
}
