import { PublicDht } from './dht.js'
import { Home, type Nat } from './home.js'
import { Host } from './host.js'
import { newPrefix, orphans, removeNamespace } from './names.js'
import type { Namespace } from './namespace.js'
import { Segment } from './segment.js'

/**
 * A small internet in network namespaces: a public segment (203.0.113.0/24, reserved for examples) with a DHT, homes
 * behind routers, and hosts that run the built program. Nothing of it is linked to this machine's own network.
 */
export class Lab {
  readonly internet: Segment
  readonly dht: PublicDht
  readonly #prefix = newPrefix()
  readonly #hosts: Host[] = []
  readonly #namespaces: Namespace[] = []
  #homes = 0

  /** Builds the public segment; the DHT is still to be started. Takes away what a crashed run has left. */
  private constructor() {
    for (const name of orphans()) removeNamespace(name)
    process.once('exit', this.#onExit)
    this.internet = new Segment(this.#name('internet'), '203.0.113', { first: 1 })
    this.#namespaces.push(this.internet.namespace)
    this.dht = new PublicDht(this.#name('dht'), this.internet)
    this.#namespaces.push(this.dht.namespace)
  }

  /** A laboratory whose DHT runs. */
  static async open(): Promise<Lab> {
    const lab = new Lab()
    await lab.dht.start()
    return lab
  }

  /** A network of private addresses behind a router of this kind. */
  home(nat: Nat): Home {
    this.#homes += 1
    const number = this.#homes
    const home = new Home(this.#name(`home${number}`), `192.168.${number}`, nat, this.internet)
    this.#namespaces.push(home.namespace)
    return home
  }

  /** A host on this network; on the public segment its address is open. It knows the DHT as `SWARMCHAT_BOOTSTRAP`. */
  host(name: string, at: Segment = this.internet, environment = this.isolated()): Host {
    const host = new Host(this.#name(name), at, environment)
    this.#hosts.push(host)
    this.#namespaces.push(host.namespace)
    return host
  }

  /** A host behind a router of its own. */
  behind(nat: Nat, name: string): Host {
    return this.host(name, this.home(nat))
  }

  /** For hosts that use the laboratory's DHT alone. */
  isolated(): Record<string, string> {
    return { SWARMCHAT_BOOTSTRAP: this.dht.bootstrap }
  }

  /** For hosts that use all networks, with the laboratory's DHT in the place of the public one. */
  everything(): Record<string, string> {
    return { SWARMCHAT_PUBLIC_BOOTSTRAP: this.dht.bootstrap }
  }

  /** Ends everything and takes it away. */
  async close(): Promise<void> {
    await Promise.all([...this.#hosts.map(host => host.stop()), this.dht.kill()])
    process.off('exit', this.#onExit)
    this.#remove()
  }

  #name(name: string): string {
    return `${this.#prefix}-${name}`
  }

  readonly #onExit = () => this.#remove()

  #remove(): void {
    for (const namespace of this.#namespaces.splice(0).toReversed()) namespace.remove()
  }
}
