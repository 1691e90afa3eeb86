import type { IdentityKey, MessageId } from '../../base/ids.js'
import type { Millis } from '../../base/time.js'
import { MAX_CLOCK_AHEAD_MILLIS } from '../config.js'
import type { Timeline } from '../history/timeline.js'
import type { KnownMessage } from '../wire/message.js'

/**
 * What an author said by a clock that was ahead, and that everybody refuses. Not what somebody has, nor what is dated about
 * as that: the others' clocks are as ours was then.
 */
export function ownAhead(
  timeline: Timeline,
  author: IdentityKey,
  wall: Millis,
  isTaken: (id: MessageId) => boolean
): KnownMessage[] {
  const ahead = timeline
    .idsBetween(wall + MAX_CLOCK_AHEAD_MILLIS + 1, Number.POSITIVE_INFINITY)
    .filter(id => timeline.node(id)?.author === author)
    .flatMap(id => timeline.get(id) ?? [])
  const taken = ahead.findLast(({ id }) => isTaken(id))
  if (taken === undefined) return ahead
  return ahead.filter(({ clock }) => clock > taken.clock + MAX_CLOCK_AHEAD_MILLIS)
}
