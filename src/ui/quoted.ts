import { safeText } from '../base/safe-text.js'
import { actionIn } from '../room/view/action.js'

/** A text where it is quoted, behind its author's name: what somebody does begins with `~`. Safe for a terminal. */
export function quoted(text: string): string {
  const action = actionIn(text)
  return action === undefined ? safeText(text) : `~ ${safeText(action)}`
}

/** Longest quotation, in characters. Guess: enough to know which line is meant. */
const MAX_QUOTED = 32

/** The beginning of a line, likewise. */
export function excerpt(text: string): string {
  const [start = ''] = text
    .trim()
    .slice(0, 4 * MAX_QUOTED)
    .split(/\r?\n/, 1)
  const characters = [...start]
  if (characters.length <= MAX_QUOTED && start === text.trim()) return quoted(start)
  return quoted(`${characters.slice(0, MAX_QUOTED).join('').trimEnd()}…`)
}
