import type { IdentityKey, PeerKey } from '../../base/ids.js'
import { Recent } from '../../base/recent.js'
import { MAX_KNOWN_PEERS } from '../config.js'
import type { PeerState, RoomEvent } from '../events.js'

/** What is known of a device. */
export interface KnownPeer {
  readonly state: PeerState
  readonly identity?: IdentityKey
  readonly nick?: string
}

const SURENESS: readonly PeerState[] = ['announced', 'reachable', 'verified', 'present']

/** How sure we are of each device: announced in the DHT, reachable, verified as a member, present. */
export class PeerStates {
  // BOUNDED: MAX_KNOWN_PEERS, the oldest goes first.
  readonly #seen = new Recent<PeerKey, KnownPeer>(MAX_KNOWN_PEERS)

  /** All devices that are remembered. */
  all(): (KnownPeer & { readonly device: PeerKey })[] {
    return [...this.#seen.entries()].map(([device, knownPeer]) => ({ device, ...knownPeer }))
  }

  /** Takes note of a device; news where we are surer of it than before, or know more of it. */
  note(device: PeerKey, fresh: KnownPeer): RoomEvent[] {
    const known = this.#seen.get(device)
    const knownPeer = merged(known, fresh)
    this.#seen.set(device, knownPeer)
    if (known !== undefined && same(known, knownPeer)) return []
    return [{ type: 'peer', device, ...knownPeer }]
  }

  /** The device has just proved to be a member: always news, also where others have told that it is here. */
  proved(device: PeerKey, identity: IdentityKey): RoomEvent {
    this.note(device, { state: 'verified', identity })
    const nick = this.#seen.get(device)?.nick
    return { type: 'peer', device, state: 'verified', identity, ...(nick && { nick }) }
  }

  /** The device is not what it was: what is known of it starts over as announced, without news. */
  lower(device: PeerKey): void {
    const known = this.#seen.get(device)
    if (known !== undefined) this.#seen.set(device, { ...known, state: 'announced' })
  }
}

// What was said of it by somebody else falls away once it is known whose it is.
function merged(known: KnownPeer | undefined, fresh: KnownPeer): KnownPeer {
  if (known === undefined) return fresh
  const other =
    known.identity !== undefined && (fresh.identity ?? known.identity) !== known.identity
  return other ? fresh : { ...known, ...fresh, state: surer(known.state, fresh.state) }
}

function surer(a: PeerState, b: PeerState): PeerState {
  return SURENESS.indexOf(a) > SURENESS.indexOf(b) ? a : b
}

function same(a: KnownPeer, b: KnownPeer): boolean {
  return a.state === b.state && a.identity === b.identity && a.nick === b.nick
}
