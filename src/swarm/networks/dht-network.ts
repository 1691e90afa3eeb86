import { atMost } from '../../async/at-most.js'
import { backoff } from '../../async/backoff.js'
import { sleep } from '../../async/sleep.js'
import { SwarmchatError } from '../../base/errors.js'
import {
  type Address,
  checkOpen,
  createDht,
  createLoopbackDht,
  type DhtNode
} from '../dht/hyperdht.js'
import { formatAddress, isLoopback } from './addresses.js'
import { NetworkBase } from './network-base.js'
import { nameNotFound, type Unresolved, unresolved } from './unresolved.js'
import { Watch } from './watch.js'

/** DHT_OFFLINE: no bootstrap node answered; the hint names those that were given. A state, not thrown. */
export const dhtOffline = (given: readonly Address[] = []) =>
  new SwarmchatError('DHT_OFFLINE', 'offline: no DHT node answered; still trying', {
    hint:
      given.length === 0
        ? 'Check the connection to the internet; UDP must be allowed out.'
        : `Does a node run at ${namesOf(given)}? UDP must be allowed out.`,
    exitCode: 1
  })

/** After this many milliseconds without an answer the network says that it is offline, and goes on trying. */
const PATIENCE = 3000
/**
 * A node that everybody can reach, and does not know it, fails to reach two behind randomising NATs at once: so it asks
 * once more where it is not sure, and waits this many milliseconds for the answer. On slow paths hyperdht asks in time itself.
 */
const OPEN_MILLIS = 50
/** Most nodes that a sentence names. */
const MAX_NAMED = 3
const FIRST_PAUSE = 1000
const LONGEST_PAUSE = 30_000

/** A DHT that is reached through bootstrap nodes: hyperdht's own, or a given list. */
export class DhtNetwork extends NetworkBase {
  readonly #given: readonly Address[]
  // BOUNDED: by the nodes that were given.
  #nameless: readonly Unresolved[] = []
  readonly #running: Promise<void>
  readonly #watch: Watch

  /** Without `bootstrap`: hyperdht's public nodes. */
  constructor(
    readonly name: 'public' | 'isolated',
    bootstrap?: readonly Address[]
  ) {
    super(createNode(bootstrap))
    this.#given = bootstrap ?? []
    void this.#resolveNames()
    this.#running = this.#run()
    this.#watch = new Watch(this.dht, {
      onforgotten: () => this.rehome(),
      onmoved: () => this.moved()
    })
  }

  protected override leave(): Promise<void> {
    this.#watch.close()
    return this.#running
  }

  async #run(): Promise<void> {
    let answered = await this.#impatiently(this.#bootstrapped())
    for (let failures = 0; !this.closing.signal.aborted; answered = await this.#walk()) {
      failures = answered ? 0 : failures + 1
      if (answered) await this.#untilOffline()
      else await this.#offlineFor(backoff(failures, FIRST_PAUSE, LONGEST_PAUSE))
    }
  }

  async #bootstrapped(): Promise<boolean> {
    await this.dht.fullyBootstrapped()
    await atMost(OPEN_MILLIS, checkOpen(this.dht))
    return this.dht.nodes.length > 0
  }

  async #impatiently(answer: Promise<boolean>): Promise<boolean> {
    const timer = setTimeout(() => this.#complain(), PATIENCE)
    const answered = await answer.catch(() => false)
    clearTimeout(timer)
    return answered
  }

  #complain(): void {
    if (this.dht.nodes.length === 0) this.#tellOffline()
  }

  #tellOffline(): void {
    const [nameless] = this.#nameless
    this.offline(nameless === undefined ? dhtOffline(this.#given) : nameNotFound(nameless))
  }

  // That may take the system longer than nodes may be silent: then it is told when it is known.
  async #resolveNames(): Promise<void> {
    this.#nameless = await unresolved(this.#given)
    if (this.state === 'offline' && !this.closing.signal.aborted) this.#tellOffline()
  }

  async #untilOffline(): Promise<void> {
    this.online()
    await lost(this.dht, this.closing.signal)
  }

  async #offlineFor(milliseconds: number): Promise<void> {
    this.#tellOffline()
    void this.#resolveNames()
    await sleep(milliseconds, this.closing.signal)
  }

  async #walk(): Promise<boolean> {
    if (this.closing.signal.aborted) return false
    const walk = this.dht.findNode(this.dht.table.id)
    await walk.finished().catch(() => {})
    return walk.successes > 0
  }
}

function namesOf(given: readonly Address[]): string {
  const more = given.length - MAX_NAMED
  const names = given.slice(0, MAX_NAMED).map(formatAddress).join(' or ')
  return more > 0 ? `${names}, or ${more} more` : names
}

function createNode(bootstrap: readonly Address[] | undefined): DhtNode {
  if (bootstrap === undefined) return createDht()
  return bootstrap.every(isLoopback) ? createLoopbackDht({ bootstrap }) : createDht({ bootstrap })
}

// Resolves when the node knows nobody any more, or nobody answers it, or the signal fires.
function lost(dht: DhtNode, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const check = () => {
      if (signal.aborted || !dht.online || dht.nodes.length === 0) done()
    }
    const done = () => {
      dht.off('network-update', check)
      dht.off('remove-node', check)
      signal.removeEventListener('abort', check)
      resolve()
    }
    dht.on('network-update', check)
    dht.on('remove-node', check)
    signal.addEventListener('abort', check)
    if (signal.aborted || dht.nodes.length === 0) done()
  })
}
