import { ID_BYTES, idFromBytes, type PeerKey, type Topic } from '../base/ids.js'
import { badLength } from './swarm-options.js'

/** A topic by its bytes. Throws BAD_TOPIC unless there are 32. */
export function checkedTopic(topic: Uint8Array): Topic {
  if (!isId(topic)) throw badLength('A topic')
  return idFromBytes<Topic>(topic)
}

/** The same bytes. Throws BAD_TOPIC unless there are 32. */
export function checkedKey(publicKey: Uint8Array): Uint8Array {
  if (!isId(publicKey)) throw badLength('A public key')
  return publicKey
}

/** A peer by the bytes of its key. Throws BAD_TOPIC unless there are 32. */
export function keyOf(publicKey: Uint8Array): PeerKey {
  return idFromBytes<PeerKey>(checkedKey(publicKey))
}

// JavaScript's callers hand over whatever they like.
function isId(bytes: unknown): boolean {
  return bytes instanceof Uint8Array && bytes.byteLength === ID_BYTES
}
