import { type IdentityKey, idToBytes, type PeerKey } from '../../base/ids.js'
import type { Millis } from '../../base/time.js'
import type { RoomMachine } from '../../protocol/machine/room-machine.js'
import type { Member } from '../../protocol/presence/roster.js'
import type { PathKind } from '../../swarm/connections/paths.js'
import type { PeerInfo } from '../../swarm/peers/peer-info.js'
import type { Swarm } from '../../swarm/swarm.js'
import type { Refusals } from './refusals.js'
import { explainFailure, explainPath, explainRefusal, type Why } from './why.js'

/**
 * How a device is reached: over a connection (see {@link PathKind}); through other members; not at all, though it was
 * tried; or it was not tried, for nobody needs to be linked to everybody.
 */
export type Reach = PathKind | 'members' | 'unreachable' | 'untried'

/** What we know of another device, and why it is, or is not, reached. */
export interface PeerReport extends Why {
  readonly device: PeerKey
  readonly identity?: IdentityKey | undefined
  readonly nick?: string | undefined
  readonly reach: Reach
  /** The networks that it was seen on. */
  readonly networks: readonly string[]
  /** True where an attempt to reach it has ended, or there is a connection. */
  readonly dialled: boolean
  /** True where it has proved to be a member. */
  readonly verified: boolean
  /** When that was, ms since 1970; undefined where it is so now. */
  readonly at?: Millis | undefined
}

/** What is reported from. */
export interface ReachParts {
  readonly swarm: Pick<Swarm, 'peers' | 'pathTo' | 'networks'>
  readonly machine: Pick<RoomMachine, 'peers' | 'members'>
  readonly self: PeerKey
  readonly refusals: Refusals
}

type Sighted = ReturnType<RoomMachine['peers']>[number]

/** Reports of everybody but ourselves, by device key. */
export function reportPeers(parts: ReachParts): PeerReport[] {
  const found = parts.swarm.peers
  const sighted = new Map(parts.machine.peers().map(peer => [peer.device, peer]))
  const owners = ownersOf(parts.machine.members())
  const devices = new Set([...found.keys(), ...sighted.keys(), ...owners.keys()])
  devices.delete(parts.self)
  return [...devices].sort().map(device => {
    const member = owners.get(device)
    const known = { device, ...sighted.get(device) }
    return report(parts, member === undefined ? known : { ...known, ...member }, found.get(device))
  })
}

type Known = Partial<Sighted> & { readonly device: PeerKey; readonly present?: true }

function report(parts: ReachParts, known: Known, info: PeerInfo | undefined): PeerReport {
  const { device, identity, nick, present } = known
  const path = parts.swarm.pathTo(idToBytes(device))
  const verified = known.state === 'verified' || known.state === 'present' || present === true
  return {
    device,
    identity,
    nick,
    networks: info?.paths.map(({ network }) => network.name) ?? [],
    dialled: path !== undefined || info?.lastAttempt !== undefined,
    verified,
    ...outcome(parts, device, info, path, present === true)
  }
}

// What is so now comes first, then what went wrong last.
function outcome(
  { refusals, swarm }: ReachParts,
  device: PeerKey,
  info: PeerInfo | undefined,
  path: PathKind | undefined,
  present: boolean
): Why & { reach: Reach; at?: Millis } {
  const refusal = refusals.refusalOf(device)
  const attempt = info?.lastAttempt
  if (path !== undefined && refusal === undefined) return { reach: path, ...explainPath(path) }
  const reach = present ? 'members' : 'unreachable'
  if (refusal !== undefined)
    return { reach, ...explainRefusal(refusal.reason, present), at: refusal.at }
  if (attempt?.outcome === 'failed') {
    const randomised = swarm.networks.some(
      network => network.name === attempt.network && network.natClass() === 'randomising'
    )
    return { reach, ...explainFailure(attempt, randomised, present), at: attempt.at }
  }
  return present
    ? { reach, ...explainPath('members') }
    : { reach: 'untried', ...explainPath('untried') }
}

function ownersOf(members: readonly Member[]) {
  return new Map(
    members.flatMap(({ devices, identity, nick }) =>
      devices.map(device => [device, { identity, nick, present: true as const }])
    )
  )
}
