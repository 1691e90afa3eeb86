import type { Writable } from 'node:stream'
import { sleep } from '../async/sleep.js'
import { codeOf, type SwarmchatError } from '../base/errors.js'
import { explainDhtError } from '../swarm/dht/dht-errors.js'
import type { RawStream, SecretStream } from '../swarm/dht/stream-types.js'
import { Brake } from './brake.js'
import { ReadReports, WriteWindow } from './flow.js'

/** Takes what arrived; false: wait for `drained`. `done` is called when the bytes are out of our hands. */
export interface Outlet {
  write(chunk: Buffer, done: () => void): boolean
  /** Resolves when it takes more. */
  drained(): Promise<void>
}

// BOUNDED: bytes that wait in a stream of ours, or for our output; enough that neither runs dry between two turns of the
// event loop, as they may at 16 KiB, the streams' own mark. Guess. Less than pieces.ts keeps a piece good for.
const MAX_QUEUED = 256 * 1024

/** Bytes in one message: the most that UDX hands on without copying it together (a message may hold 16 MiB). */
const MAX_CHUNK = 64 * 1024

/** Milliseconds that the other side has to acknowledge our end. */
const LAST_BYTES_TIME = 1000

const brokenOff = () =>
  explainDhtError(Object.assign(new Error('closed before its end'), { code: 'ECONNRESET' }))

/**
 * One confirmed connection of a pipe: raw bytes both ways, with back-pressure both ways, each direction ending on its
 * own.
 */
export class PipeLink {
  readonly stream: SecretStream
  /** Resolves when the other side has ended and all of its bytes are out of our hands. Never rejects. */
  readonly received: Promise<void>
  /** Resolves when the connection is closed: undefined where both sides had ended, the reason otherwise. */
  readonly closed: Promise<SwarmchatError | undefined>
  readonly #window: WriteWindow
  #queued = 0
  #ended = false
  #arrived = false
  #remoteEnded = false
  #failure: unknown

  constructor(stream: SecretStream, outlet: Outlet) {
    this.stream = stream
    this.#window = new WriteWindow(stream)
    stream.on('error', error => {
      this.#failure = error
    })
    this.received = receive(stream, outlet)
    this.closed = this.#close()
  }

  /** Resolves when there is room for more, or the connection is closed. One call at a time. */
  async write(bytes: Buffer): Promise<void> {
    for (let at = 0; at < bytes.length; at += MAX_CHUNK) {
      await this.#writeChunk(bytes.subarray(at, at + MAX_CHUNK))
    }
  }

  async #writeChunk(chunk: Buffer): Promise<void> {
    if (this.stream.destroying || this.#ended) return
    this.#queued = this.stream.write(chunk) ? 0 : this.#queued + chunk.length
    if (this.#queued >= MAX_QUEUED) await drained(this.stream)
    await this.#window.sent(chunk.length, () => this.stream.destroying)
  }

  /** Ends our direction, once all of it has arrived. */
  end(): void {
    if (!this.#ended) void this.#finish()
    this.#ended = true
  }

  /** Leaves now: what was written may still arrive, what the other side sends does not. */
  leave(): void {
    this.#ended = true
    void this.stream.flush().then(() => this.stream.destroy())
  }

  async #finish(): Promise<void> {
    this.#arrived = await this.stream.flush()
    if (this.#arrived) this.stream.end()
  }

  async #close(): Promise<SwarmchatError | undefined> {
    this.stream.once('end', () => {
      this.#remoteEnded = true
    })
    await closed(this.stream)
    if (this.#arrived) await settled(this.stream.rawStream)
    if (this.#arrived && (this.#remoteEnded || this.#closedPlainly())) return undefined
    return this.#failure === undefined ? brokenOff() : explainDhtError(this.#failure)
  }

  // A plain hyperdht program that ends after us often ends its process with that; one of ours waits until we know.
  #closedPlainly(): boolean {
    return codeOf(this.#failure) === 'ECONNRESET' && !this.#window.heard
  }
}

function receive(stream: SecretStream, outlet: Outlet): Promise<void> {
  const reports = new ReadReports(stream)
  const brake = new Brake(stream)
  return new Promise(resolve => {
    let held = 0 // chunks
    let ended = false
    const finish = () => held === 0 && ended && resolve()
    stream.on('data', chunk => {
      held += 1
      const done = () => {
        held -= 1
        reports.read(chunk.length)
        finish()
      }
      if (!outlet.write(chunk, done)) hold(stream, outlet, brake)
    })
    const end = () => {
      ended = true
      finish()
    }
    stream.once('end', end)
    stream.once('close', end)
  })
}

function hold(stream: SecretStream, outlet: Outlet, brake: Brake): void {
  stream.pause()
  brake.paused()
  void outlet.drained().then(() => {
    brake.resumed()
    stream.resume()
  })
}

function drained(stream: SecretStream): Promise<void> {
  return new Promise(resolve => {
    const done = () => {
      stream.off('drain', done)
      stream.off('close', done)
      resolve()
    }
    stream.once('drain', done)
    stream.once('close', done)
  })
}

interface Closable {
  readonly destroyed: boolean
  once(event: 'close', listener: () => void): unknown
}

/** Resolves when the stream is closed, also if it was before. */
export function closed(stream: Closable): Promise<void> {
  return new Promise(resolve => {
    if (stream.destroyed) resolve()
    else stream.once('close', () => resolve())
  })
}

// The secret stream is closed before its last bytes have arrived.
async function settled(raw: RawStream | null): Promise<void> {
  const enough = new AbortController()
  if (raw !== null) await Promise.race([closed(raw), sleep(LAST_BYTES_TIME, enough.signal)])
  enough.abort()
}

/** An outlet that writes to one of Node's streams. */
export function outletTo(output: Writable): Outlet {
  const waiting: (() => void)[] = [] // BOUNDED: one for each connection
  const wrote = () => {
    if (output.writableLength > MAX_QUEUED / 2) return
    for (const wake of waiting.splice(0)) wake()
  }
  return {
    write: (chunk, done) => {
      output.write(chunk, () => {
        done()
        wrote()
      })
      return output.writableLength < MAX_QUEUED
    },
    drained: () => new Promise(resolve => waiting.push(resolve))
  }
}
