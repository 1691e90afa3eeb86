import type { MessageId } from '../../base/ids.js'
import type { Frame } from '../wire/frames.js'
import type { BareMessage, CheckedMessage, VerifiedMessage } from '../wire/message.js'

/**
 * The frames in which history is sent. What has left its body behind follows the deletion that says so: whoever has none
 * yet could not take it.
 */
export function* historyFrames(
  batch: readonly CheckedMessage[],
  deletionOf: (message: BareMessage) => VerifiedMessage | undefined
): Generator<Frame> {
  const sent = new Set<MessageId>()
  for (const message of batch) {
    if (!message.isBare) {
      yield { type: 'stored', sealed: message.sealed }
      continue
    }
    const deletion = deletionOf(message)
    if (deletion === undefined) continue
    if (!sent.has(deletion.id)) yield { type: 'stored', sealed: deletion.sealed }
    sent.add(deletion.id)
    yield { type: 'bare', bare: message.sealed }
  }
}
