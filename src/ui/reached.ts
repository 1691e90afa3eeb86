import type { IdentityKey } from '../base/ids.js'
import type { PeerReport, Reach } from '../room/reach/report.js'

/** How many members are reached in which way, each once; and how many devices not at all. */
export interface Reached {
  readonly direct: number
  readonly relayed: number
  /** Devices that were found, cannot be reached, and are nobody's whom members know. */
  readonly unreachable: number
}

/** Nobody. */
export const NOBODY: Reached = { direct: 0, relayed: 0, unreachable: 0 }

/** The best way to any of somebody's devices counts. */
const BEST: readonly Reach[] = [
  'loopback',
  'lan',
  'direct',
  'relayed',
  'members',
  'untried',
  'unreachable'
]
const DIRECT: ReadonlySet<Reach> = new Set(['loopback', 'lan', 'direct'])

/** How each identity of these is reached. */
export function reachOf(reports: readonly PeerReport[]): Map<IdentityKey, Reach> {
  const best = new Map<IdentityKey, Reach>()
  for (const { identity, reach } of reports) {
    const known = identity === undefined ? undefined : best.get(identity)
    const isBetter = known === undefined || BEST.indexOf(reach) < BEST.indexOf(known)
    if (identity !== undefined && isBetter) best.set(identity, reach)
  }
  return best
}

/** Counts those who are members: whoever only looks on is linked, too, and who has left is not missed. */
export function countReached(
  reports: readonly PeerReport[],
  isMember: (identity: IdentityKey) => boolean
): Reached {
  const ways = [...reachOf(reports)].flatMap(([who, reach]) => (isMember(who) ? reach : []))
  const unknown = reports.filter(
    ({ identity, reach }) => identity === undefined && reach === 'unreachable'
  )
  return {
    direct: ways.filter(reach => DIRECT.has(reach)).length,
    relayed: ways.filter(reach => reach === 'relayed').length,
    unreachable: unknown.length
  }
}
