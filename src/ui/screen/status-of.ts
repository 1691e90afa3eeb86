import type { PeerReport } from '../../room/reach/report.js'
import type { Habits } from '../habits.js'
import { namesOf } from '../names.js'
import type { NetworkState, OtherRoom, StatusFacts } from './status.js'
import type { Tab } from './tab.js'

/** What a status tells beside the room that is shown. */
export interface Around {
  readonly hint: string
  readonly others: readonly OtherRoom[]
  readonly peers: readonly PeerReport[]
  readonly networks: readonly NetworkState[]
}

/** What the status of a room tells of. */
export function factsOf(
  { isReady, room, view, waiting }: Tab,
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
