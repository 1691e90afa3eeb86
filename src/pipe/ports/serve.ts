import { connect, type Socket } from 'node:net'
import b4a from 'b4a'
import { deferred } from '../../async/deferred.js'
import { codeOf, messageOf } from '../../base/errors.js'
import type { Millis } from '../../base/time.js'
import { explainDhtError } from '../../swarm/dht/dht-errors.js'
import type { SecretStream } from '../../swarm/dht/stream-types.js'
import { whenConfirmed } from '../../swarm/dial/confirm.js'
import type { Network } from '../../swarm/networks/network.js'
import { closed, outletTo, PipeLink } from '../link.js'
import { type Host, type Listen, listenOn } from '../listeners.js'
import { MAX_PORTS, Multiplexer } from './multiplexer.js'
import { notPorts, sayPorts, whatOpens } from './opening.js'
import { formatTcpAddress, type TcpAddress } from './tcp-address.js'

/** Encrypted connections at a time; more are refused. */
const MAX_CLIENTS = 64
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
  // BOUNDED: MAX_CLIENTS.
  readonly #clients = new Set<SecretStream>()
  // BOUNDED: MAX_TOTAL_PORTS: how many each key has.
  readonly #ports = new Map<string, number>()
  #total = 0
  #refused = false
  readonly #done = deferred()

  constructor(serve: Serve) {
    this.#serve = serve
  }

  get done(): Promise<void> {
    return this.#done.promise
  }

  hasRoom(): boolean {
    return !this.#serve.signal.aborted && this.#clients.size < MAX_CLIENTS
  }

  accept(stream: SecretStream): void {
    let failure: unknown
    stream.on('error', error => {
      failure = error
    })
    whenConfirmed(stream, () => {
      if (!this.hasRoom()) stream.destroy()
      else void this.#open(stream).finally(() => this.#gone(stream, failure))
    })
  }

  failed(thrown: unknown): void {
    if (!this.#serve.signal.aborted) this.#done.reject(explainDhtError(thrown))
  }

  leave(): void {
    for (const stream of this.#clients) stream.destroy()
    this.#done.resolve()
  }

  // Settles when the connection is closed. Never rejects.
  async #open(stream: SecretStream): Promise<void> {
    this.#clients.add(stream)
    this.#serve.notice(`connected: ${keyOf(stream)}`)
    const what = await whatOpens(stream, SILENCE_MILLIS)
    if (what === 'pipe') await this.#pipe(stream)
    if (what === 'ports') await this.#multiplex(stream)
  }

  #gone(stream: SecretStream, failure: unknown): void {
    this.#clients.delete(stream)
    const why = failure === undefined ? '' : ` (${explainDhtError(failure).message})`
    if (!this.#serve.signal.aborted) this.#serve.notice(`gone: ${keyOf(stream)}${why}`)
  }

  async #multiplex(stream: SecretStream): Promise<void> {
    sayPorts(stream)
    new Multiplexer(stream, () => this.#connect(keyOf(stream)))
    await closed(stream)
  }

  async #pipe(stream: SecretStream): Promise<void> {
    const socket = this.#connect(keyOf(stream))
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
  #connect(key: string): Socket | undefined {
    const ofKey = this.#ports.get(key) ?? 0
    if (ofKey >= MAX_PORTS || this.#total >= MAX_TOTAL_PORTS) return undefined
    this.#count(key, 1)
    const { host, port } = this.#serve.target
    const socket = connect({ host, port, allowHalfOpen: true, noDelay: true })
    socket.once('close', () => this.#count(key, -1))
    const refused = (error: Error) => this.#tellRefused(error)
    socket.once('error', refused)
    socket.once('connect', () => {
      socket.off('error', refused)
      this.#refused = false
    })
    return socket
  }

  #count(key: string, change: number): void {
    this.#total += change
    const left = (this.#ports.get(key) ?? 0) + change
    if (left === 0) this.#ports.delete(key)
    else this.#ports.set(key, left)
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
