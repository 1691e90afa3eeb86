import type { Millis } from '../base/time.js'
import type { SecretStream } from '../swarm/dht/stream-types.js'

// A writer that does not know our reports (flow.ts) sends on while our reader is slow, and what UDX receives it puts into
// memory. The one way to slow such a writer is not to read the socket: its packets are dropped, and its congestion
// control follows. UDX reads in the event loop, so the loop stands still for a while, again and again, until the reader
// has caught up: never so long that the other side takes us for dead (13 s) or that Ctrl-C goes unheard (2 s).

/** Bytes that a stream may have received and not handed on before the brake takes hold. */
// BOUNDED: what arrives between two halts comes on top, about a socket's buffer.
export const MAX_BACKLOG = 24 * 1024 * 1024
/** The backlog is looked at this often. At 140 MB/s, as fast as was measured, it grows by 3.5 MB meanwhile. */
const LOOK_MILLIS: Millis = 25
const SHORTEST_HALT_MILLIS: Millis = 10
const LONGEST_HALT_MILLIS: Millis = 1_000

const NEVER = new Int32Array(new SharedArrayBuffer(4))

/** Holds the event loop up while the reader of this stream is far behind. */
export class Brake {
  readonly #stream: SecretStream
  readonly #halt: (millis: Millis) => void
  #timer: NodeJS.Timeout | undefined
  #paused = false
  #millis = SHORTEST_HALT_MILLIS
  #read = 0

  /** `halt`: makes the event loop stand still for so long. */
  constructor(stream: SecretStream, halt: (millis: Millis) => void = standStill) {
    this.#stream = stream
    this.#halt = halt
    stream.once('close', () => this.#release())
  }

  /** The stream is paused: whatever arrives now waits in memory, and nobody is told. */
  paused(): void {
    this.#paused = true
    if (!this.#stream.destroying) this.#timer ??= setInterval(() => this.#turn(), LOOK_MILLIS)
  }

  /** The stream is read again; the brake goes on until it has caught up. */
  resumed(): void {
    this.#paused = false
  }

  #turn(): void {
    const backlog = backlogOf(this.#stream)
    if (backlog === 0 && !this.#paused) this.#release()
    if (backlog <= MAX_BACKLOG) return
    const progress = this.#stream.rawBytesRead !== this.#read
    this.#read = this.#stream.rawBytesRead
    this.#millis = progress ? SHORTEST_HALT_MILLIS : Math.min(this.#millis * 2, LONGEST_HALT_MILLIS)
    this.#halt(this.#millis)
  }

  #release(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }
}

function standStill(millis: Millis): void {
  Atomics.wait(NEVER, 0, 0, millis)
}

// What has arrived below the stream and has not been taken off it yet; packets' own overhead is in it.
function backlogOf(stream: SecretStream): number {
  const received = stream.rawStream?.bytesReceived ?? 0
  const backlog = received - stream.rawBytesRead
  return backlog > received / 10 ? backlog : 0
}
