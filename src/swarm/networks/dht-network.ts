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
import { isLoopback } from './addresses.js'
import { NetworkBase } from './network-base.js'
import { Watch } from './watch.js'

/** DHT_OFFLINE: no bootstrap node answered. A state, not thrown. */
export const dhtOffline = () =>
  new SwarmchatError('DHT_OFFLINE', 'offline: no DHT node answered; still trying', {
    hint: 'Check the connection to the internet, or the addresses given with --bootstrap; UDP must be allowed out',
    exitCode: 1
  })

/** After this many milliseconds without an answer the network says that it is offline, and goes on trying. */
const PATIENCE = 3000
/**
 * A node that everybody can reach, and does not know it, fails to reach two behind randomising NATs at once: so it asks
 * once more where it is not sure, and waits this many milliseconds for the answer. On slow paths hyperdht asks in time itself.
 */
const OPEN_MILLIS = 50
const FIRST_PAUSE = 1000
const LONGEST_PAUSE = 30_000

/** A DHT that is reached through bootstrap nodes: hyperdht's own, or a given list. */
export class DhtNetwork extends NetworkBase {
  readonly #running: Promise<void>
  readonly #watch: Watch

  /** Without `bootstrap`: hyperdht's public nodes. */
  constructor(
    readonly name: 'public' | 'isolated',
    bootstrap?: readonly Address[]
  ) {
    super(createNode(bootstrap))
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
    if (this.dht.nodes.length === 0) this.offline(dhtOffline())
  }

  async #untilOffline(): Promise<void> {
    this.online()
    await lost(this.dht, this.closing.signal)
  }

  async #offlineFor(milliseconds: number): Promise<void> {
    this.offline(dhtOffline())
    await sleep(milliseconds, this.closing.signal)
  }

  async #walk(): Promise<boolean> {
    if (this.closing.signal.aborted) return false
    const walk = this.dht.findNode(this.dht.table.id)
    await walk.finished().catch(() => {})
    return walk.successes > 0
  }
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
