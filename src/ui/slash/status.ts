import { statusWords } from '../screen/status.js'
import { factsOf, reachedIn } from '../screen/status-of.js'
import type { SlashCommand, Talk } from './command.js'

const OFFLINE = [{ name: '', state: 'offline' }]

/** How the room is: what the row below tells, for where there is none. */
export const STATUS: SlashCommand = {
  usage: '/status',
  help: 'how the room is',
  run: status
}

function status({ habits, room, view, waiting }: Talk): string[] {
  const owner = { room, view, isReady: true, waiting: waiting() }
  const networks = room.online ? [] : OFFLINE
  const around = { hint: '', others: [], reached: reachedIn({ room, view }), networks }
  return [statusWords(factsOf(owner, habits, around))]
}
