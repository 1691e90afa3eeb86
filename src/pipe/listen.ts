import b4a from 'b4a'
import { deferred } from '../async/deferred.js'
import { explainDhtError } from '../swarm/dht/dht-errors.js'
import type { SecretStream } from '../swarm/dht/stream-types.js'
import { whenConfirmed } from '../swarm/dial/confirm.js'
import type { Network } from '../swarm/networks/network.js'
import type { PipeEnds } from './ends.js'
import { FairPlaces } from './fair-places.js'
import { FanIn } from './fan-in.js'
import { FanOut } from './fan-out.js'
import { outletTo, PipeLink } from './link.js'
import { type Host, type Listen, listenOn } from './listeners.js'

/** Connections at a time; one more takes the place of one of the key that has most. */
const MAX_CLIENTS = 64

/**
 * Accepts connections to a key and joins them to `input` and `output`: each line of input to all, what they send to
 * output, untouched while there is one. Ends when the input has ended and everybody who came has gone, or the signal
 * fires. Throws an error of ours where the last connection broke after the input's end.
 */
export async function runListen(
  networks: readonly Network[],
  listen: Listen,
  ends: PipeEnds
): Promise<void> {
  await listenOn(networks, listen, new ListeningPipe(listen, ends))
}

class ListeningPipe implements Host {
  readonly #listen: Listen
  readonly #ends: PipeEnds
  readonly #places = new FairPlaces<SecretStream>(MAX_CLIENTS)
  readonly #out = new FanOut()
  readonly #in: FanIn
  #inputEnded = false
  readonly #done = deferred()

  constructor(listen: Listen, ends: PipeEnds) {
    this.#listen = listen
    this.#ends = ends
    this.#in = new FanIn(outletTo(ends.output))
    this.#pump().catch(error => this.failed(error))
  }

  /** Settles when the pipe has done what it is for. */
  get done(): Promise<void> {
    return this.#done.promise
  }

  hasRoom(key: string): boolean {
    if (this.#listen.signal.aborted) return false
    return !this.#places.isFull || this.#places.whatGoesFor(key) !== undefined
  }

  // Many may have been admitted at once: whether there is room is known when one is heard.
  accept(stream: SecretStream): void {
    stream.on('error', () => stream.destroy())
    whenConfirmed(stream, () => {
      if (this.hasRoom(keyOf(stream))) void this.#join(stream)
      else stream.destroy()
    })
  }

  failed(thrown: unknown): void {
    if (!this.#listen.signal.aborted) this.#done.reject(explainDhtError(thrown))
  }

  leave(): void {
    this.#out.leave()
    this.#done.resolve()
  }

  async #pump(): Promise<void> {
    await this.#out.somebody()
    for await (const chunk of this.#ends.input) await this.#out.write(chunk)
    this.#inputEnded = true
    this.#out.end()
    if (this.#out.size === 0) this.#done.resolve()
  }

  async #join(stream: SecretStream): Promise<void> {
    const key = keyOf(stream)
    this.#takePlace(key, stream)
    const side = this.#in.side()
    const link = new PipeLink(stream, side)
    this.#ends.notice(`connected: ${key}`)
    this.#out.add(link)
    const failure = await link.closed
    await link.received
    side.leave()
    this.#out.delete(link)
    this.#places.delete(key, stream)
    this.#ends.notice(`gone: ${key}${failure === undefined ? '' : ` (${failure.message})`}`)
    if (!this.#inputEnded || this.#out.size > 0) return
    if (failure === undefined) this.#done.resolve()
    else this.#done.reject(failure)
  }

  // Whoever goes has no place from now on; its stream closes when it does.
  #takePlace(key: string, stream: SecretStream): void {
    const gone = this.#places.isFull ? this.#places.whatGoesFor(key) : undefined
    if (gone !== undefined) {
      this.#places.delete(gone.key, gone.item)
      gone.item.destroy()
    }
    this.#places.add(key, stream)
  }
}

function keyOf({ remotePublicKey }: SecretStream): string {
  return b4a.toString(remotePublicKey, 'hex')
}
