import type { Reason } from '../protocol/events.js'
import type { Frame } from '../protocol/wire/frames.js'

type Counts<K extends string> = Map<K, number>

/** What a room has done since it was opened; it outlives a change of the device. */
export class RoomCounters {
  // BOUNDED: the types of frames.
  readonly framesReceived: Counts<Frame['type']> = new Map()
  readonly framesSent: Counts<Frame['type']> = new Map()
  // BOUNDED: the reasons.
  readonly linksClosed: Counts<Reason> = new Map()
  badFrames = 0
  bytesReceived = 0
  bytesSent = 0
  messagesStored = 0
}

/** Counts one more. */
export function countOne<K extends string>(counts: Counts<K>, key: K): void {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}
