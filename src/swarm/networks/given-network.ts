import { unlessFault } from '../dht/dht-errors.js'
import type { DhtNode } from '../dht/types.js'
import { NetworkBase } from './network-base.js'

/**
 * A network made of a node that the owner made: usable when the node has found its place, or before, as soon as it knows that
 * others reach it: then it need not know more to dial and to announce.
 */
export class GivenNetwork extends NetworkBase {
  readonly name = 'given'
  readonly #onAddress = () => {
    if (this.dht.remoteAddress() !== null) this.#begin()
  }

  constructor(dht: DhtNode) {
    super(dht)
    dht.on('nat-update', this.#onAddress)
    dht.fullyBootstrapped().then(() => this.#begin(), unlessFault)
  }

  protected override async leave(): Promise<void> {
    this.dht.off('nat-update', this.#onAddress)
  }

  #begin(): void {
    this.dht.off('nat-update', this.#onAddress)
    if (this.state === 'starting') this.online()
  }
}
