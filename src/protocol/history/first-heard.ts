import type { IdentityKey } from '../../base/ids.js'
import type { Millis } from '../../base/time.js'
import type { FirstHeard } from './message-node.js'
import type { MessageTable } from './message-table.js'

/**
 * When whoever has said something of this table was first heard here, who said the oldest of it first. A time that is yet to come
 * counts as `now`: the clock was set back since. Where no time is known, the date of the author's oldest message counts, its own word.
 */
export function firstHeardIn(table: MessageTable, now: Millis): FirstHeard {
  const seen = new Uint8Array(table.authors.length)
  const heard = new Map<IdentityKey, Millis>()
  for (const row of table.order) {
    const at = table.authorAt(row)
    if (seen[at] === 1) continue
    seen[at] = 1
    const since = table.heardAt[at] ?? table.clock(row)
    heard.set(table.authors[at] as IdentityKey, Math.min(since, now))
  }
  return heard
}

/** True if it is known of all authors when they were first heard here, and none of it is yet to come. */
export function isDated({ heardAt }: MessageTable, now: Millis): boolean {
  return heardAt.every(at => at !== undefined && at <= now)
}
