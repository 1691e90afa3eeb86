import type { MessageId } from '../base/ids.js'
import type { Output } from '../protocol/events.js'

/** The id of the message that was to be sent; undefined if it was not. What was said before may be signed anew: that comes first. */
export function idOfSent(outputs: readonly Output[]): MessageId | undefined {
  const last = outputs.findLast(output => output.type === 'store')
  return last?.message.id
}
