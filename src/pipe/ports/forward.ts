import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { untilAborted } from '../../async/until-aborted.js'
import { codeOf, messageOf, SwarmchatError } from '../../base/errors.js'
import type { Millis } from '../../base/time.js'
import { explainDhtError } from '../../swarm/dht/dht-errors.js'
import type { SecretStream } from '../../swarm/dht/stream-types.js'
import type { Network } from '../../swarm/networks/network.js'
import { type Dial, dialKey } from '../dial.js'
import { MAX_PORTS, Multiplexer } from './multiplexer.js'
import { sayPorts, whatOpens } from './opening.js'
import { formatTcpAddress, type TcpAddress } from './tcp-address.js'

/** One that takes us for a plain pipe, since our first message was late, ends the connection: it is dialled again. */
const TRIES = 3
/** Whoever takes TCP connections answers at once; one that says nothing for so long does not. Guess: many round trips. */
const ANSWER_MILLIS: Millis = 10_000
/** After a dial that failed, TCP connections are reset for so long before it is tried again. */
const DIAL_PAUSE_MILLIS: Millis = 1_000

/** NO_PORTS: whoever answers under this key does not take TCP connections. Exit code 1. */
const noPorts = () =>
  new SwarmchatError('NO_PORTS', 'The other side answers, and takes no TCP connections.', {
    hint: 'It has to run: swarmchat listen --tcp <host>:<port>',
    exitCode: 1
  })

/** TCP_PORT_TAKEN: the local TCP port cannot be listened on. */
const tcpPortTaken = (address: TcpAddress, cause: unknown) =>
  new SwarmchatError(
    'TCP_PORT_TAKEN',
    `${formatTcpAddress(address)} cannot be listened on: ${whyNot(cause)}.`,
    { hint: 'Choose another port of this machine, for example: --tcp 127.0.0.1:2222', cause }
  )

const WHY_NOT: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program has it',
  EACCES: 'permission is denied',
  EADDRNOTAVAIL: 'this machine has no such address'
}

function whyNot(cause: unknown): string {
  return WHY_NOT[codeOf(cause) ?? ''] ?? messageOf(cause)
}

/** What to forward, and whom to tell. */
export interface Forward extends Dial {
  /** Where to take TCP connections; port 0: a free one. */
  readonly local: TcpAddress
  /** The port takes connections, and the other side has answered. */
  readonly listening: (address: TcpAddress) => void
  /** Tells a person what happens. */
  readonly notice: (line: string) => void
}

/**
 * Takes TCP connections on a local port and carries each to the target of whoever runs `runServe` under the key, all over
 * one encrypted connection; if that breaks it is dialled again when the next TCP connection comes. Runs until the signal
 * fires. Throws TCP_PORT_TAKEN, NO_PORTS, and what `dialKey` throws if nobody answers at first.
 */
export async function runForward(networks: readonly Network[], forward: Forward): Promise<void> {
  const { local, signal } = forward
  const tunnel = new Tunnel(networks, forward)
  const server = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true })
  server.maxConnections = MAX_PORTS
  server.on('connection', socket => tunnel.carry(socket))
  try {
    const address = await bind(server, local)
    await tunnel.connected()
    forward.listening(address)
    await untilAborted(signal, new Promise<never>(() => {}))
  } catch (thrown) {
    if (!signal.aborted) throw thrown
  } finally {
    server.close()
    tunnel.close()
  }
}

async function bind(server: Server, local: TcpAddress): Promise<TcpAddress> {
  try {
    await once(server.listen(local.port, local.host), 'listening')
  } catch (thrown) {
    throw tcpPortTaken(local, thrown)
  }
  // Accepting may fail later, for want of file descriptors: that connection only is lost.
  server.on('error', () => {})
  return { host: local.host, port: (server.address() as AddressInfo).port }
}

class Tunnel {
  readonly #networks: readonly Network[]
  readonly #forward: Forward
  #stream: SecretStream | undefined
  #failure: unknown
  /** What the first dial fails by is said by whoever asked for it. */
  #wasConnected = false
  #dialling: Promise<Multiplexer> | undefined
  #failedAt = Number.NEGATIVE_INFINITY

  constructor(networks: readonly Network[], forward: Forward) {
    this.#networks = networks
    this.#forward = forward
  }

  /** The encrypted connection; dials if there is none. */
  connected(): Promise<Multiplexer> {
    this.#dialling ??= this.#dial()
    return this.#dialling
  }

  carry(socket: Socket): void {
    socket.on('error', () => socket.destroy())
    if (performance.now() - this.#failedAt < DIAL_PAUSE_MILLIS) {
      socket.resetAndDestroy()
      return
    }
    this.connected().then(
      multiplexer => socket.destroyed || multiplexer.open(socket),
      () => socket.resetAndDestroy()
    )
  }

  close(): void {
    this.#stream?.destroy()
  }

  async #dial(): Promise<Multiplexer> {
    try {
      const stream = await this.#open()
      const multiplexer = new Multiplexer(stream)
      this.#wasConnected = true
      this.#forward.notice('connected')
      stream.once('close', () => this.#lost())
      return multiplexer
    } catch (thrown) {
      this.#dialling = undefined
      this.#failedAt = performance.now()
      if (this.#wasConnected || this.#forward.signal.aborted)
        this.#forward.notice(`not connected: ${messageOf(thrown)}`)
      throw thrown
    }
  }

  async #open(): Promise<SecretStream> {
    for (let tries = 1; ; tries += 1) {
      const stream = await dialKey(this.#networks, this.#forward)
      this.#stream = stream
      this.#failure = undefined
      stream.on('error', error => {
        this.#failure = error
      })
      if (this.#forward.signal.aborted) stream.destroy()
      sayPorts(stream)
      const answer = await whatOpens(stream, ANSWER_MILLIS)
      if (answer === 'ports') return stream
      stream.destroy()
      if (answer === 'pipe' || tries === TRIES) throw noPorts()
    }
  }

  #lost(): void {
    this.#dialling = undefined
    if (this.#forward.signal.aborted) return
    const why = this.#failure === undefined ? '' : ` (${explainDhtError(this.#failure).message})`
    this.#forward.notice(`the connection was lost${why}`)
  }
}
