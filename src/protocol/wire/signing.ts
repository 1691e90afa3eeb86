import b4a from 'b4a'
import { domain, hash, sign, verify } from '../../base/crypto.js'
import { ID_BYTES, idFromBytes, idToBytes, type MessageId, type Topic } from '../../base/ids.js'
import { Recent } from '../../base/recent.js'
import type { Cut } from './layout.js'

/** What the signatures and ids of one room begin with. */
interface Prefixes {
  readonly signing: Uint8Array
  readonly id: Uint8Array
}

const SIGNING_DOMAIN = domain('message')
const ID_DOMAIN = domain('id')
/** Guess: more rooms than one program is in. */
const MAX_PREFIXES = 64
// Of one message, until it is spelled.
const idBytes = b4a.alloc(ID_BYTES)
// BOUNDED: MAX_PREFIXES. They follow from the topic: made once, and not for every message.
const prefixes = new Recent<Topic, Prefixes>(MAX_PREFIXES)

/** The hash of a sealed body: what stands for it in signature and id. */
export function bodyHashOf(sealedBody: Uint8Array): Uint8Array {
  return hash([sealedBody], undefined, b4a.allocUnsafe(ID_BYTES))
}

/** The author's signature of a message of this head and sealed body. */
export function signMessage(
  head: Uint8Array,
  bodyHash: Uint8Array,
  topic: Topic,
  secretKey: Uint8Array
): Uint8Array {
  return sign(signedBytes(head, bodyHash, topic), secretKey)
}

/** True if the signature is that author's. About 50 µs. */
export function isSigned(
  { head, signature }: Cut,
  bodyHash: Uint8Array,
  topic: Topic,
  author: Uint8Array
): boolean {
  return verify(signedBytes(head, bodyHash, topic), signature, author)
}

/** What a message is called. */
export function idOf(
  { head, signature }: Omit<Cut, 'rest'>,
  bodyHash: Uint8Array,
  topic: Topic
): MessageId {
  return idFromBytes(hash([prefixesOf(topic).id, head, bodyHash, signature], undefined, idBytes))
}

function signedBytes(head: Uint8Array, bodyHash: Uint8Array, topic: Topic): Uint8Array {
  return b4a.concat([prefixesOf(topic).signing, head, bodyHash])
}

function prefixesOf(topic: Topic): Prefixes {
  const known = prefixes.get(topic)
  if (known !== undefined) return known
  const bytes = idToBytes(topic)
  const [signing, id] = [b4a.concat([SIGNING_DOMAIN, bytes]), b4a.concat([ID_DOMAIN, bytes])]
  prefixes.set(topic, { signing, id })
  return { signing, id }
}
