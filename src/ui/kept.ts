import type { Names } from '../base/names.js'
import { safeText } from '../base/safe-text.js'
import { isDirect, type KeptLine, type KeptRoom } from '../room/kept/kept-rooms.js'
import { actionIn } from '../room/view/action.js'
import { answering } from './changes.js'
import { directLine } from './lines.js'
import { clockTime } from './notice.js'

/** A kept line of chat for a person: day, time, who, what. Safe for a terminal. */
export function keptLine(message: KeptLine, names: Names): string {
  if (isDirect(message)) return `${day(message.time)} ${directLine(message, names)}`
  const { edited, from, nick, replyTo, text, time } = message
  const answered = replyTo === undefined ? '' : answering(undefined, names)
  const who = `${names.of({ identity: from, nick })}${answered}`
  const action = actionIn(text)
  const said = action === undefined ? `${who}: ${safeText(text)}` : `~ ${who} ${safeText(action)}`
  return `${day(time)} ${clockTime(time)} ${said}${edited ? ' (edited)' : ''}`
}

/** A kept room for a person: its name, how much there is, and since when nothing came. */
export function roomLine({ access, isLocked, last, messages, name }: KeptRoom): string {
  if (access === 'password') return `${safeText(name)}  with a password`
  const room = `${safeText(name)}${access === 'private' ? '  private' : ''}`
  if (isLocked) return `${room}  locked`
  if (messages === undefined) return `${room}  in use`
  const count = `${messages} ${messages === 1 ? 'message' : 'messages'}`
  const until = last === undefined ? '' : `, the last on ${day(last)} ${clockTime(last)}`
  return `${room}  ${count}${until}`
}

/** The day in the local time zone: `2026-11-27`. */
export function day(millis: number): string {
  const date = new Date(millis)
  const parts = [date.getFullYear(), date.getMonth() + 1, date.getDate()]
  return parts.map(part => String(part).padStart(2, '0')).join('-')
}
