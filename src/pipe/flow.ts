import type { SecretStream } from '../swarm/dht/stream-types.js'

// UDX has no receive window that its JavaScript binding sets: a paused stream goes on receiving, into memory (measured:
// 140 MB/s). So whoever reads tells the other side, in datagrams beside the stream, how many bytes it is done with;
// whoever writes and hears that keeps a window ahead of it. Programs that know nothing of it, do not see it: to them the
// stream holds the raw bytes and nothing else.

/** Bytes that may be under way to a reader that reports. Also what such a reader may have to hold. */
export const WINDOW = 8 * 1024 * 1024
/** A report goes out for so many bytes. */
const REPORT_EVERY = 256 * 1024
// Reports get lost, and the first may come too early to be heard; the last one is said again after so many milliseconds,
// then after twice as many, and so on.
const FIRST_REPEAT = 20
const LAST_REPEAT = 5000

const MAGIC = Buffer.from('swarmchat-read/1')

/** Tells the other side what we have read. */
export class ReadReports {
  readonly #stream: SecretStream
  #done = 0
  #told = -1
  #repeat = FIRST_REPEAT
  #timer: NodeJS.Timeout | undefined

  constructor(stream: SecretStream) {
    this.#stream = stream
    stream.once('close', () => clearTimeout(this.#timer))
    this.#tell()
  }

  /** So many bytes more have left our hands. */
  read(bytes: number): void {
    this.#done += bytes
    if (this.#done - this.#told >= REPORT_EVERY) this.#tell()
  }

  #tell(): void {
    this.#repeat =
      this.#done === this.#told ? Math.min(this.#repeat * 2, LAST_REPEAT) : FIRST_REPEAT
    this.#told = this.#done
    if (!this.#stream.destroying) this.#stream.trySend(report(this.#done))
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#tell(), this.#repeat).unref()
  }
}

/** Keeps a writer within the window of a reader that reports; a reader that never does holds nobody up. */
export class WriteWindow {
  #sent = 0
  #read: number | undefined
  #wake: (() => void) | undefined

  constructor(stream: SecretStream) {
    stream.on('message', datagram => this.#hear(datagram))
    stream.once('close', () => this.#open())
  }

  /** True where the other side reports: it is one of ours. */
  get heard(): boolean {
    return this.#read !== undefined
  }

  /** Resolves when the bytes just written fit the window, or the stream is closed. One caller at a time. */
  async sent(bytes: number, closed: () => boolean): Promise<void> {
    this.#sent += bytes
    while (this.#full() && !closed()) {
      await new Promise<void>(resolve => {
        this.#wake = resolve
      })
    }
  }

  #full(): boolean {
    return this.#read !== undefined && this.#sent - this.#read > WINDOW
  }

  #hear(datagram: Buffer): void {
    const read = parseReport(datagram)
    if (read === undefined || read > this.#sent) return
    this.#read = Math.max(this.#read ?? 0, read)
    if (!this.#full()) this.#open()
  }

  #open(): void {
    this.#wake?.()
    this.#wake = undefined
  }
}

function report(bytes: number): Buffer {
  const datagram = Buffer.alloc(MAGIC.length + 8, MAGIC)
  datagram.writeBigUInt64LE(BigInt(bytes), MAGIC.length)
  return datagram
}

function parseReport(datagram: Buffer): number | undefined {
  if (datagram.length !== MAGIC.length + 8 || datagram.indexOf(MAGIC) !== 0) return undefined
  return Number(datagram.readBigUInt64LE(MAGIC.length))
}
