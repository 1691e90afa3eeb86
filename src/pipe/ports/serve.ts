import { connect, type Socket } from 'node:net'
import b4a from 'b4a'
import { deferred } from '../../async/deferred.js'
import { codeOf, messageOf } from '../../base/errors.js'
import type { Millis } from '../../base/time.js'
import { explainDhtError } from '../../swarm/dht/dht-errors.js'
import type { SecretStream } from '../../swarm/dht/stream-types.js'
import { whenConfirmed } from '../../swarm/dial/confirm.js'
import type { Network } from '../../swarm/networks/network.js'
import { FairPlaces } from '../fair-places.js'
import { closed, outletTo, PipeLink } from '../link.js'
import { type Host, type Listen, listenOn } from '../listeners.js'
import { MAX_PORTS, Multiplexer } from './multiplexer.js'
import { notPorts, sayPorts, whatOpens } from './opening.js'
import { formatTcpAddress, type TcpAddress } from './tcp-address.js'

/** Encrypted connections at a time; one more takes the place of an idle one, or of one of the key that has most. */
const MAX_CLIENTS = 64
/** One that carries nothing for so long makes room. Guess: far over the time to open the first. */
const IDLE_MILLIS: Millis = 10_000
/** TCP connections at a time, of all of them; {@link MAX_PORTS} for one key. */
const MAX_TOTAL_PORTS = 512
/**
 * One who says nothing for so long is a plain pipe to a service that speaks first. Guess: several round trips; our own
 * pipes say at once that they are one.
 */
const SILENCE_MILLIS: Millis = 1_000

/** Whom to serve, what, and whom to tell. */
export interface Serve extends Listen {
  /** Each connection that comes becomes one to this. */
  readonly target: TcpAddress
  /** Tells a person what happens. */
  readonly notice: (line: string) => void
  /** Encrypted connections at a time. Default 64. For tests. */
  readonly maxClients?: number
}

/**
 * Accepts connections to a key and joins each TCP connection that comes over them (`runForward`), or a plain pipe
 * (`runConnect`), to a TCP connection of its own to the target. Runs until the signal fires. Throws an error of ours if
 * a network cannot be listened on.
 */
export async function runServe(networks: readonly Network[], serve: Serve): Promise<void> {
  await listenOn(networks, serve, new PortServer(serve))
}

class PortServer implements Host {
  readonly #serve: Serve
  readonly #clients: FairPlaces<SecretStream>
  readonly #ports = new FairPlaces<Socket>(MAX_TOTAL_PORTS)
  // BOUNDED: MAX_CLIENTS: those that carry nothing, and since when; the longest first.
  readonly #idle = new Map<SecretStream, Millis>()
  // BOUNDED: MAX_CLIENTS: how many TCP connections each of them carries.
  readonly #carried = new Map<SecretStream, number>()
  #refused = false
  readonly #done = deferred()

  constructor(serve: Serve) {
    this.#serve = serve
    this.#clients = new FairPlaces(serve.maxClients ?? MAX_CLIENTS)
  }

  get done(): Promise<void> {
    return this.#done.promise
  }

  hasRoom(key: string): boolean {
    if (this.#serve.signal.aborted) return false
    return !this.#clients.isFull || this.#whoGoesFor(key) !== undefined
  }

  #whoGoesFor(key: string): SecretStream | undefined {
    const [longest] = this.#idle
    const isIdle = longest !== undefined && performance.now() - longest[1] >= IDLE_MILLIS
    return isIdle ? longest[0] : this.#clients.whatGoesFor(key)?.item
  }

  // Whoever goes is off the lists at once; its stream closes when it does.
  #makeRoom(key: string): void {
    const gone = this.#clients.isFull ? this.#whoGoesFor(key) : undefined
    if (gone === undefined) return
    this.#forget(gone)
    gone.destroy()
  }

  #forget(stream: SecretStream): void {
    this.#clients.delete(keyOf(stream), stream)
    this.#idle.delete(stream)
    this.#carried.delete(stream)
  }

  accept(stream: SecretStream): void {
    let failure: unknown
    stream.on('error', error => {
      failure = error
    })
    whenConfirmed(stream, () => {
      if (!this.hasRoom(keyOf(stream))) stream.destroy()
      else void this.#open(stream).finally(() => this.#gone(stream, failure))
    })
  }

  failed(thrown: unknown): void {
    if (!this.#serve.signal.aborted) this.#done.reject(explainDhtError(thrown))
  }

  leave(): void {
    for (const stream of this.#clients.all()) stream.destroy()
    this.#done.resolve()
  }

  // Settles when the connection is closed. Never rejects.
  async #open(stream: SecretStream): Promise<void> {
    this.#makeRoom(keyOf(stream))
    this.#clients.add(keyOf(stream), stream)
    this.#idle.set(stream, performance.now())
    this.#serve.notice(`connected: ${keyOf(stream)}`)
    const what = await whatOpens(stream, SILENCE_MILLIS)
    if (what === 'pipe') await this.#pipe(stream)
    if (what === 'ports') await this.#multiplex(stream)
  }

  #gone(stream: SecretStream, failure: unknown): void {
    this.#forget(stream)
    const why = failure === undefined ? '' : ` (${explainDhtError(failure).message})`
    if (!this.#serve.signal.aborted) this.#serve.notice(`gone: ${keyOf(stream)}${why}`)
  }

  async #multiplex(stream: SecretStream): Promise<void> {
    sayPorts(stream)
    new Multiplexer(stream, () => this.#connect(stream))
    await closed(stream)
  }

  async #pipe(stream: SecretStream): Promise<void> {
    const socket = this.#connect(stream)
    if (socket === undefined) {
      stream.destroy()
      return
    }
    const link = new PipeLink(stream, notPorts(stream, outletTo(socket)))
    void link.received.then(() => socket.end())
    socket.once('error', () => stream.destroy())
    pump(socket, link).catch(() => stream.destroy())
    const failure = await link.closed
    if (failure === undefined) return
    socket.resetAndDestroy()
  }

  /** A TCP connection to the target, for a client of ours; undefined if there are too many. */
  #connect(stream: SecretStream): Socket | undefined {
    const key = keyOf(stream)
    if (this.#ports.countOf(key) >= MAX_PORTS || !this.#makePort(key)) return undefined
    const { host, port } = this.#serve.target
    const socket = connect({ host, port, allowHalfOpen: true, noDelay: true })
    this.#ports.add(key, socket)
    this.#carry(stream, 1)
    socket.once('close', () => {
      this.#ports.delete(key, socket)
      this.#carry(stream, -1)
    })
    const refused = (error: Error) => this.#tellRefused(error)
    socket.once('error', refused)
    socket.once('connect', () => {
      socket.off('error', refused)
      this.#refused = false
    })
    return socket
  }

  #makePort(key: string): boolean {
    if (!this.#ports.isFull) return true
    const gone = this.#ports.whatGoesFor(key)
    if (gone === undefined) return false
    this.#ports.delete(gone.key, gone.item)
    gone.item.resetAndDestroy()
    return true
  }

  #carry(stream: SecretStream, change: number): void {
    if (!this.#idle.has(stream) && !this.#carried.has(stream)) return
    const count = (this.#carried.get(stream) ?? 0) + change
    if (count > 0) this.#carried.set(stream, count)
    else this.#carried.delete(stream)
    if (count > 0) this.#idle.delete(stream)
    else this.#idle.set(stream, performance.now())
  }

  // Once, until it answers again.
  #tellRefused(error: Error): void {
    if (this.#refused) return
    this.#refused = true
    const { notice, target } = this.#serve
    notice(`${formatTcpAddress(target)} takes no connections: ${codeOf(error) ?? messageOf(error)}`)
  }
}

async function pump(socket: Socket, link: PipeLink): Promise<void> {
  for await (const bytes of socket.iterator({ destroyOnReturn: false })) await link.write(bytes)
  link.end()
}

function keyOf(stream: SecretStream): string {
  return b4a.toString(stream.remotePublicKey, 'hex')
}
