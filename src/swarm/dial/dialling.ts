import { punctualTimeout } from '../../async/punctual-timeout.js'
import type { KeyPair } from '../../base/crypto.js'
import { SwarmchatError } from '../../base/errors.js'
import type { PeerKey } from '../../base/ids.js'
import type { Millis } from '../../base/time.js'
import { explainDhtError } from '../dht/dht-errors.js'
import type { CreateSecretStream, SecretStream } from '../dht/stream-types.js'
import type { Address } from '../dht/types.js'
import { answersAtOnce } from '../networks/near.js'
import type { Network } from '../networks/network.js'
import type { Attempt, PeerInfo } from '../peers/peer-info.js'
import { whenConfirmed } from './confirm.js'
import { dial as dialHinted } from './hinted-dial.js'

/** A path that has not opened anything after this makes way for the next one, where there is one. Guess. */
const PATH_PATIENCE_MILLIS: Millis = 2_000
/**
 * A dial to somebody who would answer within milliseconds is given up after this; hyperdht itself waits for 8 s. Guess:
 * longer than a living peer on a busy machine takes.
 */
const NEAR_PATIENCE_MILLIS: Millis = 2_000

/** A peer that is dialled where it was met before is given up after this. Guess: round the world and back, three times. */
const MET_PATIENCE_MILLIS: Millis = 900

/** One attempt to reach a peer, over one path after another. */
interface Dial {
  readonly peer: PeerInfo
  readonly since: number
  readonly untried: Network[]
  readonly onStream: OnStream
  /** Where the peer was met before, instead of what a lookup said. */
  readonly metAt?: Address | undefined
  /** What is to be tried once a silent attempt has failed. */
  next: Dial | undefined
  /** True where there is a connection already: then nobody waits for the outcome. */
  silent: boolean
  stream: SecretStream | undefined
  /** Resolves {@link ended}. */
  end: () => void
  readonly ended: Promise<void>
}

/** Gets a stream once the other side was heard on it, and the network that it runs over. */
type OnStream = (stream: SecretStream, network: Network) => void

/** NO_NETWORK: no network is online on which the peer could be dialled. */
const noNetwork = () =>
  new SwarmchatError('NO_NETWORK', 'No network is online on which this peer could be dialled.', {
    hint: 'It is dialled when one is.',
    exitCode: 1
  })

/** NO_ANSWER: nothing came back from a machine, or a program, that would answer at once. */
export const noAnswer = () =>
  new SwarmchatError('NO_ANSWER', 'The other side was found nearby but does not answer.', {
    hint: 'It has ended, perhaps without a word (what it announced is known for up to 27 minutes), is very busy, or does not let us in.',
    exitCode: 1
  })

/** What a {@link Dialling} works with. */
export interface DiallingOptions {
  /** Best first. */
  readonly networks: readonly Network[]
  readonly keyPair: KeyPair
  readonly createSecretStream?: CreateSecretStream | undefined
  readonly relayFor: (peer: PeerInfo, network: Network) => Uint8Array | null
  /** How much longer than usual dials may take now. */
  readonly slowness: () => Millis
  /** Hears how every attempt ended, unless it was abandoned. */
  readonly onEnd: (peer: PeerInfo, attempt: Attempt) => void
}

/** The dials that are under way: at most one per peer, each trying the peer's paths best first. */
export class Dialling {
  // BOUNDED: by the dialer, which hands out its candidates.
  readonly #dials = new Map<PeerKey, Dial>()
  readonly #networks: readonly Network[]
  readonly #keyPair: KeyPair
  readonly #createSecretStream: CreateSecretStream | undefined
  readonly #relayFor: (peer: PeerInfo, network: Network) => Uint8Array | null
  readonly #slowness: () => Millis
  readonly #onEnd: (peer: PeerInfo, attempt: Attempt) => void

  constructor(options: DiallingOptions) {
    this.#networks = options.networks
    this.#keyPair = options.keyPair
    this.#createSecretStream = options.createSecretStream
    this.#relayFor = options.relayFor
    this.#slowness = options.slowness
    this.#onEnd = options.onEnd
  }

  /** Dials under way. */
  get size(): number {
    return this.#dials.size
  }

  /** Begins an attempt, unless there is one. `onStream` gets the stream once the other side was heard on it. */
  dial(peer: PeerInfo, onStream: OnStream): void {
    this.#begin(newDial(peer, this.#pathsTo(peer), onStream, false))
  }

  /** The same for a peer that is connected, over one better network alone; `onEnd` does not hear of it. */
  improve(peer: PeerInfo, network: Network, onStream: OnStream): void {
    this.#begin(newDial(peer, [network], onStream, true))
  }

  /** The same for a peer that was met at this address before: nothing else is tried there, for 900 ms. */
  dialAt(peer: PeerInfo, network: Network, metAt: Address, onStream: OnStream): void {
    this.#begin({ ...newDial(peer, [network], onStream, true), metAt })
  }

  #begin(dial: Dial): void {
    const current = this.#dials.get(dial.peer.key)
    // Somebody waits for this one: if what is under way fails, it comes next.
    if (current?.silent && !dial.silent) current.next = dial
    if (current !== undefined) return
    this.#dials.set(dial.peer.key, dial)
    this.#tryNext(dial, noNetwork())
  }

  /** Resolves when the attempt that is under way has ended, however; undefined where none is. */
  ended(key: PeerKey): Promise<void> | undefined {
    return this.#dials.get(key)?.ended
  }

  /** There is another connection: gives up an attempt that has not opened anything on our side yet. */
  abandon(key: PeerKey): void {
    const dial = this.#dials.get(key)
    // With a raw stream, our first bytes may be on their way: the other side may count it already.
    if (dial?.stream === undefined || dial.stream.rawStream !== null) return
    this.#remove(dial)
    dial.stream.destroy()
  }

  /** Gives up everything. */
  stop(): void {
    for (const dial of [...this.#dials.values()]) {
      this.#remove(dial)
      dial.stream?.destroy()
    }
  }

  // Without a path from a lookup, every network may know the peer.
  #pathsTo(peer: PeerInfo): Network[] {
    const found = new Set(peer.paths.map(path => path.network))
    const usable = this.#networks.filter(network => network.state === 'online')
    return found.size === 0 ? usable : usable.filter(network => found.has(network))
  }

  #tryNext(dial: Dial, lastError: unknown): void {
    const network = dial.untried.shift()
    if (network === undefined) {
      this.#end(dial, 'none', lastError)
      return
    }
    const stream = dialHinted(network.dht, dial.peer.publicKey, {
      keyPair: this.#keyPair,
      createSecretStream: this.#createSecretStream,
      relayAddresses: knownAddresses(dial, network),
      relayThrough: dial.metAt === undefined ? this.#relayFor(dial.peer, network) : null
    })
    dial.stream = stream
    let error: unknown
    stream.on('error', thrown => {
      error = thrown
    })
    const onClose = () => this.#closed(dial, network, error)
    stream.once('close', onClose)
    if (dial.metAt !== undefined) limitPatience(stream, MET_PATIENCE_MILLIS)
    else if (dial.untried.length > 0) limitPatience(stream, PATH_PATIENCE_MILLIS)
    else if (answersAtOnce(network)) limitPatience(stream, NEAR_PATIENCE_MILLIS + this.#slowness())
    whenConfirmed(stream, () => {
      stream.off('close', onClose)
      this.#opened(dial, network, stream)
    })
  }

  #closed(dial: Dial, network: Network, error: unknown): void {
    if (this.#dials.get(dial.peer.key) !== dial) return
    if (dial.untried.length > 0) this.#tryNext(dial, error)
    else this.#end(dial, network.name, error)
  }

  #opened(dial: Dial, network: Network, stream: SecretStream): void {
    dial.onStream(stream, network)
    if (this.#dials.get(dial.peer.key) !== dial) return
    this.#remove(dial)
    this.#report(dial, 'connected', network.name, { code: 'CONNECTED', message: 'Connected.' })
  }

  #end(dial: Dial, network: string, error: unknown): void {
    this.#remove(dial)
    this.#report(dial, 'failed', network, explainDhtError(error))
    if (dial.next !== undefined) this.#begin(dial.next)
  }

  #remove(dial: Dial): void {
    this.#dials.delete(dial.peer.key)
    dial.end()
  }

  #report(
    dial: Dial,
    outcome: Attempt['outcome'],
    network: string,
    why: { readonly code: string; readonly message: string }
  ): void {
    if (dial.silent && dial.next === undefined) return
    if (dial.silent && outcome === 'failed') return
    const tookMillis = Math.round(performance.now() - dial.since)
    const { code, message } = why
    this.#onEnd(dial.peer, { outcome, code, message, network, at: Date.now(), tookMillis })
  }
}

function knownAddresses({ metAt, peer }: Dial, network: Network): readonly Address[] {
  if (metAt !== undefined) return [metAt]
  return peer.paths.find(path => path.network === network)?.relayAddresses ?? []
}

// With a raw stream, our first bytes may be on their way: then it is worth the wait.
function limitPatience(stream: SecretStream, millis: Millis): void {
  const timer = punctualTimeout(millis, () => {
    if (stream.rawStream === null) stream.destroy(noAnswer())
  })
  stream.once('close', () => timer.cancel())
  stream.once('connect', () => timer.cancel())
}

function newDial(peer: PeerInfo, untried: Network[], onStream: OnStream, silent: boolean): Dial {
  let end = () => {}
  const ended = new Promise<void>(resolve => {
    end = resolve
  })
  return {
    peer,
    since: performance.now(),
    untried,
    onStream,
    silent,
    next: undefined,
    stream: undefined,
    end,
    ended
  }
}
