import { FRAME_IDS } from '../config.js'
import type { Frame } from '../wire/frames.js'

/** True for a frame that carries a message. */
export function isMessage({ type }: Frame): boolean {
  return type === 'message' || type === 'mesh' || type === 'stored'
}

/** What a frame costs of the frames that a link may bring: one, and one more for so many ids. */
export function costOf(frame: Frame): number {
  switch (frame.type) {
    case 'ihave':
      return 1 + frame.entries.length / FRAME_IDS
    case 'graft':
    case 'want':
    case 'offer':
      return 1 + frame.ids.length / FRAME_IDS
    case 'shuffle':
    case 'shuffle-reply':
    case 'neighbors':
      return 1 + frame.peers.length / FRAME_IDS
    default:
      return 1
  }
}
