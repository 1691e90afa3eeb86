import { createLoopbackDht } from '../dht/nodes.js'
import { type Home, LOOPBACK } from '../hub/hub-server.js'
import { LocalHub } from '../hub/local-hub.js'
import { NetworkBase } from './network-base.js'

/**
 * The network of one machine, without any other: nodes on loopback that bootstrap from a hub which one of their
 * processes runs.
 */
export class LocalNetwork extends NetworkBase {
  readonly name = 'local'
  readonly #hub: LocalHub

  /** `port`: TCP and UDP port of the hub; those who share it meet. `loopback`: as for {@link LocalHub}. */
  constructor(port: number, loopback?: () => boolean) {
    super(createLoopbackDht({ bootstrap: [] }))
    this.#hub = new LocalHub(port, loopback)
    this.#hub.on('home', home => void this.#settle(home))
    this.#hub.on('problem', problem => this.offline(problem))
  }

  /** True while this process runs the hub. */
  get hosting(): boolean {
    return this.#hub.hosting
  }

  protected override leave(): Promise<void> {
    return this.#hub.close()
  }

  async #settle(home: Home): Promise<void> {
    if (this.closing.signal.aborted) return
    const hub = { host: LOOPBACK, port: this.#hub.port }
    this.dht.bootstrapNodes = [hub]
    this.dht.addNode(hub)
    if (await this.settled(hub, () => this.#hub.home === home)) this.online()
  }
}
