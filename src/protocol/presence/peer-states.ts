import type { IdentityKey, PeerKey } from '../../base/ids.js'
import { Recent } from '../../base/recent.js'
import { MAX_KNOWN_PEERS } from '../config.js'
import type { PeerState, RoomEvent } from '../events.js'

/** What is known of a device. */
export interface Sighting {
  readonly state: PeerState
  readonly identity?: IdentityKey
  readonly nick?: string
}

const SURENESS: readonly PeerState[] = ['announced', 'reachable', 'verified', 'present']

/** How sure we are of each device: announced in the DHT, reachable, verified as a member, present. */
export class Sightings {
  // BOUNDED: MAX_KNOWN_PEERS, the oldest goes first.
  readonly #seen = new Recent<PeerKey, Sighting>(MAX_KNOWN_PEERS)

  /** All devices that are remembered. */
  all(): (Sighting & { readonly device: PeerKey })[] {
    return [...this.#seen.entries()].map(([device, sighting]) => ({ device, ...sighting }))
  }

  /** Takes note of a device; news where we are surer of it than before, or know more of it. */
  note(device: PeerKey, fresh: Sighting): RoomEvent[] {
    const known = this.#seen.get(device)
    const state = known === undefined ? fresh.state : surer(known.state, fresh.state)
    const sighting = { ...known, ...fresh, state }
    this.#seen.set(device, sighting)
    if (known !== undefined && same(known, sighting)) return []
    return [{ type: 'peer', device, ...sighting }]
  }

  /** The device is not what it was: what is known of it starts over as announced, without news. */
  lower(device: PeerKey): void {
    const known = this.#seen.get(device)
    if (known !== undefined) this.#seen.set(device, { ...known, state: 'announced' })
  }
}

function surer(a: PeerState, b: PeerState): PeerState {
  return SURENESS.indexOf(a) > SURENESS.indexOf(b) ? a : b
}

function same(a: Sighting, b: Sighting): boolean {
  return a.state === b.state && a.identity === b.identity && a.nick === b.nick
}
