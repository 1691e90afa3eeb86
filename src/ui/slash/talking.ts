import { safeNick } from '../../base/safe-text.js'
import type { SlashCommands } from './command.js'

/** Commands about what is said, and by whom. */
export const TALKING: SlashCommands = {
  nick: {
    usage: '/nick <name>',
    help: 'what you are called',
    run: ({ room }, nick) => {
      room.rename(nick)
      return [`You are now known as ${safeNick(room.nick)}.`]
    }
  },
  me: {
    usage: '/me <waves>',
    help: 'say what you do',
    run: ({ say }, text) => {
      say(`/me ${text}`)
      return []
    }
  }
}
