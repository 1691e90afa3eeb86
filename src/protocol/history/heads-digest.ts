import { idToBytes, type MessageId } from '../../base/ids.js'
import { HEADS_DIGEST_BYTES } from '../config.js'
import { addId, fingerprintOf, SUM_WORDS } from './negentropy/fingerprint.js'

/** The same for the same heads, in whatever order: the first 8 bytes of Negentropy's fingerprint of their ids. */
export function headsDigest(heads: Iterable<{ readonly id: MessageId }>): Uint8Array {
  const sum = new Uint32Array(SUM_WORDS)
  let count = 0
  for (const { id } of heads) {
    const { buffer, byteLength, byteOffset } = idToBytes(id)
    addId(sum, new DataView(buffer, byteOffset, byteLength), 0)
    count += 1
  }
  return fingerprintOf(sum, count).subarray(0, HEADS_DIGEST_BYTES)
}
