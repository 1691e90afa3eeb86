import { deferred } from '../../async/deferred.js'
import type { Millis } from '../../base/time.js'
import { watchingHandshakes } from '../dht/private-parts.js'
import { watchingRelays } from '../dht/relayed.js'
import type { SecretStream } from '../dht/stream-types.js'
import type { Address, ConnectOptions, DhtNode, Query } from '../dht/types.js'

/**
 * Who has not answered after this at the addresses that a lookup gave is searched for in the DHT meanwhile. Guess: most
 * round trips are shorter, through a relay too, and whoever has moved is found so much later at most.
 */
const HEAD_START_MILLIS: Millis = 400

/** What hyperdht searches with while it dials. */
interface SearchOptions {
  readonly nodes?: readonly Address[] | null
}

/**
 * `dht.connect`, which by itself searches the whole DHT for a key while it asks at the known addresses: about 13 requests
 * where one is answered. Here the search waits until those addresses have failed, or {@link HEAD_START_MILLIS}.
 */
export function dial(dht: DhtNode, publicKey: Uint8Array, options: ConnectOptions): SecretStream {
  const hints = new Hints()
  const parts = watchingHandshakes(dht, handshake => hints.note(handshake))
  if (parts === undefined) return connect(dht, {}, publicKey, options)
  const findPeer = (target: Uint8Array, search: SearchOptions) => {
    const begin = () => dht.findPeer(target, search)
    const count = search.nodes?.length ?? 0
    return count === 0 ? begin() : new LateSearch(hints.unanswered(count), begin)
  }
  return connect(dht, { ...parts, findPeer }, publicKey, options)
}

function connect(
  dht: DhtNode,
  parts: object,
  publicKey: Uint8Array,
  options: ConnectOptions
): SecretStream {
  return dht.connect.call(watchingRelays(dht, parts), publicKey, options)
}

/** How the handshakes of one dial went. */
class Hints {
  #failed = 0
  #answered = false
  #onNews: () => void = () => {}

  note<T>(handshake: Promise<T>): Promise<T> {
    handshake.then(
      () => this.#tell(() => (this.#answered = true)),
      () => this.#tell(() => this.#failed++)
    )
    return handshake
  }

  /** True once so many have failed, or after {@link HEAD_START_MILLIS}; false once one was answered. */
  unanswered(count: number): Promise<boolean> {
    return new Promise(resolve => {
      const timer = setTimeout(resolve, HEAD_START_MILLIS, true)
      this.#onNews = () => {
        if (!this.#answered && this.#failed < count) return
        clearTimeout(timer)
        resolve(!this.#answered)
      }
      this.#onNews()
    })
  }

  // Not before hyperdht has made of the answer what it can: then it looks whether the search is over.
  #tell(change: () => void): void {
    setImmediate(() => {
      change()
      this.#onNews()
    })
  }
}

/** A search that begins late or never: as much of a {@link Query} as a dial uses. */
class LateSearch {
  readonly #needed: Promise<boolean>
  readonly #begin: () => Query<unknown>
  readonly #halt = deferred()
  #query: Query<unknown> | undefined

  constructor(needed: Promise<boolean>, begin: () => Query<unknown>) {
    this.#needed = needed
    this.#begin = begin
  }

  async *[Symbol.asyncIterator](): AsyncIterator<unknown> {
    const needed = await Promise.race([this.#needed, this.#halt.promise])
    if (needed !== true) return
    this.#query = this.#begin()
    yield* this.#query
  }

  destroy(): void {
    this.#halt.resolve()
    this.#query?.destroy()
  }
}
