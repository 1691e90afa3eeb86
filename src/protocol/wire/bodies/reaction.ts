import type { MessageId } from '../../../base/ids.js'
import { MAX_SIGN_BYTES } from '../../config.js'
import { ByteReader, ByteWriter } from '../bytes.js'
import { decodeText, encodeText } from '../text.js'

/** The body of a reaction, kind 5: a sign put to a line. Of one author and sign the newest counts. */
export interface ReactionBody {
  readonly target: MessageId
  /** True: the sign is taken away again. */
  readonly removed: boolean
  /** 1 to 48 bytes of UTF-8: an emoji as a rule. */
  readonly sign: string
}

const REMOVED = 1

/** RangeError for a sign that is empty or too long: a bug of ours. */
export function encodeReactionBody({ removed, sign, target }: ReactionBody): Uint8Array {
  const bytes = encodeText(sign)
  if (!fits(bytes)) throw new RangeError('a sign has 1 to 48 bytes')
  return new ByteWriter()
    .id(target)
    .uint8(removed ? REMOVED : 0)
    .bytes(bytes)
    .finish()
}

/** Undefined for what is no reaction. Flags that a later version may add are passed over. */
export function decodeReactionBody(body: Uint8Array): ReactionBody | undefined {
  const reader = new ByteReader(body)
  const target = reader.id<MessageId>()
  const removed = (reader.uint8() & REMOVED) !== 0
  const bytes = reader.rest()
  const sign = fits(bytes) ? decodeText(bytes) : undefined
  if (reader.failed || target === undefined || sign === undefined) return undefined
  return { target, removed, sign }
}

function fits({ byteLength }: Uint8Array): boolean {
  return byteLength > 0 && byteLength <= MAX_SIGN_BYTES
}
