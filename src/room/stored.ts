import type { MessageId } from '../base/ids.js'
import type { Output } from '../protocol/events.js'

/** The id of what was stored last: if the clock was set back, what was said before is signed anew first. */
export function lastStored(outputs: readonly Output[]): MessageId | undefined {
  return outputs.findLast(isStored)?.message.id
}

function isStored(output: Output): output is Extract<Output, { type: 'store' }> {
  return output.type === 'store'
}
