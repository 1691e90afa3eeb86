import { randomBytes } from 'node:crypto'
import { Duplex } from 'node:stream'
import type { LinkStream } from '../../src/room/driver/channel.js'
import type { FloodStream } from './flooder.js'

/** What both kinds of chat need of a stream. */
export type ChatStream = LinkStream & FloodStream

/**
 * One end of a stream in memory: what is written here is read at the other end, in the next turn of the event loop. A write takes so many
 * milliseconds, and 0 no time at all.
 */
class MemoryStream extends Duplex {
  readonly remotePublicKey: Uint8Array
  readonly handshakeHash: Uint8Array
  readonly isInitiator: boolean
  /** For protomux. */
  userData: unknown = null
  other: MemoryStream | undefined
  readonly #writeMillis: number

  constructor(
    remotePublicKey: Uint8Array,
    handshakeHash: Uint8Array,
    isInitiator: boolean,
    writeMillis: number
  ) {
    super()
    this.#writeMillis = writeMillis
    this.remotePublicKey = remotePublicKey
    this.handshakeHash = handshakeHash
    this.isInitiator = isInitiator
  }

  override _read(): void {}

  override _write(bytes: Uint8Array, _: BufferEncoding, done: () => void): void {
    setImmediate(() => this.other?.push(bytes))
    if (this.#writeMillis === 0) done()
    else setTimeout(done, this.#writeMillis)
  }
}

/** Two ends, of these keys: the dialler's, and the listener's. */
export function memoryStreams(
  dialler: Uint8Array,
  listener: Uint8Array,
  writeMillis = 0
): [ChatStream, ChatStream] {
  const handshakeHash = randomBytes(64)
  const ours = new MemoryStream(listener, handshakeHash, true, writeMillis)
  const theirs = new MemoryStream(dialler, handshakeHash, false, writeMillis)
  ours.other = theirs
  theirs.other = ours
  return [ours, theirs] as unknown as [ChatStream, ChatStream]
}
