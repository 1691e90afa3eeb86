import { atMost } from '../async/at-most.js'
import { untilAborted } from '../async/until-aborted.js'
import type { Millis } from '../base/time.js'
import type { RoomAddress } from '../room/keys.js'
import type { PeerReport } from '../room/reach/report.js'
import type { Network } from '../swarm/networks/network.js'
import { type NetworkSpec, openNetworks } from '../swarm/networks/open.js'
import { checkClock, checkHome, checkIdentity } from './check-home.js'
import { checkHub } from './check-hub.js'
import { checkNetwork } from './check-network.js'
import { examineRoom } from './check-room.js'
import { type Finding, type Verdict, verdictOf } from './finding.js'

/** How a check-up is done. */
export interface CheckupOptions {
  readonly networks: NetworkSpec
  /** A room to look into, without being seen there. */
  readonly room?: RoomAddress | undefined
  /** Public keys of relays to reach the members of the room through, where there is no direct way. */
  readonly relays?: readonly Uint8Array[] | undefined
  /** Default: the home directory of this user. */
  readonly home?: string | undefined
  /** Networks get so long to answer, and then the room. */
  readonly timeout: Millis
  /** Ends early with what there is: what was being looked at then is no finding. */
  readonly interrupted?: AbortSignal | undefined
  /** Hears of every finding as soon as there is one. */
  readonly onfinding: (finding: Finding) => void
}

/** What came of it. */
export interface Checkup {
  readonly verdict: Verdict
  readonly findings: readonly Finding[]
  /** Everybody found in the room. */
  readonly peers: readonly PeerReport[]
}

type Note = (...found: readonly Finding[]) => void

/** Looks whether, and why not, this machine can talk to others. Rejects only for a bad room name. */
export async function examine(options: CheckupOptions): Promise<Checkup> {
  const findings: Finding[] = []
  const note: Note = (...found) => {
    if (options.interrupted?.aborted) return
    findings.push(...found)
    for (const finding of found) options.onfinding(finding)
  }
  note(checkHome(options.home), checkIdentity(options.home))
  note(await checkHub(options.networks))
  const networks = openNetworks(options.networks)
  const peers = await examineNetworks(networks, options, note).finally(() => closeAll(networks))
  return { verdict: verdictOf(findings), findings, peers }
}

async function examineNetworks(
  networks: readonly Network[],
  options: CheckupOptions,
  note: Note
): Promise<readonly PeerReport[]> {
  await answered(networks, options)
  for (const network of networks) {
    if (options.interrupted?.aborted) return []
    note(...(await checkNetwork(network, networks)))
  }
  if (options.room === undefined || options.interrupted?.aborted) {
    note(checkClock([]))
    return []
  }
  const { finding, clocks, peers } = await examineRoom(options.room, networks, options)
  note(finding, checkClock(clocks, finding.facts?.clocksAhead === true))
  return peers
}

// Whoever is offline says so in time; who says nothing is waited for as long as we may.
function answered(
  networks: readonly Network[],
  { interrupted, timeout }: CheckupOptions
): Promise<void> {
  return atMost(timeout, untilAborted(interrupted, Promise.all(networks.map(spoke))))
}

function spoke(network: Network): Promise<void> {
  return new Promise(resolve => {
    const look = () => {
      if (network.state === 'starting') return
      network.off('state', look)
      resolve()
    }
    network.on('state', look)
    look()
  })
}

async function closeAll(networks: readonly Network[]): Promise<void> {
  await Promise.allSettled(networks.map(network => network.close()))
}
