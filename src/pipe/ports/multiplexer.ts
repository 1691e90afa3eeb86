import type { Socket } from 'node:net'
import type { SecretStream } from '../../swarm/dht/stream-types.js'
import { decodePortFrame, encodePortFrame, type PortFrame } from './frames.js'
import { Port, type PortWire } from './port.js'

/** TCP connections at a time over one encrypted connection; more are reset. */
export const MAX_PORTS = 128

/** Many TCP connections over one encrypted connection. The stream's 'error' is the caller's. */
export class Multiplexer {
  readonly #stream: SecretStream
  // BOUNDED: MAX_PORTS.
  readonly #ports = new Map<number, Port>()
  readonly #wire: PortWire = {
    send: frame => this.#send(frame),
    gone: id => this.#ports.delete(id)
  }
  readonly #accept: (() => Socket | undefined) | undefined
  #next = 0

  /** `accept`: the TCP connection for one that the other side opens; undefined: it is refused. Without: so is each. */
  constructor(stream: SecretStream, accept?: () => Socket | undefined) {
    this.#stream = stream
    this.#accept = accept
    stream.on('data', message => this.#hear(message))
    stream.on('drain', () => {
      for (const port of this.#ports.values()) port.resume()
    })
    stream.once('end', () => stream.destroy())
    stream.once('close', () => this.#close())
  }

  /** TCP connections that are open. */
  get size(): number {
    return this.#ports.size
  }

  /** Carries this TCP connection, which came to us. It is reset if there are too many, or the encrypted connection is gone. */
  open(socket: Socket): void {
    if (this.#stream.destroying || this.#ports.size >= MAX_PORTS) {
      socket.resetAndDestroy()
      return
    }
    const id = this.#next++
    this.#send({ type: 'open', id })
    this.#ports.set(id, new Port(id, socket, this.#wire))
  }

  #send(frame: PortFrame): boolean {
    if (this.#stream.destroying) return true
    return this.#stream.write(encodePortFrame(frame, bytes => this.#stream.alloc(bytes)))
  }

  #hear(message: Buffer): void {
    const frame = decodePortFrame(message)
    const isFine = frame !== undefined && this.#obey(frame)
    if (!isFine) this.#stream.destroy()
  }

  /** False if the other side broke the rules. */
  #obey(frame: PortFrame): boolean {
    if (frame.type === 'open') return this.#opened(frame.id)
    // What was under way when the connection was broken off is nobody's fault.
    return this.#ports.get(frame.id)?.hear(frame) ?? true
  }

  #opened(id: number): boolean {
    if (this.#accept === undefined || this.#ports.has(id)) return false
    const socket = this.#ports.size < MAX_PORTS ? this.#accept() : undefined
    if (socket === undefined) this.#send({ type: 'reset', id })
    else this.#ports.set(id, new Port(id, socket, this.#wire))
    return true
  }

  #close(): void {
    for (const port of [...this.#ports.values()]) port.reset()
  }
}
