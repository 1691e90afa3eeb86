import type { ScreenTalk, SlashCommand, Talk } from './command.js'

/** When somebody was asked whether to leave all the same. */
const asked = new WeakSet<Talk>()

/** Ends the program, and asks once before that if somebody would miss something. */
export const QUIT: SlashCommand = {
  usage: '/quit',
  help: 'leave (so does Ctrl-C)',
  run: talk => {
    const question = questionOf(talk, 'quit')
    if (question === undefined) talk.quit()
    return question ?? []
  }
}

/** Leaves one room, likewise. */
export const PART: SlashCommand<ScreenTalk> = {
  usage: '/part',
  help: 'leave this room',
  run: talk => {
    const question = questionOf(talk, 'part')
    if (question === undefined) talk.screen.part()
    return question ?? []
  }
}

function questionOf(talk: Talk, command: string): string[] | undefined {
  const waiting = talk.waiting()
  if (waiting === 0 || asked.has(talk)) return undefined
  asked.add(talk)
  const lines = waiting === 1 ? '1 line' : `${waiting.toLocaleString('en')} lines`
  return [`${lines} waiting that nobody has; ${command} anyway? Then /${command} once more.`]
}
