import b4a from 'b4a'
import { CIPHER_NONCE_BYTES, domain, hash, openSecret, sealSecret } from '../../base/crypto.js'
import { type IdentityKey, idToBytes } from '../../base/ids.js'
import { Recent } from '../../base/recent.js'
import { MAX_DEVICES } from '../config.js'
import type { BodyCipher, MessageRoom } from '../wire/message.js'
import { topicOf } from './room-secret.js'

const BODY_DOMAIN = domain('body')
const NONCE_DOMAIN = domain('nonce')

/**
 * Seals bodies with XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha-03). Key: `H(roomSecret, domain("body") || author)`; nonce:
 * the first 24 bytes of `H(domain("nonce") || head)`; additional data: the head. So a body opens under its own head only, and
 * whoever has no room secret (a disk, a relay, a keeper) can verify everything and read nothing.
 */
export class RoomCipher implements BodyCipher {
  readonly #roomSecret: Uint8Array
  // BOUNDED: MAX_DEVICES, who has not written for longest goes first.
  readonly #keys = new Recent<IdentityKey, Uint8Array>(MAX_DEVICES)

  constructor(roomSecret: Uint8Array) {
    this.#roomSecret = roomSecret
  }

  seal(head: Uint8Array, author: IdentityKey, body: Uint8Array): Uint8Array {
    return sealSecret(body, head, nonceOf(head), this.#keyOf(author))
  }

  open(head: Uint8Array, author: IdentityKey, sealedBody: Uint8Array): Uint8Array | undefined {
    return openSecret(sealedBody, head, nonceOf(head), this.#keyOf(author))
  }

  #keyOf(author: IdentityKey): Uint8Array {
    const known = this.#keys.get(author)
    if (known !== undefined) return known
    const key = hash([BODY_DOMAIN, idToBytes(author)], this.#roomSecret)
    this.#keys.set(author, key)
    return key
  }
}

/** The room of this secret, as its members have it: they read and write there. */
export function messageRoom(roomSecret: Uint8Array): MessageRoom & { cipher: BodyCipher } {
  return { topic: topicOf(roomSecret), cipher: new RoomCipher(roomSecret) }
}

// Of one message, for as long as it is sealed or opened.
const nonceHash = b4a.alloc(32)
const nonce = nonceHash.subarray(0, CIPHER_NONCE_BYTES)

function nonceOf(head: Uint8Array): Uint8Array {
  hash([NONCE_DOMAIN, head], undefined, nonceHash)
  return nonce
}
