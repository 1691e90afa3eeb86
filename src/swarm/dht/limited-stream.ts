import NoiseSecretStream from '@hyperswarm/secret-stream'
import { SwarmchatError } from '../../base/errors.js'
import type { CreateSecretStream, RawStream, SecretStream } from './stream-types.js'

/** What the encryption adds to each message, and the length of the first, which only sets it up. */
const SEAL_BYTES = 17
const SETUP_BYTES = 56
/** Bytes of the length before each message, least significant first. */
const LENGTH_BYTES = 3

/** MESSAGE_TOO_LONG: the other side announced a longer message than we take. */
const messageTooLong = () =>
  new SwarmchatError('MESSAGE_TOO_LONG', 'The other side announced a message that is too long.', {
    hint: 'It runs another program, or means no good.',
    exitCode: 1
  })

/**
 * Follows the lengths in a raw stream: each message is three bytes of length, and as many bytes as
 * they say.
 */
export class MessageLengths {
  readonly #max: number
  #length = 0
  /** Bytes of the length that were read, and bytes of the message that are yet to come. */
  #read = 0
  #left = 0

  /** `max`: the longest message, in bytes. */
  constructor(max: number) {
    this.#max = max
  }

  /**
   * Takes the next bytes. False as soon as a message is announced that is too long: then nothing
   * more is to be read.
   */
  admit(bytes: Uint8Array): boolean {
    for (let at = 0; at < bytes.byteLength; ) {
      const skipped = Math.min(this.#left, bytes.byteLength - at)
      this.#left -= skipped
      at += skipped
      if (skipped === 0 && !this.#readLength(bytes[at++] ?? 0)) return false
    }
    return true
  }

  #readLength(byte: number): boolean {
    this.#length += byte * 256 ** this.#read
    this.#read += 1
    if (this.#read < LENGTH_BYTES) return true
    this.#left = this.#length
    this.#length = 0
    this.#read = 0
    return this.#left <= this.#max
  }
}

// `_onrawdata` is a private part of the secret stream, which has no other place before it makes
// room for a message.
interface StreamInside extends SecretStream {
  _onrawdata(bytes: Uint8Array): void
}
const Typed = NoiseSecretStream as unknown as new (
  ...options: Parameters<CreateSecretStream>
) => StreamInside

class LimitedStream extends Typed {
  readonly #lengths: MessageLengths

  constructor(maxBytes: number, ...options: Parameters<CreateSecretStream>) {
    super(...options)
    this.#lengths = new MessageLengths(Math.max(maxBytes + SEAL_BYTES, SETUP_BYTES))
  }

  override _onrawdata(bytes: Uint8Array): void {
    if (this.destroying) return
    if (this.#lengths.admit(bytes)) super._onrawdata(bytes)
    else this.destroy(messageTooLong())
  }
}

/**
 * Makes hyperdht's streams, but ones that end as soon as a longer message is announced than this
 * many bytes, before and after their handshake. By itself a stream sets room aside for 16 MiB,
 * whoever is at its other end.
 */
export function limitedStreams(maxBytes: number): CreateSecretStream {
  return (isInitiator: boolean, rawStream: RawStream | null, options: object) =>
    new LimitedStream(maxBytes, isInitiator, rawStream, options)
}
