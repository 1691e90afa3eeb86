import { safeText } from '../../base/safe-text.js'
import type { ChatMessage } from '../../protocol/events.js'
import { keptLine } from '../kept.js'
import { namesOf } from '../names.js'
import { type SlashCommands, type Talk, usageLine } from './command.js'

/** Lines that `/search` shows: the newest. Guess: most of a screen. */
const MAX_FOUND = 20
/** Lines that `/history` shows, and how many at most. Guesses: a screen; what a terminal scrolls back. */
const USUAL_AGAIN = 20
const MAX_AGAIN = 1_000

const HISTORY = { usage: '/history [n]', help: 'the last lines again' }

const NOT_ALL = '! Older lines are still being read. /search once more finds those, too.'

/** What looks at what was said. */
export const READING: SlashCommands = {
  search: {
    usage: '/search <text>',
    help: 'find what was said',
    run: (talk, text) => {
      const found = talk.room.search(text, { limit: MAX_FOUND })
      if (found.length >= MAX_FOUND || talk.room.hasSearchedAll) return shown(talk, found)
      return [...(found.length > 0 ? shown(talk, found) : []), NOT_ALL]
    }
  },
  history: {
    ...HISTORY,
    run: (talk, count) => {
      const limit = count === '' ? USUAL_AGAIN : Number(count)
      if (!Number.isInteger(limit) || limit < 1)
        return [usageLine(HISTORY, `${safeText(count)} is no number of lines.`)]
      return shown(talk, talk.room.search('', { limit: Math.min(limit, MAX_AGAIN) }))
    }
  }
}

function shown({ habits, room }: Talk, lines: readonly ChatMessage[]): string[] {
  const seen = lines.filter(({ from }) => !habits.contacts.isIgnored(from))
  if (seen.length === 0) return ['! Nothing was found.']
  return seen.map(line => keptLine(line, namesOf(room)))
}
