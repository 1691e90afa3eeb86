import type { SecretStream } from '../swarm/dht/hyperdht.js'

// A writer that does not know our reports (flow.ts) sends on while our reader is slow, and what UDX receives it puts into
// memory. The one way to slow such a writer is not to read the socket: its packets are dropped, and its congestion
// control follows. UDX reads in the event loop, so the loop stands still for a while, again and again, until the reader
// has caught up: never so long that the other side takes us for dead (13 s) or that Ctrl-C goes unheard (2 s).

// BOUNDED: bytes that a stream may have received and not handed on before the brake takes hold.
const MAX_BACKLOG = 24 * 1024 * 1024
const SHORTEST_HALT = 10
const LONGEST_HALT = 1000

const NEVER = new Int32Array(new SharedArrayBuffer(4))

/** Holds the event loop up while the reader of this stream is far behind. */
export class Brake {
  readonly #stream: SecretStream
  #timer: NodeJS.Timeout | undefined
  #halt = SHORTEST_HALT
  #read = 0

  constructor(stream: SecretStream) {
    this.#stream = stream
    stream.once('close', () => this.#release())
  }

  /** To be called where the stream is paused. */
  check(): void {
    if (!this.#stream.destroying) this.#timer ??= setInterval(() => this.#turn(), SHORTEST_HALT)
  }

  #turn(): void {
    const backlog = backlogOf(this.#stream)
    if (backlog === 0) this.#release()
    if (backlog <= MAX_BACKLOG) return
    const progress = this.#stream.rawBytesRead !== this.#read
    this.#read = this.#stream.rawBytesRead
    this.#halt = progress ? SHORTEST_HALT : Math.min(this.#halt * 2, LONGEST_HALT)
    Atomics.wait(NEVER, 0, 0, this.#halt)
  }

  #release(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }
}

// What has arrived below the stream and has not been taken off it yet; packets' own overhead is in it.
function backlogOf(stream: SecretStream): number {
  const received = stream.rawStream?.bytesReceived ?? 0
  const backlog = received - stream.rawBytesRead
  return backlog > received / 10 ? backlog : 0
}
