import { EventEmitter } from 'node:events'
import { backoff } from '../../async/backoff.js'
import { sleep } from '../../async/sleep.js'
import { codeOf, type SwarmchatError } from '../../base/errors.js'
import type { Millis } from '../../base/time.js'
import { errorOf, explainDhtError, unlessFault } from '../dht/dht-errors.js'
import { announceNow, destroyUnbound } from '../dht/private-parts.js'
import type { Address, DhtNode } from '../dht/types.js'
import { hasLoopback } from './addresses.js'
import type { NatClass, Network, NetworkEvents, NetworkName, NetworkState } from './network.js'

/** Taking announcements back may take so long; offline it would take many seconds. */
const DESTROY_MILLIS: Millis = 1_000
/** Pauses between two questions to a hub that does not answer. Guess. */
const FIRST_PAUSE_MILLIS: Millis = 500
const LONGEST_PAUSE_MILLIS: Millis = 10_000

/** HUB_SILENT: something greets like a hub at this address, but its DHT node does not answer. A state, not thrown. */
export const hubSilent = ({ host, port }: Address): SwarmchatError =>
  errorOf('HUB_SILENT', {
    sentence: `What greets like a hub on port ${port} of ${host} does not answer as one.`
  })

/** What all networks share: the state, and who is told of it. */
export abstract class NetworkBase extends EventEmitter<NetworkEvents> implements Network {
  abstract readonly name: NetworkName
  readonly dht: DhtNode
  readonly ready: Promise<void>
  protected readonly closing = new AbortController()
  #state: NetworkState = 'starting'
  #problem: SwarmchatError | undefined
  #warning: SwarmchatError | undefined
  #bindFailure: SwarmchatError | undefined
  #becomeReady: () => void = () => {}
  #closed: Promise<void> | undefined

  constructor(dht: DhtNode) {
    super()
    // Every topic listens: more than ten are no leak.
    this.setMaxListeners(0)
    this.dht = dht
    dht.bind().catch(thrown => this.#unusable(thrown))
    this.ready = new Promise(resolve => {
      this.#becomeReady = resolve
    })
  }

  get state(): NetworkState {
    return this.#state
  }

  get problem(): SwarmchatError | undefined {
    return this.#problem
  }

  get warning(): SwarmchatError | undefined {
    return this.#warning
  }

  nodes(): number {
    return this.dht.nodes.length
  }

  natClass(): NatClass {
    if (this.dht.remoteAddress() !== null) return 'open'
    if (this.dht.randomized) return 'randomising'
    return this.dht.host !== null && this.dht.port > 0 ? 'consistent' : 'unknown'
  }

  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  /** Ends whatever the network runs beside its node. */
  protected abstract leave(): Promise<void>

  /** The network is usable, through nodes that may not know us yet. */
  protected online(): void {
    const again = this.#state !== 'starting' || this.#problem !== undefined
    this.#problem = undefined
    this.#enter('online')
    this.#becomeReady()
    for (const server of this.dht.listening) announceNow(server)
    if (again) this.emit('rehome')
  }

  protected offline(problem: SwarmchatError): void {
    const now = this.#bindFailure ?? problem
    const known = this.#problem?.message === now.message
    this.#problem = now
    if (!known) this.#enter('offline')
  }

  /** It may be usable, but a person should know of this. */
  protected warn(warning: SwarmchatError): void {
    if (this.#warning?.message === warning.message || this.closing.signal.aborted) return
    this.#warning = warning
    this.emit('warning', warning)
  }

  /** True where the node's sockets could not be opened: it is of no use, and stays so. */
  protected get unbound(): boolean {
    return this.#bindFailure !== undefined
  }

  /** Looks for the nodes next to ours; false where nobody answers. Without a socket it never ends. */
  protected async walk(): Promise<boolean> {
    if (this.closing.signal.aborted) return false
    const walk = this.dht.findNode(this.dht.table.id)
    await walk.finished().catch(unlessFault)
    return walk.successes > 0
  }

  /** Makes everything that we announced be announced again. */
  protected rehome(): void {
    if (this.closing.signal.aborted) return
    for (const server of this.dht.listening) announceNow(server)
    this.emit('rehome')
  }

  /** We may be somewhere else: everything is announced again, and connections are to be looked at. */
  protected moved(): void {
    this.rehome()
    if (!this.closing.signal.aborted) this.emit('moved')
  }

  /**
   * Ends when the node of this hub has answered us: true, or false where we are not at home there any more. Meanwhile the
   * network is offline: a hub that only greets is none.
   */
  protected async settled(hub: Address, atHome: () => boolean): Promise<boolean> {
    const { signal } = this.closing
    for (let failures = 1; ; failures++) {
      const answered = await this.walk()
      if (!atHome() || signal.aborted) return false
      if (answered) return true
      this.offline(hubSilent(hub))
      await sleep(backoff(failures, FIRST_PAUSE_MILLIS, LONGEST_PAUSE_MILLIS), signal)
    }
  }

  // Its sockets could not be opened: hyperdht does not try that again.
  #unusable(thrown: unknown): void {
    if (this.closing.signal.aborted) return
    const alone = codeOf(thrown) === 'EADDRNOTAVAIL' && !hasLoopback()
    this.#bindFailure = alone ? errorOf('NO_LOOPBACK') : explainDhtError(thrown)
    this.offline(this.#bindFailure)
  }

  #enter(state: NetworkState): void {
    if (this.closing.signal.aborted || (this.#state === state && state === 'online')) return
    this.#state = state
    this.emit('state', state)
  }

  async #close(): Promise<void> {
    this.closing.abort()
    this.#becomeReady()
    await destroyInTime(this.dht)
    await this.leave()
  }
}

async function destroyInTime(dht: DhtNode): Promise<void> {
  const timer = setTimeout(
    () => void dht.destroy({ force: true }).catch(unlessFault),
    DESTROY_MILLIS
  )
  await dht.destroy().catch(() => destroyUnbound(dht))
  clearTimeout(timer)
}
