import type { KeyPair } from '../../base/crypto.js'
import type { Millis } from '../../base/time.js'
import { keyPair } from '../dht/nodes.js'
import { checkOpen } from '../dht/private-parts.js'
import { isLoopback } from '../networks/addresses.js'
import { isNear } from '../networks/near.js'
import type { Network } from '../networks/network.js'
import { type RelayLimits, RelayServer, VOLUNTEER_LIMITS } from './relay-server.js'

/** So often a network is looked at: whether others can reach us there may change. Guess. */
const LOOK_MILLIS: Millis = 30_000
/** So often others are asked to try, where it seems that they cannot. Guess. */
const CHECK_MILLIS: Millis = 10 * 60_000

/**
 * Runs a relay for others on each network where everybody can reach us, and only as long as that is so: behind a NAT a
 * relay would help nobody, for whoever can cross that NAT can cross the other side's as well.
 */
export class Volunteer {
  /** The relay's own key: a new one each time. */
  readonly publicKey: Uint8Array
  readonly #keyPair: KeyPair = keyPair()
  readonly #limits: RelayLimits
  readonly #onOffer: (offered: boolean) => void
  // BOUNDED: one per network.
  readonly #relays = new Map<Network, RelayServer>()
  // BOUNDED: one per network.
  readonly #checkedAt = new Map<Network, Millis>()
  readonly #looks: NodeJS.Timeout
  readonly #networks: readonly Network[]
  readonly #onChange = () => this.#look()
  #offered = false
  #closed = false

  /** `onOffer` hears when there is a relay to offer, and when there is none any more. */
  constructor(
    networks: readonly Network[],
    onOffer: (offered: boolean) => void,
    limits: RelayLimits = VOLUNTEER_LIMITS
  ) {
    this.publicKey = this.#keyPair.publicKey
    this.#onOffer = onOffer
    this.#limits = limits
    this.#networks = networks
    for (const network of networks) network.on('state', this.#onChange)
    this.#looks = setInterval(this.#onChange, LOOK_MILLIS).unref()
    this.#look()
  }

  /** The relays that run. */
  get relays(): readonly RelayServer[] {
    return [...this.#relays.values()]
  }

  /** Ends the relays; nothing is offered any more. */
  async close(): Promise<void> {
    this.#closed = true
    clearInterval(this.#looks)
    for (const network of this.#networks) network.off('state', this.#onChange)
    await Promise.allSettled(this.relays.map(relay => relay.close()))
    this.#relays.clear()
  }

  #look(): void {
    if (this.#closed) return
    for (const network of this.#networks) void this.#lookAt(network)
  }

  async #lookAt(network: Network): Promise<void> {
    if (!isOpen(network)) await this.#check(network)
    if (this.#closed) return
    if (isOpen(network)) await this.#open(network)
    else this.#end(network)
  }

  async #check(network: Network): Promise<void> {
    const now = performance.now()
    if (network.state !== 'online' || isNear(network)) return
    if (now - (this.#checkedAt.get(network) ?? Number.NEGATIVE_INFINITY) < CHECK_MILLIS) return
    this.#checkedAt.set(network, now)
    await checkOpen(network.dht)
  }

  async #open(network: Network): Promise<void> {
    if (this.#relays.has(network)) return
    const relay = new RelayServer(network.dht, this.#keyPair, this.#limits)
    this.#relays.set(network, relay)
    try {
      await relay.listen()
      this.#tell()
    } catch {
      // The network is closed, or nobody took the announcement: the next look tries again.
      this.#end(network)
    }
  }

  #end(network: Network): void {
    const relay = this.#relays.get(network)
    if (relay === undefined) return
    this.#relays.delete(network)
    void relay.close().catch(ignore)
    this.#tell()
  }

  #tell(): void {
    const offered = this.#relays.size > 0 && !this.#closed
    if (offered === this.#offered) return
    this.#offered = offered
    this.#onOffer(offered)
  }
}

function isOpen(network: Network): boolean {
  const address = network.state === 'online' ? network.dht.remoteAddress() : null
  return address !== null && !isLoopback(address) && !isNear(network)
}

function ignore(): void {}
