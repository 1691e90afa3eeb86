import { createLoopbackDht } from '../dht/hyperdht.js'
import { LOOPBACK } from '../hub/hub-server.js'
import { LocalHub } from '../hub/local-hub.js'
import { NetworkBase } from './network-base.js'

/**
 * The network of one machine, without any other: nodes on loopback that bootstrap from a hub which one of their
 * processes runs.
 */
export class LocalNetwork extends NetworkBase {
  readonly name = 'local'
  readonly #hub: LocalHub

  /** `port`: TCP and UDP port of the hub; those who share it meet. */
  constructor(port: number) {
    super(createLoopbackDht({ bootstrap: [] }))
    this.#hub = new LocalHub(port)
    this.#hub.on('home', () => void this.#settle())
    this.#hub.on('problem', problem => this.offline(problem))
  }

  /** True while this process runs the hub. */
  get hosting(): boolean {
    return this.#hub.hosting
  }

  protected override leave(): Promise<void> {
    return this.#hub.close()
  }

  async #settle(): Promise<void> {
    if (this.closing.signal.aborted) return
    const hub = { host: LOOPBACK, port: this.#hub.port }
    this.dht.bootstrapNodes = [hub]
    this.dht.addNode(hub)
    await this.dht.findNode(this.dht.table.id).finished().catch(ignoreDestroyed)
    if (!this.closing.signal.aborted && this.#hub.settled) this.online()
  }
}

// A walk fails only where the node is destroyed below it.
function ignoreDestroyed(): void {}
