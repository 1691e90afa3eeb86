import b4a from 'b4a'
import { domain, hash } from '../../base/crypto.js'
import { idFromBytes, idToBytes, type PeerKey, type Topic } from '../../base/ids.js'
import type { Millis } from '../../base/time.js'
import { MAX_FRAME_BYTES } from '../../protocol/config.js'
import { decodeFrame } from '../../protocol/wire/frame-codec.js'
import type { Frame } from '../../protocol/wire/frames.js'
import { type Channel, type LinkStream, openChannel } from './channel.js'
import { HistoryLane } from './history-lane.js'
import { SendQueue } from './send-queue.js'
import { historyTurns } from './turns.js'

/** Name of the channel that rooms speak on; the version is the wire protocol's. */
const CHANNEL_PROTOCOL = 'swarmchat/2'
/**
 * Largest write on a stream, and so the largest read: the largest frame with what protomux adds, or
 * many small ones.
 */
export const MAX_WRITE_BYTES = MAX_FRAME_BYTES + 64
/**
 * A peer that took nothing for this long while its queue is crowded does not read. Guess: far over
 * any honest pause.
 */
export const STUCK_MILLIS: Millis = 20_000
/**
 * So long a closing link may take to flush its goodbye. Guess: one round trip around the world and
 * back.
 */
export const CLOSE_GRACE_MILLIS: Millis = 500

/** What a link tells its owner. After `onclose` it tells nothing more. */
export interface LinkHandlers {
  readonly onframe: (link: Link, frame: Frame) => void
  /** Bytes that are no frame, with a sentence about them. */
  readonly onbadframe: (link: Link, detail: string) => void
  /** The stream is closed, by whomever. Once. */
  readonly onclose: (link: Link) => void
  /** Bytes of a frame came, whether it can be read or not. */
  readonly onreceived?: (byteLength: number) => void
  /** Bytes of frames were handed to the stream. */
  readonly onsent?: (byteLength: number) => void
  /** The owner's monotonic clock. */
  readonly now: () => Millis
}

/**
 * One connection of one room: frames in, frames out, over one protomux channel. The channel's id is
 * a keyed hash over the handshake, so that somebody who does not know the topic cannot open it nor
 * learn the topic from it. Owns the stream: its errors end here.
 */
export class Link {
  readonly peer: PeerKey
  readonly handshakeHash: Uint8Array
  readonly initiator: boolean
  readonly #stream: LinkStream
  readonly #handlers: LinkHandlers
  readonly #channel: Channel | undefined
  readonly #queue = new SendQueue()
  readonly #history: HistoryLane
  #closed = false
  #grace: NodeJS.Timeout | undefined
  #flushing: NodeJS.Immediate | undefined
  /** When the stream took something last, or was given something after a pause. */
  #progressAt: Millis = 0

  constructor(stream: LinkStream, topic: Topic, handlers: LinkHandlers) {
    this.peer = idFromBytes<PeerKey>(stream.remotePublicKey)
    this.handshakeHash = stream.handshakeHash ?? b4a.alloc(64)
    this.initiator = stream.isInitiator
    this.#stream = stream
    this.#handlers = handlers
    this.#history = new HistoryLane(historyTurns, frame => handlers.onframe(this, frame))
    stream.on('error', () => {})
    stream.on('close', () => this.#onclose())
    this.#channel = openChannel(stream, {
      protocol: CHANNEL_PROTOCOL,
      id: channelId(topic, this.handshakeHash),
      onmessage: bytes => this.#onmessage(bytes),
      ondrain: () => this.#flush(),
      onclose: () => this.#stream.destroy()
    })
    if (this.#channel === undefined || stream.handshakeHash === null) this.destroy()
  }

  /**
   * Sends a frame. What is sent in one turn of the event loop leaves together. If the peer reads
   * slowly, frames that can be missed are dropped; if it does not read at all, the link is closed.
   * Throws a RangeError for a frame that breaks a cap.
   */
  send(frame: Frame): void {
    if (this.#closed || this.#channel === undefined) return
    const now = this.#handlers.now()
    if (this.#queue.bytes === 0) this.#progressAt = now
    const fits = this.#queue.push(frame)
    if (!fits || (this.#queue.crowded && now - this.#progressAt >= STUCK_MILLIS)) this.destroy()
    else this.#flushSoon()
  }

  /** Closes once what was sent has been flushed, or after 500 ms. */
  close(): void {
    this.#history.clear()
    if (this.#closed || this.#grace !== undefined) return
    this.#grace = setTimeout(() => this.destroy(), CLOSE_GRACE_MILLIS)
    this.#flushSoon()
  }

  /** Closes at once. */
  destroy(): void {
    this.#history.clear()
    this.#stream.destroy()
  }

  // What arrived together is answered together; and protomux holds back what is sent while it reads
  // a batch.
  #flushSoon(): void {
    this.#flushing ??= setImmediate(() => this.#flush())
  }

  #flush(): void {
    clearImmediate(this.#flushing)
    this.#flushing = undefined
    while (!this.#closed && this.#channel?.drained && this.#queue.bytes > 0) {
      this.#progressAt = this.#handlers.now()
      const frames = this.#queue.take(MAX_FRAME_BYTES)
      this.#channel.send(frames)
      this.#handlers.onsent?.(frames.reduce((sum, { byteLength }) => sum + byteLength, 0))
    }
    if (this.#grace !== undefined && this.#queue.bytes === 0) this.#stream.end()
  }

  #onmessage(bytes: Uint8Array): void {
    if (this.#closed || this.#grace !== undefined) return
    this.#handlers.onreceived?.(bytes.byteLength)
    if (bytes.byteLength > MAX_FRAME_BYTES) {
      this.#handlers.onbadframe(this, `a frame of ${bytes.byteLength} bytes`)
      return
    }
    const decoded = decodeFrame(bytes)
    if (decoded.ok) this.#history.take(decoded.frame, bytes.byteLength)
    else this.#handlers.onbadframe(this, decoded.detail)
  }

  #onclose(): void {
    if (this.#closed) return
    this.#closed = true
    clearTimeout(this.#grace)
    clearImmediate(this.#flushing)
    // What came before the end counts.
    this.#history.whenEmpty(() => this.#handlers.onclose(this))
  }
}

/** The channel id for a topic on this very connection. */
export function channelId(topic: Topic, handshakeHash: Uint8Array): Uint8Array {
  return hash([domain('channel'), handshakeHash], idToBytes(topic))
}
