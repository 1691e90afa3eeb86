import type { Network } from '../swarm/networks/network.js'
import type { NetworkSpec } from '../swarm/networks/open.js'
import { leaseOf, type NetworkLease } from './network-lease.js'

/** Opens networks for the first user and closes them after the last; a later one opens them again. */
export class SharedNetworks {
  readonly #choice: () => NetworkSpec | readonly Network[]
  #opened: NetworkLease | undefined
  #users = 0

  /** `choice`: asked each time that there is a first user. */
  constructor(choice: () => NetworkSpec | readonly Network[]) {
    this.#choice = choice
  }

  /** Those that are in use now. */
  get networks(): readonly Network[] {
    return this.#opened?.networks ?? []
  }

  /** The networks for one more user. Throws what the choice throws. */
  take(): NetworkLease {
    this.#opened ??= leaseOf(this.#choice())
    this.#users += 1
    let released: Promise<void> | undefined
    const release = () => {
      released ??= this.#giveBack()
      return released
    }
    return { networks: this.networks, release }
  }

  async #giveBack(): Promise<void> {
    this.#users -= 1
    if (this.#users > 0) return
    const opened = this.#opened
    this.#opened = undefined
    await opened?.release()
  }
}
