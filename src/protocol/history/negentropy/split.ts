import type { Bound } from './bound.js'
import type { ItemSet } from './item-set.js'
import type { Range } from './message.js'

/** Parts that a range with other items on the other side is cut into. Negentropy: as the reference does. */
const BUCKETS = 16

/** What we say of a range that differs: all ids where they are few, or else the fingerprints of its sixteen parts. */
export function split(items: ItemSet, lower: number, upper: number, bound: Bound): Range[] {
  const count = upper - lower
  if (count < 2 * BUCKETS) return [{ mode: 'ids', upper: bound, ids: items.idBytes(lower, upper) }]
  const ends = bucketEnds(lower, count)
  return ends.map((end, i) => ({
    mode: 'fingerprint',
    upper: end === upper ? bound : items.boundBefore(end),
    fingerprint: items.fingerprint(ends[i - 1] ?? lower, end)
  }))
}

/** The larger parts come first, again as the reference has it. */
function bucketEnds(lower: number, count: number): number[] {
  const size = Math.floor(count / BUCKETS)
  const larger = count % BUCKETS
  return Array.from({ length: BUCKETS }, (_, i) => lower + size * (i + 1) + Math.min(i + 1, larger))
}
