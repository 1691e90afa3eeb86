import type { PeerKey } from '../../base/ids.js'
import type { Neighborhood } from '../../protocol/membership/inquiry.js'

/** Two devices that are linked; `a` has the smaller key. */
export interface CensusLink {
  readonly a: PeerKey
  readonly b: PeerKey
  /** Whose word it is: that of both, or of the one that could be asked. */
  readonly toldBy: 'both' | 'a' | 'b'
}

/**
 * The links among these devices, in the order of their keys. A link that only one end tells of, though the other one has told its neighbours, is
 * none: it may be invented, or gone.
 */
export function linksAmong(
  neighborhoods: readonly Neighborhood[],
  here: ReadonlySet<PeerKey>
): CensusLink[] {
  const told = new Map(
    neighborhoods
      .filter(({ device }) => here.has(device))
      .map(({ device, neighbors }) => [device, new Set(neighbors)])
  )
  const links = new Map<string, CensusLink>()
  for (const [device, neighbors] of told)
    for (const other of neighbors) {
      const link = other === device || !here.has(other) ? undefined : linkOf(device, other, told)
      if (link !== undefined) links.set(`${link.a}${link.b}`, link)
    }
  return [...links].sort(([x], [y]) => (x < y ? -1 : 1)).map(([, link]) => link)
}

function linkOf(
  teller: PeerKey,
  other: PeerKey,
  told: ReadonlyMap<PeerKey, ReadonlySet<PeerKey>>
): CensusLink | undefined {
  const [a, b] = teller < other ? [teller, other] : [other, teller]
  const theirs = told.get(other)
  if (theirs === undefined) return { a, b, toldBy: teller === a ? 'a' : 'b' }
  return theirs.has(teller) ? { a, b, toldBy: 'both' } : undefined
}
