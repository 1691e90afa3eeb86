import { createLanDht, type LanNode } from '../dht/nodes.js'
import type { Home } from '../hub/hub-server.js'
import { type LanAddress, lanAddresses } from '../hub/lan-address.js'
import { LanHub } from '../hub/lan-hub.js'
import { type OpenMdns, openMdns } from '../hub/mdns.js'
import { NetworkBase } from './network-base.js'

/** What a {@link LanNetwork} may be told; tests do. */
export interface LanOptions {
  /** Default: what the system says. */
  readonly addresses?: () => readonly LanAddress[]
  /** Default: multicast DNS on UDP port 5353. */
  readonly openMdns?: OpenMdns
  /** Where our node is bound. Default: 0.0.0.0, for addresses come and go. */
  readonly bind?: string
}

/**
 * The local network, without any other: nodes that bootstrap from a hub which one of the neighbours runs. It is found by
 * multicast DNS, and the one thing that is told there is its address.
 */
export class LanNetwork extends NetworkBase {
  readonly name = 'lan'
  readonly #node: LanNode
  readonly #hub: LanHub
  #own: string | undefined

  /** `port`: TCP and UDP port of the hub; those who share it meet. */
  constructor(port: number, options: LanOptions = {}) {
    const node = createLanDht(options.bind ?? '0.0.0.0')
    super(node)
    this.#node = node
    this.#hub = new LanHub({
      port,
      addresses: options.addresses ?? (() => lanAddresses()),
      openMdns: options.openMdns ?? openMdns
    })
    this.#hub.on('home', (home, own) => void this.#settle(home, own, port))
    this.#hub.on('problem', problem => this.offline(problem))
  }

  /** True while this process runs the hub. */
  get hosting(): boolean {
    return this.#hub.home?.own === true
  }

  /** Where a neighbour told of a hub that did not let us in, as behind a firewall; undefined where all is well. */
  get shutOut(): string | undefined {
    return this.#hub.shutOut
  }

  protected override leave(): Promise<void> {
    return this.#hub.close()
  }

  async #settle(home: Home, own: string, port: number): Promise<void> {
    if (this.closing.signal.aborted) return
    const moved = this.#own !== undefined && this.#own !== own
    this.#own = own
    const hub = { host: home.host, port }
    this.#node.settle(own, hub)
    if (!(await this.settled(hub, () => this.#hub.home === home))) return
    this.online()
    if (moved) this.emit('moved')
  }
}
