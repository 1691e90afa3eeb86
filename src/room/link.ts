import b4a from 'b4a'
import { domain, hash } from '../base/crypto.js'
import { idFromBytes, idToBytes, type PeerKey, type Topic } from '../base/ids.js'
import type { Millis } from '../base/time.js'
import { MAX_FRAME_BYTES } from '../protocol/config.js'
import { decodeFrame, encodeFrame, type Frame } from '../protocol/wire/frames.js'
import { type Channel, type LinkStream, openChannel } from './channel.js'

/** Name of the channel that rooms speak on; the version is the wire protocol's. */
export const CHANNEL_PROTOCOL = 'swarmchat/1'
/** A peer that lets more than this many bytes pile up is closed: a slow reader must not cost us memory. Guess: 16 of the largest frames. */
export const MAX_QUEUED_BYTES = 1_048_576
/** Largest chunk of a stream that is looked at: a batch of frames. Guess. */
export const MAX_CHUNK_BYTES = 1_048_576
/** What is joined into one write goes out at this size. Guess: far under what a reader takes for a batch. */
export const MAX_BATCH_BYTES = 65_536
/** So long a closing link may take to flush its goodbye. Guess: one round trip around the world and back. */
export const CLOSE_GRACE_MILLIS: Millis = 500

/** What a link tells its owner. After `onclose` it tells nothing more. */
export interface LinkHandlers {
  readonly onframe: (link: Link, frame: Frame) => void
  /** Bytes that are no frame, with a sentence about them. */
  readonly onbadframe: (link: Link, detail: string) => void
  /** The stream is closed, by whomever. Once. */
  readonly onclose: (link: Link) => void
}

/**
 * One connection of one room: frames in, frames out, over one protomux channel. The channel's id is a keyed hash over
 * the handshake, so that somebody who does not know the topic cannot open it nor learn the topic from it. Owns the
 * stream: its errors end here.
 */
export class Link {
  readonly peer: PeerKey
  readonly handshakeHash: Uint8Array
  readonly initiator: boolean
  readonly #stream: LinkStream
  readonly #handlers: LinkHandlers
  readonly #channel: Channel | undefined
  #closed = false
  #grace: NodeJS.Timeout | undefined
  /** Bytes since the cork; undefined where there is none. */
  #batched: number | undefined
  #handed = 0
  #writtenBefore = 0

  constructor(stream: LinkStream, topic: Topic, handlers: LinkHandlers) {
    this.peer = idFromBytes<PeerKey>(stream.remotePublicKey)
    this.handshakeHash = stream.handshakeHash ?? b4a.alloc(64)
    this.initiator = stream.isInitiator
    this.#stream = stream
    this.#handlers = handlers
    stream.on('error', () => {})
    stream.on('close', () => this.#onclose())
    stream.on('data', chunk => this.#refuseHugeChunk(chunk))
    this.#channel = openChannel(stream, {
      protocol: CHANNEL_PROTOCOL,
      id: channelId(topic, this.handshakeHash),
      onmessage: bytes => this.#onmessage(bytes),
      onclose: () => this.destroy()
    })
    if (this.#channel === undefined || stream.handshakeHash === null) this.destroy()
  }

  /** Between cork and uncork, frames are joined into one write of up to 64 KiB and a frame. */
  cork(): void {
    this.#batched = 0
    this.#channel?.cork()
  }

  uncork(): void {
    this.#batched = undefined
    if (this.#closed) return
    this.#channel?.uncork()
    this.#refuseSlowReader()
  }

  send(frame: Frame): void {
    if (this.#closed || this.#channel === undefined) return
    if (this.#channel.drained) this.#startCounting()
    const bytes = encodeFrame(frame)
    this.#handed += bytes.byteLength
    this.#channel.send(bytes)
    if (this.#batched !== undefined) this.#limitBatch(this.#batched + bytes.byteLength)
  }

  #limitBatch(bytes: number): void {
    this.#batched = bytes
    if (bytes <= MAX_BATCH_BYTES) return
    this.uncork()
    this.cork()
  }

  /** Closes once what was sent has been flushed, or after 500 ms. */
  close(): void {
    if (this.#closed || this.#grace !== undefined) return
    // protomux holds answers back until it is through with the batch that it reads.
    setImmediate(() => this.#stream.end())
    this.#grace = setTimeout(() => this.destroy(), CLOSE_GRACE_MILLIS)
  }

  /** Closes at once. */
  destroy(): void {
    this.#stream.destroy()
  }

  #onmessage(bytes: Uint8Array): void {
    if (this.#closed || this.#grace !== undefined) return
    if (bytes.byteLength > MAX_FRAME_BYTES) {
      this.#handlers.onbadframe(this, `a frame of ${bytes.byteLength} bytes`)
      return
    }
    const decoded = decodeFrame(bytes)
    if (decoded.ok) this.#handlers.onframe(this, decoded.frame)
    else this.#handlers.onbadframe(this, decoded.detail)
  }

  #onclose(): void {
    if (this.#closed) return
    this.#closed = true
    clearTimeout(this.#grace)
    this.#handlers.onclose(this)
  }

  #refuseHugeChunk(chunk: Uint8Array): void {
    if (chunk.byteLength > MAX_CHUNK_BYTES) this.destroy()
  }

  // Written bytes carry overhead that handed ones do not, so the count starts anew whenever nothing is queued.
  #startCounting(): void {
    this.#handed = 0
    this.#writtenBefore = this.#stream.rawBytesWritten
  }

  // BOUNDED: what is queued for one peer, at MAX_QUEUED_BYTES and one turn's frames.
  #refuseSlowReader(): void {
    const written = this.#stream.rawBytesWritten - this.#writtenBefore
    if (this.#handed - written > MAX_QUEUED_BYTES) this.destroy()
  }
}

/** The channel id for a topic on this very connection. */
export function channelId(topic: Topic, handshakeHash: Uint8Array): Uint8Array {
  return hash([domain('channel'), handshakeHash], idToBytes(topic))
}
