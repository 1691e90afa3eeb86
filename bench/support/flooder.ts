import { randomBytes } from 'node:crypto'
import b4a from 'b4a'
import { domain, hash, type KeyPair, sign, verify } from '../../src/base/crypto.js'

const NONCE_BYTES = 8
const AUTHOR_BYTES = 32
const HEAD_BYTES = AUTHOR_BYTES + 64
const SIGNING = domain('bench')

/** What a flood needs of a connection. */
export interface FloodStream {
  on(event: 'data', listener: (bytes: Uint8Array) => void): unknown
  on(event: 'error' | 'close', listener: () => void): unknown
  write(bytes: Uint8Array): unknown
}

/**
 * The simplest signed chat over a full mesh: an author writes its message to everybody; who gets one for the first time
 * verifies it. Nobody passes anything on, for everybody has a connection to the author: with that, every delivery would
 * cost as many copies as there are members.
 */
export class Flooder {
  readonly tally = { delivered: 0, copies: 0, uploads: 0 }
  readonly #keyPair: KeyPair
  readonly #ondelivered: (text: string) => void
  readonly #streams = new Set<FloodStream>()
  readonly #seen = new Set<string>()

  /** `ondelivered`: somebody else's line arrived for the first time. */
  constructor(keyPair: KeyPair, ondelivered: (text: string) => void) {
    this.#keyPair = keyPair
    this.#ondelivered = ondelivered
  }

  /** Takes over a connection. */
  attach(stream: FloodStream): void {
    this.#streams.add(stream)
    stream.on('error', () => {})
    stream.on('close', () => this.#streams.delete(stream))
    stream.on('data', bytes => this.#receive(bytes))
  }

  say(text: string): void {
    const body = b4a.concat([randomBytes(NONCE_BYTES), b4a.from(text)])
    const signature = sign(b4a.concat([SIGNING, body]), this.#keyPair.secretKey)
    const message = b4a.concat([this.#keyPair.publicKey, signature, body])
    this.#seen.add(idOf(message))
    for (const stream of this.#streams) stream.write(message)
    this.tally.uploads += this.#streams.size
  }

  #receive(message: Uint8Array): void {
    this.tally.copies++
    const id = idOf(message)
    if (this.#seen.has(id)) return
    const author = message.subarray(0, AUTHOR_BYTES)
    const body = message.subarray(HEAD_BYTES)
    const signature = message.subarray(AUTHOR_BYTES, HEAD_BYTES)
    if (!verify(b4a.concat([SIGNING, body]), signature, author)) return
    this.#seen.add(id)
    this.tally.delivered++
    this.#ondelivered(b4a.toString(body.subarray(NONCE_BYTES)))
  }
}

function idOf(message: Uint8Array): string {
  return b4a.toString(hash([message]), 'hex')
}
