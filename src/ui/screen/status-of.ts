import type { IdentityKey } from '../../base/ids.js'
import type { Room } from '../../room/room.js'
import type { RoomView } from '../../room/view/room-view.js'
import type { Habits } from '../habits.js'
import { namesOf } from '../names.js'
import { countReached, type Reached } from '../reached.js'
import type { NetworkState, OtherRoom, StatusFacts } from './status.js'

/** A room as far as a status tells of it. */
export interface StatusOwner {
  readonly room: Room
  readonly view: RoomView
  /** True once we are in it. */
  readonly isReady: boolean
  /** Lines of ours that nobody is known to have. */
  readonly waiting: number
}

/** What a status tells beside the room that is shown. */
export interface Around {
  readonly hint: string
  readonly others: readonly OtherRoom[]
  readonly reached: Reached
  readonly networks: readonly NetworkState[]
}

/** How the members of a room are reached, but for ourselves on other devices. */
export function reachedIn({ room, view }: Pick<StatusOwner, 'room' | 'view'>): Reached {
  const isOther = (identity: IdentityKey) =>
    identity !== room.identity && view.people.sinceOf(identity) !== undefined
  return countReached(room.peers(), isOther)
}

/** What the status of a room tells of. */
export function factsOf(
  { isReady, room, view, waiting }: StatusOwner,
  habits: Habits,
  around: Around
): StatusFacts {
  const now = Date.now()
  const writers = habits.of(room.name).typing ? view.writers(now) : []
  return {
    ...around,
    room: room.name,
    access: room.access,
    subject: view.subject?.subject,
    here: view.people.count,
    isReady,
    catchingUp: view.catchingUp(now),
    writers: writers.flatMap(identity => namesOf(room).ofMember(identity) ?? []),
    waiting,
    delivery: view.deliveries.last
  }
}
