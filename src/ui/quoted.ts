import { safeText } from '../base/safe-text.js'
import { actionIn } from '../room/view/action.js'

/** A text where it is quoted, behind its author's name: what somebody does begins with `~`. Safe for a terminal. */
export function quoted(text: string): string {
  const action = actionIn(text)
  return action === undefined ? safeText(text) : `~ ${safeText(action)}`
}
