import { safeNick } from '../../base/safe-text.js'
import type { Habits } from '../habits.js'
import type { Talk } from '../slash/command.js'
import { commandNames, commandOf, type Place } from '../slash/table.js'
import { botCommands } from '../typed.js'
import type { Called, Words } from './completer.js'
import type { Tab } from './tab.js'

/** What Tab completes in a room. `known`: names of rooms. */
export function wordsIn(tab: Tab, habits: Habits, known: readonly string[]): Words {
  const { room, talk } = tab
  const people = peopleIn(tab, habits)
  const lists = {
    setting: (rest: string) => settings(habits, rest),
    room: () => known,
    person: () => namesOf(people, talk)
  }
  return { people, ...words(talk, lists, botCommands(room)) }
}

/** What Tab completes where no room is shown. */
export function wordsOutside(place: Place, known: readonly string[]): Words {
  return { people: [], ...words(place, { room: () => known }, []) }
}

type Lists = Partial<Record<'person' | 'setting' | 'room', (rest: string) => readonly string[]>>

function words(place: Place, lists: Lists, ofBots: readonly string[]): Omit<Words, 'people'> {
  return {
    commands: [...commandNames(place), ...ofBots],
    argumentsOf: (name, rest) => {
      const kind = commandOf(name, place)?.completes
      return kind && lists[kind]?.(rest)
    }
  }
}

// Who is here, whoever spoke last first. Ourselves are nobody to speak to, on whatever device.
function peopleIn({ room, view }: Tab, { contacts }: Habits): Called[] {
  const others = view.people.byLastWord().filter(({ identity }) => identity !== room.identity)
  return others.map(({ identity, nick }) => {
    return { nick: safeNick(nick), name: contacts.nameOf(identity) }
  })
}

// A command is for us alone: names of ours are understood, and so is who has left.
function namesOf(people: readonly Called[], { habits, room, view }: Talk): string[] {
  const here = people.flatMap(({ name, nick }) => (name === undefined ? nick : [name, nick]))
  const spoke = [...view.lines].reverse().filter(({ from }) => from !== room.identity)
  const known = habits.contacts.all().flatMap(({ name }) => name ?? [])
  return [...here, ...spoke.map(({ nick }) => safeNick(nick)), ...known]
}

function settings({ choices }: Habits, rest: string): string[] {
  const [key = '', ...begun] = rest.split(' ')
  if (begun.length === 0) return Object.keys(choices)
  return (Object.hasOwn(choices, key) ? (choices[key] ?? []) : []).map(value => `${key} ${value}`)
}
