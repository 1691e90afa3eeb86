import encodings from 'compact-encoding'
import Protomux from 'protomux'
import type { SecretStream } from '../swarm/dht/hyperdht.js'

// The one typed facade of protomux and compact-encoding.

/** What a link needs of a connection. */
export type LinkStream = Pick<
  SecretStream,
  'remotePublicKey' | 'handshakeHash' | 'isInitiator' | 'rawBytesWritten' | 'on' | 'end' | 'destroy'
>

/** One raw channel over a stream. */
export interface Channel {
  /** True while the stream takes writes without queueing them. */
  readonly drained: boolean
  /** Sends one message; between cork and uncork messages leave in one write. */
  send(bytes: Uint8Array): void
  cork(): void
  uncork(): void
  close(): void
}

/** A channel's name and what to do with what happens on it. */
export interface ChannelOptions {
  readonly protocol: string
  readonly id: Uint8Array
  readonly onmessage: (bytes: Uint8Array) => void
  /** The other side refused, closed, or went away. */
  readonly onclose: () => void
}

interface RawMessage {
  send(bytes: Uint8Array): boolean
}
interface RawChannel extends Omit<Channel, 'send'> {
  addMessage(options: object): RawMessage
  open(): void
}
interface RawMux {
  createChannel(options: object): RawChannel | null
}

/** Opens the channel on this stream; undefined where the stream is closed or has one of that name already. */
export function openChannel(stream: LinkStream, options: ChannelOptions): Channel | undefined {
  const { protocol, id, onclose, onmessage } = options
  const mux: RawMux = Protomux.from(stream)
  const channel = mux.createChannel({ protocol, id, onclose })
  if (channel === null) return undefined
  const message = channel.addMessage({ encoding: encodings.raw, onmessage })
  channel.open()
  return {
    get drained() {
      return channel.drained
    },
    send: bytes => void message.send(bytes),
    cork: () => channel.cork(),
    uncork: () => channel.uncork(),
    close: () => channel.close()
  }
}
