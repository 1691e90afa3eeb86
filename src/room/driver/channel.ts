import encodings from 'compact-encoding'
import Protomux from 'protomux'
import type { SecretStream } from '../../swarm/dht/stream-types.js'

// The one typed facade of protomux and compact-encoding.

/** What a link needs of a connection. */
export type LinkStream = Pick<
  SecretStream,
  'remotePublicKey' | 'handshakeHash' | 'isInitiator' | 'on' | 'end' | 'destroy'
>

/** One raw channel over a stream. */
export interface Channel {
  /** True while the stream takes writes without queueing them. */
  readonly drained: boolean
  /**
   * Sends these messages in one write. Not from within `onmessage`: what is sent there is joined
   * with more.
   */
  send(messages: readonly Uint8Array[]): void
}

/** A channel's name and what to do with what happens on it. */
export interface ChannelOptions {
  readonly protocol: string
  readonly id: Uint8Array
  readonly onmessage: (bytes: Uint8Array) => void
  /** The stream takes writes again. */
  readonly ondrain: () => void
  /** The other side refused, closed, or went away. */
  readonly onclose: () => void
}

interface RawMessage {
  send(bytes: Uint8Array): boolean
}
interface RawChannel {
  readonly drained: boolean
  addMessage(options: object): RawMessage
  open(): void
  cork(): void
  uncork(): void
}
interface RawMux {
  createChannel(options: object): RawChannel | null
}

/**
 * Opens the channel on this stream; undefined if the stream is closed or has one of that name
 * already.
 */
export function openChannel(stream: LinkStream, options: ChannelOptions): Channel | undefined {
  const { id, onclose, ondrain, onmessage, protocol } = options
  const mux: RawMux = Protomux.from(stream)
  const channel = mux.createChannel({ protocol, id, ondrain, onclose })
  if (channel === null) return undefined
  const message = channel.addMessage({ encoding: encodings.raw, onmessage })
  channel.open()
  return {
    get drained() {
      return channel.drained
    },
    send: messages => {
      const [first] = messages
      // A batch costs two more buffers, and some bytes, on either side.
      if (messages.length === 1 && first !== undefined) {
        message.send(first)
        return
      }
      channel.cork()
      for (const bytes of messages) message.send(bytes)
      channel.uncork()
    }
  }
}
