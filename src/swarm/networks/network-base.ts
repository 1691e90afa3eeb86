import { EventEmitter } from 'node:events'
import type { SwarmchatError } from '../../base/errors.js'
import { announceNow, type DhtNode } from '../dht/hyperdht.js'
import type { Network, NetworkEvents, NetworkName, NetworkState } from './network.js'

/** Taking announcements back may take this many milliseconds; offline it would take many seconds. */
const DESTROY_TIME = 1000

/** What all networks share: the state, and who is told of it. */
export abstract class NetworkBase extends EventEmitter<NetworkEvents> implements Network {
  abstract readonly name: NetworkName
  readonly dht: DhtNode
  readonly ready: Promise<void>
  protected readonly closing = new AbortController()
  #state: NetworkState = 'starting'
  #problem: SwarmchatError | undefined
  #becomeReady: () => void = () => {}
  #closed: Promise<void> | undefined

  constructor(dht: DhtNode) {
    super()
    // Every topic listens: more than ten are no leak.
    this.setMaxListeners(0)
    this.dht = dht
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
    const known = this.#problem?.message === problem.message
    this.#problem = problem
    if (!known) this.#enter('offline')
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
  const timer = setTimeout(() => void dht.destroy({ force: true }), DESTROY_TIME)
  await dht.destroy()
  clearTimeout(timer)
}
