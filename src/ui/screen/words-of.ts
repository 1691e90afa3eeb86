import type { Habits } from '../habits.js'
import { commandNames, commandOf, type Place } from '../slash/table.js'
import { botCommands } from '../typed.js'
import type { Words } from './completer.js'
import type { Tab } from './tab.js'

/** What Tab completes in a room. `known`: names of rooms. */
export function wordsIn(
  { room, talk, view }: Tab,
  habits: Habits,
  known: readonly string[]
): Words {
  const people = view.people.byLastWord().filter(({ identity }) => identity !== room.identity)
  const nicks = people.map(({ nick }) => nick)
  return words(talk, { nick: nicks, setting: habits.keys, room: known }, botCommands(room))
}

/** What Tab completes where no room is shown. */
export function wordsOutside(place: Place, known: readonly string[]): Words {
  return words(place, { nick: [], setting: [], room: known }, [])
}

type Lists = Readonly<Record<'nick' | 'setting' | 'room', readonly string[]>>

function words(place: Place, lists: Lists, ofBots: readonly string[]): Words {
  return {
    nicks: lists.nick,
    commands: [...commandNames(place), ...ofBots],
    argumentsOf: name => lists[commandOf(name, place)?.completes ?? 'nick']
  }
}
