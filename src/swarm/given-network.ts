import type { DhtNode } from './hyperdht.js'
import { NetworkBase } from './network-base.js'

/** A network made of a node that the owner made: usable when the node is. */
export class GivenNetwork extends NetworkBase {
  readonly name = 'given'

  constructor(dht: DhtNode) {
    super(dht)
    void dht.fullyBootstrapped().then(
      () => this.online(),
      () => {}
    )
  }

  protected override async leave(): Promise<void> {}
}
