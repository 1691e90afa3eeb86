import type { Millis } from '../../base/time.js'
import { askAbout } from '../dht/nodes.js'
import type { DhtNode } from '../dht/types.js'

/** What a {@link Watch} notices. */
export interface WatchHandlers {
  /** A node that held our key does not know it any more: it was restarted, and with it others may have been. */
  readonly onforgotten: () => void
  /** We are somewhere else: another public address, other interfaces, or awake after a sleep. */
  readonly onmoved: () => void
}

/** One node is asked this often. hyperdht itself pings three every 3 s. Guess: a new address is noticed in time. */
export const WATCH_MILLIS: Millis = 5_000
/** A look that comes so much later than it should says that the machine slept. Guess: twice a very busy second. */
const SLEPT_MILLIS: Millis = 10_000
/** Interfaces come and go in bursts. Guess. */
const SETTLE_MILLIS: Millis = 300
/** Pauses between two announcements for having been forgotten, as long as that goes on. Guess. */
const FORGOTTEN_PAUSES: readonly Millis[] = [2_000, 8_000, 30_000, 120_000]

/**
 * Notices what hyperdht does not: that the nodes which hold our announcements have forgotten us, that our router has
 * another public address, that the machine has slept. One small request every five seconds, and only while we listen.
 */
export class Watch {
  readonly #dht: DhtNode
  readonly #handlers: WatchHandlers
  readonly #timer: NodeJS.Timeout
  readonly #onInterfaces = () => this.#settleThenMove()
  #settling: NodeJS.Timeout | undefined
  /** By the wall clock: a steady one may stand still while the machine sleeps. */
  #lookedAt = Date.now()
  #host: string | undefined
  #turn = 0
  #forgotten = 0
  #tellAfter: Millis = 0

  constructor(dht: DhtNode, handlers: WatchHandlers) {
    this.#dht = dht
    this.#handlers = handlers
    this.#timer = setInterval(() => void this.#look(), WATCH_MILLIS).unref()
    dht.on('network-change', this.#onInterfaces)
  }

  close(): void {
    clearInterval(this.#timer)
    clearTimeout(this.#settling)
    this.#dht.off('network-change', this.#onInterfaces)
  }

  async #look(): Promise<void> {
    const late = Date.now() - this.#lookedAt - WATCH_MILLIS
    this.#lookedAt = Date.now()
    if (late > SLEPT_MILLIS) this.#handlers.onmoved()
    const answer = await this.#ask()
    if (answer === undefined || this.#dht.destroyed) return
    this.#notePlace(answer.us.host)
    this.#noteMemory(answer.known)
  }

  // One of the nodes that hold one of our keys, another one each time.
  async #ask() {
    const own = this.#dht.remoteAddress()
    const places = [...this.#dht.listening].flatMap(({ publicKey, relayAddresses }) =>
      relayAddresses
        .filter(({ host, port }) => host !== own?.host || port !== own.port)
        .map(at => ({ publicKey, at }))
    )
    this.#turn += 1
    const place = places[this.#turn % places.length]
    if (place === undefined || place.publicKey === null) return undefined
    return askAbout(this.#dht, place.publicKey, place.at)
  }

  #notePlace(host: string): void {
    const before = this.#host
    this.#host = host
    if (before !== undefined && before !== host) this.#handlers.onmoved()
  }

  #noteMemory(known: boolean): void {
    if (known) this.#forgotten = 0
    if (known || performance.now() < this.#tellAfter) return
    const last = FORGOTTEN_PAUSES.length - 1
    this.#tellAfter = performance.now() + (FORGOTTEN_PAUSES[Math.min(this.#forgotten, last)] ?? 0)
    this.#forgotten += 1
    this.#handlers.onforgotten()
  }

  #settleThenMove(): void {
    clearTimeout(this.#settling)
    this.#settling = setTimeout(() => this.#handlers.onmoved(), SETTLE_MILLIS).unref()
  }
}
