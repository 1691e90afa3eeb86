import type { MessageId } from '../../../base/ids.js'
import { MAX_DELETED_MESSAGES } from '../../config.js'
import { ByteReader, ByteWriter } from '../bytes.js'

/** The body of a deletion, kind 4: lines of its author's that are taken back. */
export interface DeletionBody {
  /** 1 to 64. Those of others change nothing. */
  readonly targets: readonly MessageId[]
}

/** RangeError for none, or more than 64: a bug of ours. */
export function encodeDeletionBody({ targets }: DeletionBody): Uint8Array {
  if (targets.length === 0) throw new RangeError('a deletion takes something back')
  const writer = new ByteWriter().uint8(targets.length)
  return writer.ids(targets, MAX_DELETED_MESSAGES).finish()
}

/** Undefined for what is no deletion. Bytes that a later version may add are passed over. */
export function decodeDeletionBody(body: Uint8Array): DeletionBody | undefined {
  const reader = new ByteReader(body)
  const targets = reader.ids<MessageId>(reader.uint8(), MAX_DELETED_MESSAGES)
  return reader.failed || targets.length === 0 ? undefined : { targets }
}
