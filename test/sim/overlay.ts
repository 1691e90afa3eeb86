import type { PeerKey } from '../../src/base/ids.js'
import type { Member } from './member.js'
import type { World } from './world.js'

/** Longer than any link under negotiation, and any closing that was not heard, takes to be sorted out. */
const QUIET = 20_000

/** Links that only one side believes in, and goes on believing in. Lets some time pass. */
export function oneSidedLinks(world: World): number {
  const before = oneSided(world)
  world.run(QUIET)
  return [...oneSided(world)].filter(link => before.has(link)).length
}

function oneSided(world: World): Set<string> {
  const views = viewsOf(world.alive)
  const links = new Set<string>()
  for (const [key, view] of views) {
    for (const peer of view) if (views.get(peer)?.has(key) !== true) links.add(`${key}>${peer}`)
  }
  return links
}

/** Members in the largest part of the overlay that hangs together, of those given. */
export function largestPart(members: readonly Member[]): number {
  const views = viewsOf(members)
  const left = new Set(views.keys())
  let largest = 0
  for (const key of views.keys()) {
    if (left.has(key)) largest = Math.max(largest, spreadFrom(key, views, left))
  }
  return largest
}

function spreadFrom(key: PeerKey, views: Map<PeerKey, Set<PeerKey>>, left: Set<PeerKey>): number {
  const front = [key]
  left.delete(key)
  let count = 0
  for (let next = front.pop(); next !== undefined; next = front.pop()) {
    count++
    for (const peer of views.get(next) ?? []) {
      if (views.get(peer)?.has(next) === true && left.delete(peer)) front.push(peer)
    }
  }
  return count
}

function viewsOf(members: readonly Member[]): Map<PeerKey, Set<PeerKey>> {
  const views = new Map<PeerKey, Set<PeerKey>>()
  for (const { device, node } of members)
    if (node !== undefined) views.set(device, new Set(node.active))
  return views
}
