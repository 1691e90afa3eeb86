import type { SlashCommand, Talk } from './command.js'

/** When somebody was asked whether to leave all the same. */
const asked = new WeakSet<Talk>()

/** Leaves, and asks once before that if somebody would miss something. */
export const QUIT: SlashCommand = {
  usage: '/quit',
  help: 'leave (so does Ctrl-C)',
  run: talk => {
    const waiting = talk.waiting()
    if (waiting > 0 && !asked.has(talk)) {
      asked.add(talk)
      return [question(waiting)]
    }
    talk.quit()
    return []
  }
}

function question(waiting: number): string {
  const lines = waiting === 1 ? '1 line' : `${waiting.toLocaleString('en')} lines`
  return `${lines} waiting that nobody has; quit anyway? Then /quit once more.`
}
