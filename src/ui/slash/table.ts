import { ABOUT_LINES } from './about-lines.js'
import { CARD } from './card.js'
import type { OnScreen, ScreenTalk, SlashCommand, SlashCommands, Talk } from './command.js'
import { INVITE } from './invite.js'
import { PART, QUIT } from './leaving.js'
import { PEOPLE } from './people.js'
import { READING } from './reading.js'
import { SCREEN } from './screen.js'
import { SET } from './set.js'
import { STATUS } from './status.js'
import { TALKING } from './talking.js'
import { TOPIC } from './topic.js'

/** Where something is typed: in a room, with a screen or without, or on a screen that shows no room. */
export type Place = Talk | OnScreen

const HELP: SlashCommand<Place> = {
  usage: '/help [command]',
  help: 'all of these, or one',
  run: helpLines
}

// Each list says what its commands need; so no command has to ask for it.
const IN_ROOM: SlashCommands = {
  ...TALKING,
  ...ABOUT_LINES,
  ...READING,
  ...PEOPLE,
  topic: TOPIC,
  card: CARD,
  invite: INVITE,
  status: STATUS,
  set: SET,
  help: HELP,
  quit: QUIT
}
const ON_SCREEN: SlashCommands<ScreenTalk> = { ...SCREEN, part: PART }
const OUTSIDE: SlashCommands<OnScreen> = {
  ...SCREEN,
  help: HELP,
  quit: {
    ...QUIT,
    run: ({ screen }) => {
      screen.quit()
      return []
    }
  }
}

/** A command of the place that it was looked up for. */
export type PlacedCommand = Omit<SlashCommand, 'run'> & {
  /** Does it there; gives the lines to show for it. May throw what a room throws. */
  readonly run: (rest: string) => readonly string[]
}

/** The command of this name, if there is one here. */
export function commandOf(name: string, place: Place): PlacedCommand | undefined {
  if (!isTalk(place)) return placed(OUTSIDE, name, place)
  const inRoom = placed(IN_ROOM, name, place)
  return inRoom ?? (hasScreen(place) ? placed(ON_SCREEN, name, place) : undefined)
}

/** The names of all commands that there are here. */
export function commandNames(place: Place): string[] {
  if (!isTalk(place)) return Object.keys(OUTSIDE)
  const more = hasScreen(place) ? Object.keys(ON_SCREEN) : []
  return [...Object.keys(IN_ROOM), ...more]
}

/** True for a command that there is on a screen alone. */
export function needsScreen(name: string): boolean {
  return Object.hasOwn(ON_SCREEN, name)
}

/** The lines that `/help` prints. */
export function helpLines(place: Place): string[] {
  const commands = commandNames(place).flatMap(name => commandOf(name, place) ?? [])
  const rows = isTalk(place) ? [...commands, ...FURTHER] : commands
  const width = rows.reduce((most, { usage }) => Math.max(most, usage.length), 0)
  return rows.map(row => helpLine(row, width))
}

/** What `/help` says of one command; `width`: of the usages, in columns. */
export function helpLine({ help, usage }: Pick<SlashCommand, 'usage' | 'help'>, width = 0): string {
  return `${usage.padEnd(width)}  ${help}`
}

const FURTHER = [
  { usage: '/reply ^2 yes', help: 'the one before that' },
  { usage: '//text', help: 'say text with a slash' }
]

/** True where a room is. */
export function isTalk(place: Place): place is Talk {
  return 'room' in place
}

function hasScreen(talk: Talk): talk is ScreenTalk {
  return talk.screen !== undefined
}

function placed<P>(commands: SlashCommands<P>, name: string, place: P): PlacedCommand | undefined {
  const found = Object.hasOwn(commands, name) ? commands[name] : undefined
  return found && { ...found, run: rest => found.run(place, rest) }
}
