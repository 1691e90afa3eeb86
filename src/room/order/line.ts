import type { RoomUpdate } from '../events.js'

/** A line of chat, as a room tells of it. */
export type Line = Extract<RoomUpdate, { type: 'message' }>['message']

/** What somebody said: to all, or to one alone. */
export type Said = Extract<RoomUpdate, { type: 'message' | 'direct' }>

/** The order of a room: by their authors' clocks, then by id. */
export function byTime(a: Pick<Line, 'id' | 'time'>, b: Pick<Line, 'id' | 'time'>): number {
  if (a.time !== b.time) return a.time - b.time
  return a.id < b.id ? -1 : 1
}
