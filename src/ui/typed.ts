import { messageOf, SwarmchatError } from '../base/errors.js'
import { safeNick, safeText } from '../base/safe-text.js'
import type { Room } from '../room/room.js'
import { whoLine } from './lines.js'
import { namesOf } from './names.js'
import { helpLines, parseTyped, type Typed } from './slash.js'
import { whyLines } from './why.js'

/** Does what a typed line asks for; gives the lines to show for it. Never throws for what was typed. */
export function obeyTyped(room: Room, line: string, quit: () => void): string[] {
  try {
    return obey(room, parseTyped(line), line, quit)
  } catch (thrown) {
    const hint = thrown instanceof SwarmchatError ? ` ${thrown.hint}` : ''
    return [`! ${messageOf(thrown)}${hint}`]
  }
}

function obey(room: Room, typed: Typed, line: string, quit: () => void): string[] {
  switch (typed.type) {
    case 'nothing':
      return []
    case 'say':
      room.say(typed.text)
      return []
    case 'nick':
      room.rename(typed.nick)
      return [`You are ${safeNick(room.nick)} now.`]
    case 'who':
      return [whoLine(room.members(), room.identity, namesOf(room))]
    case 'why':
      return whyLines(room.peers(), typed.peer, namesOf(room))
    case 'help':
      return helpLines()
    case 'quit':
      quit()
      return []
    case 'unknown':
      // What is no command of ours may be one of a bot's.
      if (room.members().some(({ bot }) => bot)) {
        room.say(line)
        return []
      }
      return [`! There is no /${safeText(typed.command)}. /help lists what there is.`]
  }
}
