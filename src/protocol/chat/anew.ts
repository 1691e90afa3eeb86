import type { MessageId } from '../../base/ids.js'
import { decodeDeletionBody, encodeDeletionBody } from '../wire/bodies/deletion.js'
import { decodeReactionBody, encodeReactionBody } from '../wire/bodies/reaction.js'
import { decodeLineAbout, encodeLineAbout } from '../wire/bodies/text.js'
import { KIND_DELETION, KIND_EDIT, KIND_REACTION, KIND_REPLY } from '../wire/kinds.js'

/** What messages that were signed anew are called now. */
export type Renamed = ReadonlyMap<MessageId, MessageId>

/** The body of a message of ours that is said anew: what it is about may have been signed anew before it. */
export function bodyAnew(kind: number, body: Uint8Array, renamed: Renamed): Uint8Array {
  const now = (id: MessageId) => renamed.get(id) ?? id
  switch (kind) {
    case KIND_EDIT:
    case KIND_REPLY: {
      const line = decodeLineAbout(body)
      return line === undefined ? body : encodeLineAbout({ ...line, target: now(line.target) })
    }
    case KIND_REACTION: {
      const reaction = decodeReactionBody(body)
      if (reaction === undefined) return body
      return encodeReactionBody({ ...reaction, target: now(reaction.target) })
    }
    case KIND_DELETION: {
      const deletion = decodeDeletionBody(body)
      return deletion === undefined
        ? body
        : encodeDeletionBody({ targets: deletion.targets.map(now) })
    }
    default:
      return body
  }
}
