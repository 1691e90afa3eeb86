import { messageOf, SwarmchatError } from '../base/errors.js'
import type { MessageId } from '../base/ids.js'
import { safeNick, safeText } from '../base/safe-text.js'
import { checkEmoji } from '../room/emoji.js'
import type { Room } from '../room/room.js'
import type { Saying } from '../room/speak.js'
import { checkText } from '../room/text.js'
import { whoLine } from './lines.js'
import { namesOf } from './names.js'
import { helpLines, insteadOf, isNeverForTheRoom, parseTyped, type Typed } from './slash.js'
import { spokenIn } from './spoken.js'
import { whyLines } from './why.js'

/** What typed texts act on. */
export interface TypedParts {
  readonly room: Room
  readonly say: (text: string) => void
  /** Says something about a line, in its turn. */
  readonly put: (saying: Saying) => void
  readonly quit: () => void
}

/** What is typed about a line that was shown. */
type About = Extract<Typed, { readonly back: number }>

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

function obey(parts: TypedParts, typed: Typed): string[] {
  const { quit, room, say } = parts
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
    case 'reply':
    case 'edit':
    case 'delete':
    case 'react':
    case 'unreact':
      return sayAbout(parts, typed)
    case 'who':
      return [whoLine(room.members(), room.identity, namesOf(room))]
    case 'why':
      return whyLines(room.peers(), typed.peer, namesOf(room))
    case 'help':
      return helpLines(botCommands(room).map(command => `/${safeText(command)}`))
    case 'quit':
      quit()
      return []
    case 'other':
      return passOn(typed, room, say)
  }
}

function sayAbout({ put, room }: TypedParts, typed: About): string[] {
  const isOwn = typed.type === 'edit' || typed.type === 'delete'
  const line = spokenIn(room).back(
    typed.back,
    ({ from }) => typed.type.endsWith('react') || (from === room.identity) === isOwn
  )
  if (line === undefined) return [`! There is no such line${isOwn ? ' of yours' : ''} to see.`]
  put(sayingAbout(line.id, typed))
  return []
}

function sayingAbout(id: MessageId, typed: About): Saying {
  switch (typed.type) {
    case 'reply':
      return { type: 'say', replyTo: id, text: checkText(typed.text) }
    case 'edit':
      return { type: 'edit', id, text: checkText(typed.text) }
    case 'delete':
      return { type: 'delete', id }
    default:
      return { type: 'react', id, emoji: checkEmoji(typed.text), removed: typed.type === 'unreact' }
  }
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
