// The streams of hyperdht, which ships no types: written from its source (6.34), for what we use.

/** The listener half of an EventEmitter, of Node's or of streamx's, with the events named. */
export interface Emits<Events extends Record<string, unknown[]>> {
  on<E extends keyof Events>(event: E, listener: (...args: Events[E]) => void): this
  once<E extends keyof Events>(event: E, listener: (...args: Events[E]) => void): this
  off<E extends keyof Events>(event: E, listener: (...args: Events[E]) => void): this
}

/** What every streamx stream emits. */
type StreamEvents = {
  data: [chunk: Buffer]
  end: []
  finish: []
  drain: []
  error: [error: Error]
  close: []
}

/** The UDX stream below a secret stream: reliable and ordered, not encrypted. */
export interface RawStream extends Emits<StreamEvents & { connect: []; message: [Buffer] }> {
  readonly connected: boolean
  readonly remoteHost: string | null
  readonly remotePort: number
  /** Smoothed round trip in milliseconds. */
  readonly rtt: number
  readonly bytesReceived: number
  readonly bytesTransmitted: number
  readonly destroyed: boolean
  /** Acknowledgements included. */
  readonly packetsReceived: number
  destroy(error?: Error | null): void
}

/**
 * A connection: a streamx Duplex, end-to-end encrypted (Noise IK). Keeps message boundaries: one write is one 'data'
 * of at most 16 MiB - 1. An 'error' that nobody listens for ends the process.
 *
 * 'connect' (and `opened`) on the dialling side is not proof that the other side sees it too (FACTS.md).
 */
export interface SecretStream
  extends Emits<
    StreamEvents & { connect: []; handshake: []; readable: []; message: [datagram: Buffer] }
  > {
  /** Our end's key. */
  readonly publicKey: Buffer
  readonly remotePublicKey: Buffer
  /** 64 bytes, equal on both sides and new for every connection; null until 'connect'. */
  readonly handshakeHash: Buffer | null
  /** True on the side that dialled. */
  readonly isInitiator: boolean
  /** Null until the connection is made. */
  readonly rawStream: RawStream | null
  /** True once connected, false where the stream was destroyed first. Never rejects. */
  readonly opened: Promise<boolean>
  readonly connected: boolean
  readonly destroying: boolean
  readonly destroyed: boolean
  /** Encrypted bytes of messages so far. */
  readonly rawBytesRead: number
  readonly rawBytesWritten: number
  /** Milliseconds between empty messages on an idle connection; 0: none. hyperdht sets 5000. */
  readonly keepAlive: number
  /** Free for whoever owns the stream. */
  userData: unknown
  /** False where the caller should wait for 'drain'. */
  write(data: Uint8Array | string): boolean
  /**
   * Half-closes: what was written arrives, the other side sees 'end' and may go on writing. 'close' comes when both have
   * ended, and too early to destroy the node: `rawStream` may still be sending, its 'close' comes when all has arrived.
   */
  end(data?: Uint8Array | string): this
  destroy(error?: Error | null): void
  pause(): this
  resume(): this
  /** One message, or null if none waits: for whoever listens for 'readable' instead of 'data'. */
  read(): Buffer | null
  /** Puts a message back, to be read next. */
  unshift(data: Buffer): void
  pipe<T>(destination: T, callback?: (error?: Error | null) => void): T
  /** True when what was written has been acknowledged by the other side, false where the stream ended first. */
  flush(): Promise<boolean>
  setKeepAlive(milliseconds: number): void
  sendKeepAlive(): void
  /** Destroys the stream after this many milliseconds without a byte from the other side; 0: never. */
  setTimeout(milliseconds: number): void
  /** Sends a datagram beside the stream, encrypted: it may get lost. The other side sees 'message'. */
  trySend(datagram: Uint8Array): void
  /** A buffer that `write` encrypts in place, which spares a copy. */
  alloc(bytes: number): Buffer
  [Symbol.asyncIterator](): AsyncIterator<Buffer>
}

/** How a connection's encrypted stream is made; the options are hyperdht's own. */
export type CreateSecretStream = (
  isInitiator: boolean,
  rawStream: RawStream | null,
  options: object
) => SecretStream
