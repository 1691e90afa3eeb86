import type { Socket } from 'node:net'
import type { PortFrame } from './frames.js'
import { FIRST_WINDOW, ReceiveWindow } from './receive-window.js'

/** What one TCP connection needs of the encrypted one below it. */
export interface PortWire {
  /** False if the caller should wait for {@link Port.resume}. */
  send(frame: PortFrame): boolean
  /** Both directions have ended, or one side broke off. */
  gone(id: number): void
}

/**
 * One TCP connection that is carried over an encrypted one: bytes both ways, each direction ending on its own, never more
 * under way than the reader allows.
 */
export class Port {
  readonly #id: number
  readonly #socket: Socket
  readonly #wire: PortWire
  readonly #window = new ReceiveWindow()
  #credit = FIRST_WINDOW
  /** Read from the socket, and not covered by what the other side allows. */
  // BOUNDED: one read of a socket, 64 KiB.
  #rest: Buffer | undefined
  #socketEnded = false
  #sentEnd = false
  #heardEnd = false
  #isGone = false

  constructor(id: number, socket: Socket, wire: PortWire) {
    this.#id = id
    this.#socket = socket
    this.#wire = wire
    socket.on('data', bytes => this.#send(bytes))
    socket.once('end', () => {
      this.#socketEnded = true
      this.#finish()
    })
    socket.on('error', () => this.#breakOff())
    socket.once('close', () => this.#closed())
    socket.resume()
  }

  /** A frame of the other side for this connection. False if it sent more than it may. */
  hear(frame: Exclude<PortFrame, { type: 'open' }>): boolean {
    if (frame.type === 'data') return this.#take(frame.bytes)
    if (frame.type === 'credit') this.#allow(frame.bytes)
    else if (frame.type === 'end') this.#endHeard()
    else this.reset()
    return true
  }

  /** The encrypted connection takes bytes again. */
  resume(): void {
    if (this.#rest !== undefined) return
    this.#socket.resume()
    this.#finish()
  }

  /** Breaks the TCP connection off, as its other end did. */
  reset(): void {
    this.#leave()
    this.#socket.resetAndDestroy()
  }

  #take(bytes: Buffer): boolean {
    if (this.#heardEnd || !this.#window.arrived(bytes.length)) return false
    this.#socket.write(bytes, () => this.#taken(bytes.length))
    return true
  }

  #taken(bytes: number): void {
    const credit = this.#window.taken(bytes)
    const isWanted = credit > 0 && !this.#heardEnd && !this.#isGone
    if (isWanted) this.#wire.send({ type: 'credit', id: this.#id, bytes: credit })
  }

  #allow(bytes: number): void {
    this.#credit += bytes
    const rest = this.#rest
    this.#rest = undefined
    if (rest === undefined || this.#send(rest)) this.resume()
  }

  /** False if the socket is to wait. */
  #send(bytes: Buffer): boolean {
    const fits = bytes.subarray(0, this.#credit)
    if (fits.length < bytes.length) this.#rest = bytes.subarray(fits.length)
    this.#credit -= fits.length
    const goesOn = fits.length === 0 || this.#wire.send({ type: 'data', id: this.#id, bytes: fits })
    if (goesOn && this.#rest === undefined) return true
    this.#socket.pause()
    return false
  }

  #finish(): void {
    if (!this.#socketEnded || this.#rest !== undefined || this.#sentEnd) return
    this.#sentEnd = true
    this.#wire.send({ type: 'end', id: this.#id })
    this.#leaveAtEnd()
  }

  #endHeard(): void {
    this.#heardEnd = true
    this.#socket.end()
    this.#leaveAtEnd()
  }

  #leaveAtEnd(): void {
    if (this.#sentEnd && this.#heardEnd) this.#leave()
  }

  // Both directions may have ended while the other side allows nothing more of what we read.
  #closed(): void {
    if (!this.#socketEnded || !this.#heardEnd) this.#breakOff()
  }

  #breakOff(): void {
    if (this.#isGone) return
    this.#wire.send({ type: 'reset', id: this.#id })
    this.#leave()
  }

  #leave(): void {
    if (this.#isGone) return
    this.#isGone = true
    this.#wire.gone(this.#id)
  }
}
