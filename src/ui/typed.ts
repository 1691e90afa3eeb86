import { safeText } from '../base/safe-text.js'
import type { Room } from '../room/room.js'
import { refusal, type Talk, usageLine } from './slash/command.js'
import { commandOf, helpLine, isTalk, needsScreen, type Place } from './slash/table.js'
import { insteadOf, isNeverForTheRoom, parseTyped, type Typed } from './slash.js'

/** Commands of bots that `/help` names. Guess: two rows of a terminal. */
const MAX_BOT_COMMANDS = 20

/** Said where no room is shown. */
export const NOWHERE = 'You are in no room. /join <room> goes to one, /quit leaves.'

const SCREEN_ONLY = 'needs the screen: swarmchat join <room> --no-plain'

/** Does what a typed text asks for; gives the lines to show for it. Never throws for what was typed. */
export function obeyTyped(place: Place, text: string): readonly string[] {
  try {
    return obey(place, parseTyped(text))
  } catch (thrown) {
    return [refusal(thrown)]
  }
}

function obey(place: Place, typed: Typed): readonly string[] {
  if (typed.type === 'nothing') return []
  if (typed.type === 'say') return sayIn(place, typed.text)
  const { command, rest } = typed
  const own = commandOf(command, place)
  if (own === undefined) return isTalk(place) ? passOn(typed, place) : [`! ${NOWHERE}`]
  if (rest === '' && own.usage.includes('<')) return [usageLine(own)]
  if (command !== 'help') return own.run(rest)
  if (rest !== '') return [helpOn(rest, place)]
  return isTalk(place) ? [...own.run(rest), ...botHelp(place.room)] : own.run(rest)
}

// The name may be typed with its slash.
function helpOn(text: string, place: Place): string {
  const [name = ''] = text.replace(/^\/+/, '').toLowerCase().split(/\s/)
  const own = commandOf(name, place)
  if (own !== undefined) return helpLine(own)
  if (!isTalk(place)) return `! ${NOWHERE}`
  if (botCommands(place.room, name).length === 0) return unknown(name)
  const obeyed = safeText(name)
  return `A bot here obeys /${obeyed}. //help ${obeyed} asks it how.`
}

function sayIn(place: Place, text: string): string[] {
  if (!isTalk(place)) return [`! ${NOWHERE}`]
  place.say(text)
  return []
}

// What is no command of ours goes to the room only if a bot there obeys it: a slip is nobody's business.
function passOn(
  { command, text }: Extract<Typed, { type: 'command' }>,
  { room, say }: Talk
): string[] {
  const [name = ''] = command.split('@')
  if (!isNeverForTheRoom(name) && botCommands(room, name).length > 0) {
    say(text)
    return []
  }
  if (command === '') return [`! ${insteadOf('')} //text says /text.`]
  return [unknown(command)]
}

function unknown(command: string): string {
  if (needsScreen(command)) return `! /${command} ${SCREEN_ONLY}`
  const [name = ''] = command.split('@')
  return `! Unknown command /${safeText(command)}. ${insteadOf(name)}`
}

function botHelp(room: Room): string[] {
  const commands = botCommands(room).map(command => `/${safeText(command)}`)
  return commands.length === 0 ? [] : [`Bots here obey: ${commands.join(' ')}`]
}

/** What bots in the room obey, each once; or whether they obey this one. */
export function botCommands(room: Room, wanted?: string): string[] {
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
