import { messageOf, SwarmchatError } from '../base/errors.js'
import { shortId } from '../base/ids.js'
import type { Named } from '../base/names.js'
import { safeNick, safeText } from '../base/safe-text.js'
import type { Room } from '../room/room.js'
import { whoLine } from './lines.js'
import { membersMeant } from './meant.js'
import { namesOf } from './names.js'
import { helpLines, insteadOf, isNeverForTheRoom, parseTyped, type Typed } from './slash.js'
import { whyLines } from './why.js'

/** What typed texts act on. */
export interface TypedParts {
  readonly room: Room
  readonly say: (text: string) => void
  readonly quit: () => void
}

/** Commands of bots that `/help` names. Guess: two rows of a terminal. */
const MAX_BOT_COMMANDS = 20

/** Does what a typed text asks for; gives the lines to show for it. Never throws for what was typed. */
export function obeyTyped(parts: TypedParts, text: string): string[] {
  try {
    return obey(parts, parseTyped(text))
  } catch (thrown) {
    const hint = thrown instanceof SwarmchatError ? ` ${thrown.hint}` : ''
    return [`! ${messageOf(thrown)}${hint}`]
  }
}

function obey({ quit, room, say }: TypedParts, typed: Typed): string[] {
  switch (typed.type) {
    case 'nothing':
      return []
    case 'incomplete':
      return [`! ${typed.usage}`]
    case 'say':
      say(typed.text)
      return []
    case 'nick':
      room.rename(typed.nick)
      return [`You are now known as ${safeNick(room.nick)}.`]
    case 'who':
      return [whoLine(room.members(), room.identity, namesOf(room))]
    case 'why':
      return whyLines(room.peers(), typed.peer, namesOf(room))
    case 'direct':
      return toOne(room, typed.to, ({ identity }) => room.direct(identity, typed.text))
    case 'accept':
    case 'ignore':
      return toOne(room, typed.who, ({ identity }) => room.judge(identity, typed.type === 'accept'))
    case 'help':
      return helpLines(botCommands(room).map(command => `/${safeText(command)}`))
    case 'quit':
      quit()
      return []
    case 'other':
      return passOn(typed, room, say)
  }
}

// Words that are for one member must not go to another of the same name.
function toOne(room: Room, wanted: string, act: (member: Named) => unknown): string[] {
  const meant = membersMeant(room, wanted)
  const [only] = meant
  if (only === undefined)
    return [`! Nobody here is called ${safeText(wanted)}. /who lists the members.`]
  if (meant.length > 1) {
    const keys = meant.map(({ identity }) => shortId(identity)).join(', ')
    return [`! Several are called ${safeText(wanted)}. Give the key of one: ${keys}`]
  }
  act(only)
  return []
}

// What is no command of ours goes to the room only if a bot there obeys it: a slip is nobody's business.
function passOn(
  { command, text }: Extract<Typed, { type: 'other' }>,
  room: Room,
  say: (text: string) => void
): string[] {
  const [name = ''] = command.split('@')
  if (!isNeverForTheRoom(name) && botCommands(room, name).length > 0) {
    say(text)
    return []
  }
  return [`! Unknown command /${safeText(command)}. ${insteadOf(name)}`]
}

/** What bots in the room obey, each once; or whether they obey this one. */
function botCommands(room: Room, wanted?: string): string[] {
  const found = new Set<string>()
  for (const { bot, commands } of room.members()) {
    if (!bot) continue
    for (const command of commands) {
      if (wanted === undefined || command === wanted) found.add(command)
      if (found.size >= MAX_BOT_COMMANDS) return [...found]
    }
  }
  return [...found]
}
