import type { Link } from './link.js'
import { MAX_LINKS, MAX_OBSERVER_LINKS, MAX_UNPROVED_LINKS } from './tuning.js'

/**
 * Which link makes room for this one, itself included; undefined while there is room. Links share places only with
 * their own kind: those that we dialled and that were not heard yet, those that dialled us and prove nothing, and those
 * that have proved the room secret. So strangers can neither keep members out nor hold up our own dials. A link that
 * is up makes room for nobody.
 */
export function makesRoom(links: Iterable<Link>, newcomer: Link): Link | undefined {
  const isProved = newcomer.phase !== 'greeting'
  const most = isProved ? MAX_LINKS : MAX_UNPROVED_LINKS
  let oldest: Link | undefined
  let count = 0
  for (const link of links) {
    if (!sharesPlaces(link, newcomer)) continue
    count++
    if (link.phase !== 'up' && (oldest === undefined || link.number < oldest.number)) oldest = link
  }
  return count > most ? oldest : undefined
}

function sharesPlaces(a: Link, b: Link): boolean {
  const [isProved, isOtherProved] = [a.phase !== 'greeting', b.phase !== 'greeting']
  return isProved ? isOtherProved : !isOtherProved && a.initiator === b.initiator
}

/**
 * Which observer makes room for this one: the oldest of the identity that has most of them, itself included, and of
 * several that have most the oldest of all. Undefined while there is room.
 */
export function observerToGo(observers: readonly Link[], newcomer: Link): Link | undefined {
  const all = [...observers, newcomer]
  if (all.length <= MAX_OBSERVER_LINKS) return undefined
  const counts = new Map<Link['identity'], number>()
  for (const { identity } of all) counts.set(identity, (counts.get(identity) ?? 0) + 1)
  const most = Math.max(...counts.values())
  return all
    .filter(({ identity }) => counts.get(identity) === most)
    .reduce((a, b) => (b.number < a.number ? b : a))
}
