import type { Millis } from '../base/time.js'
import type { Room } from '../room/room.js'
import { RoomView } from '../room/view/room-view.js'
import type { Habits } from './habits.js'

/** A line of ours may be on its way for so long before it counts as waiting. Guess: the next presence of somebody. */
export const GRACE_MILLIS: Millis = 5_000

/** What there is to see of a room, for somebody with these habits. */
export function viewOf(room: Room, { contacts, seen }: Habits): RoomView {
  const isIgnored = contacts.isIgnored.bind(contacts)
  return new RoomView({ room, now: Date.now(), seen: seen(room.topic), isIgnored })
}

/** Notes how far the room was read. */
export function noteSeen({ topic }: Room, { newest }: RoomView, { setSeen }: Habits): void {
  if (newest !== undefined) setSeen(topic, newest)
}
