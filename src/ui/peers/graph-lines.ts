import type { PeerKey } from '../../base/ids.js'
import type { Census } from '../../room/census/census.js'
import type { Counted } from '../../room/census/tally.js'
import { nameOf } from './peer-lines.js'

const [BRANCH, LAST] = ['├─ ', '└─ ']

/** Who is linked to whom: a tree for each member that is here, with its neighbours. Nothing if it was not asked for. */
export function graphLines({ links, peers }: Census): string[] {
  if (links === undefined) return []
  const names = new Map(peers.map(peer => [peer.device, nameOf(peer)]))
  const neighbors = new Map<PeerKey, string[]>()
  const add = (from: PeerKey, to: PeerKey, isSure: boolean) => {
    const line = `${names.get(to)}${isSure ? '' : '  (one of the two says so)'}`
    neighbors.set(from, [...(neighbors.get(from) ?? []), line])
  }
  for (const { a, b, toldBy } of links) {
    add(a, b, toldBy === 'both')
    add(b, a, toldBy === 'both')
  }
  const here = peers.filter(({ state }) => state === 'verified' || state === 'present')
  const count = `${links.length} ${links.length === 1 ? 'link' : 'links'}`
  const trees = here.flatMap(peer => tree(peer, neighbors.get(peer.device) ?? []))
  return ['', `${count} among ${here.length} devices:`, ...trees, '']
}

function tree(peer: Counted, neighbors: readonly string[]): string[] {
  const branches = neighbors.map((name, n) => {
    return `${n === neighbors.length - 1 ? LAST : BRANCH}${name}`
  })
  return [nameOf(peer), ...branches]
}
