import type { IdentityKey, PeerKey } from '../../base/ids.js'
import { Recent } from '../../base/recent.js'
import { MAX_KNOWN_PEERS } from '../config.js'

/**
 * Whose device a key is. Presences only claim it, and anybody can claim any key; a link proves it. So the key is whoever's
 * proved it, and otherwise whoever's claimed it first, of those who are here.
 */
export class Claims {
  // BOUNDED: by the roster, MAX_DEVICES claims in all. Those who claim a key, the first one first.
  readonly #claimants = new Map<PeerKey, Set<IdentityKey>>()
  // BOUNDED: MAX_KNOWN_PEERS, the oldest goes first.
  readonly #proved = new Recent<PeerKey, IdentityKey>(MAX_KNOWN_PEERS)

  /** Somebody who is here says that the device is theirs. */
  add(device: PeerKey, identity: IdentityKey): void {
    const claimants = this.#claimants.get(device)
    if (claimants === undefined) this.#claimants.set(device, new Set([identity]))
    else claimants.add(identity)
  }

  /** They no longer say so, or are gone. */
  delete(device: PeerKey, identity: IdentityKey): void {
    const claimants = this.#claimants.get(device)
    claimants?.delete(identity)
    if (claimants?.size === 0) this.#claimants.delete(device)
  }

  /** A link has proved that the device is theirs. */
  prove(device: PeerKey, identity: IdentityKey): void {
    this.#proved.set(device, identity)
  }

  /** True if a link has proved that the device is theirs. */
  isProved(device: PeerKey, identity: IdentityKey): boolean {
    return this.#proved.get(device) === identity
  }

  /** True if somebody who is here claims the device. */
  has(device: PeerKey): boolean {
    return this.#claimants.has(device)
  }

  /** True if the device is theirs as far as we know, or nobody's yet. */
  allow(device: PeerKey, identity: IdentityKey): boolean {
    return (this.#ownerOf(device) ?? identity) === identity
  }

  #ownerOf(device: PeerKey): IdentityKey | undefined {
    return this.#proved.get(device) ?? this.#claimants.get(device)?.values().next().value
  }
}
