import { lookup } from 'node:dns/promises'
import { isIPv4 } from 'node:net'
import { atMost } from '../../async/at-most.js'
import { backoff } from '../../async/backoff.js'
import { sleep } from '../../async/sleep.js'
import { codeOf, type SwarmchatError } from '../../base/errors.js'
import type { Millis } from '../../base/time.js'
import { errorOf, meaningOf, unlessFault } from '../dht/dht-errors.js'
import { createDht, createLoopbackDht } from '../dht/nodes.js'
import { checkOpen } from '../dht/private-parts.js'
import type { Address, DhtNode } from '../dht/types.js'
import { formatAddress, hasLoopback, isLoopback } from './addresses.js'
import { NetworkBase } from './network-base.js'
import { Watch } from './watch.js'

/** DHT_OFFLINE: no bootstrap node answered; the hint names those that were given. A state, not thrown. */
export const dhtOffline = (given: readonly Address[] = []): SwarmchatError =>
  errorOf('DHT_OFFLINE', {
    sentence: 'offline: no DHT node answered; still trying',
    ...(given.length > 0 && {
      hint: `Does a node run at ${namesOf(given)}? UDP must be allowed out.`
    })
  })

/** ENOTFOUND, EAI_AGAIN and the like: the name of a bootstrap node leads nowhere. A state, not thrown. */
export const nameUnknown = (host: string, code: string): SwarmchatError =>
  errorOf(meaningOf(code) ? code : 'ENOTFOUND', {
    sentence: `offline: the name ${host} cannot be resolved (${code}); still trying`
  })

/** The same beside others that can be reached. */
const nameUnknownBeside = (host: string, code: string): SwarmchatError =>
  errorOf(meaningOf(code) ? code : 'ENOTFOUND', {
    sentence: `The name ${host} of a bootstrap node cannot be resolved (${code}).`
  })

/** After this long without an answer the network says that it is offline, and goes on trying. */
const PATIENCE_MILLIS: Millis = 3_000
/**
 * A node that everybody can reach, and does not know it, fails to reach two behind randomising NATs at once: so it asks
 * once more where it is not sure, and waits so long for the answer. On slow paths hyperdht asks in time itself.
 */
const OPEN_MILLIS: Millis = 50
/** Most nodes that a sentence names. */
const MAX_NAMED = 3
const FIRST_PAUSE_MILLIS: Millis = 1_000
const LONGEST_PAUSE_MILLIS: Millis = 30_000

/** Resolves a name, as node:dns does; rejects with its code. */
export type ResolveName = (name: string) => Promise<unknown>

/** A DHT that is reached through bootstrap nodes: hyperdht's own, or a given list. */
export class DhtNetwork extends NetworkBase {
  readonly #running: Promise<void>
  readonly #watch: Watch
  readonly #given: readonly Address[]
  readonly #names: readonly string[]
  readonly #onLoopback: boolean
  readonly #resolveName: ResolveName
  /** The first name that cannot be resolved, and why. */
  #unknown: { readonly name: string; readonly code: string } | undefined

  /** Without `bootstrap`: hyperdht's public nodes. `resolveName`: default: the system. */
  constructor(
    readonly name: 'public' | 'isolated',
    bootstrap?: readonly Address[],
    resolveName: ResolveName = host => lookup(host, { family: 4 })
  ) {
    super(createNode(bootstrap))
    this.#onLoopback = staysHere(bootstrap)
    this.#given = bootstrap ?? []
    this.#names = this.#given.map(({ host }) => host).filter(host => !isIPv4(host))
    this.#resolveName = resolveName
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
    void this.#checkNames()
    let answered = await this.#impatiently(this.#bootstrapped())
    if (answered === undefined) return
    for (let failures = 0; !this.closing.signal.aborted; answered = await this.walk()) {
      failures = answered ? 0 : failures + 1
      if (answered) await this.#untilOffline()
      else await this.#offlineFor(backoff(failures, FIRST_PAUSE_MILLIS, LONGEST_PAUSE_MILLIS))
    }
  }

  // hyperdht passes over a name that leads nowhere, and says nothing.
  async #checkNames(): Promise<void> {
    const checked = await Promise.all(this.#names.map(name => this.#check(name)))
    this.#unknown = checked.find(one => one !== undefined)
    if (this.#unknown === undefined) return
    if (this.state === 'offline') this.offline(this.#problem())
    else if (this.dht.nodes.length > 0) this.#warn()
  }

  async #check(name: string) {
    try {
      await this.#resolveName(name)
      return undefined
    } catch (thrown) {
      return { name, code: codeOf(thrown) ?? 'ENOTFOUND' }
    }
  }

  #problem(): SwarmchatError {
    if (this.#onLoopback && !hasLoopback()) return errorOf('NO_LOOPBACK')
    const { code, name } = this.#unknown ?? {}
    return name === undefined || code === undefined
      ? dhtOffline(this.#given)
      : nameUnknown(name, code)
  }

  #warn(): void {
    if (this.#unknown !== undefined) {
      this.warn(nameUnknownBeside(this.#unknown.name, this.#unknown.code))
    }
  }

  async #bootstrapped(): Promise<boolean> {
    await this.dht.fullyBootstrapped()
    await atMost(OPEN_MILLIS, checkOpen(this.dht))
    return this.dht.nodes.length > 0
  }

  // Undefined where the node is of no use any more.
  async #impatiently(answer: Promise<boolean>): Promise<boolean | undefined> {
    const timer = setTimeout(() => this.#complain(), PATIENCE_MILLIS)
    try {
      return await answer
    } catch (thrown) {
      unlessFault(thrown)
      return this.unbound || this.closing.signal.aborted ? undefined : false
    } finally {
      clearTimeout(timer)
    }
  }

  #complain(): void {
    if (this.dht.nodes.length === 0) this.offline(this.#problem())
  }

  async #untilOffline(): Promise<void> {
    this.online()
    this.#warn()
    await lost(this.dht, this.closing.signal)
  }

  async #offlineFor(milliseconds: number): Promise<void> {
    this.offline(this.#problem())
    void this.#checkNames()
    await sleep(milliseconds, this.closing.signal)
  }
}

function namesOf(given: readonly Address[]): string {
  const more = given.length - MAX_NAMED
  const names = given.slice(0, MAX_NAMED).map(formatAddress).join(' or ')
  return more > 0 ? `${names}, or ${more} more` : names
}

function createNode(bootstrap: readonly Address[] | undefined): DhtNode {
  if (bootstrap === undefined) return createDht()
  return staysHere(bootstrap) ? createLoopbackDht({ bootstrap }) : createDht({ bootstrap })
}

function staysHere(bootstrap: readonly Address[] | undefined): boolean {
  return bootstrap?.every(isLoopback) ?? false
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
