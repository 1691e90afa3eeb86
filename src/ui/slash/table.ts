import { ABOUT_LINES } from './about-lines.js'
import type { SlashCommand, Talk } from './command.js'
import { QUIT } from './leaving.js'
import { PEOPLE } from './people.js'
import { READING } from './reading.js'
import { SCREEN } from './screen.js'
import { TALKING } from './talking.js'

const OWN: Readonly<Record<string, SlashCommand>> = {
  ...TALKING,
  ...ABOUT_LINES,
  ...READING,
  ...PEOPLE,
  ...SCREEN,
  help: { usage: '/help', help: 'this list', run: helpLines },
  quit: QUIT
}

/** The command of this name, if there is one in this chat. */
export function commandOf(
  name: string,
  { screen }: Pick<Talk, 'screen'>
): SlashCommand | undefined {
  const found = Object.hasOwn(OWN, name) ? OWN[name] : undefined
  return found?.needsScreen && screen === undefined ? undefined : found
}

/** The names of all commands that there are in this chat. */
export function commandNames(talk: Pick<Talk, 'screen'>): string[] {
  return Object.keys(OWN).filter(name => commandOf(name, talk) !== undefined)
}

/** The lines that `/help` prints. */
export function helpLines(talk: Pick<Talk, 'screen'>): string[] {
  const commands = commandNames(talk).flatMap(name => commandOf(name, talk) ?? [])
  const further = { usage: '/reply ^2 yes', help: 'the one before that' }
  const rows = [...commands, further, { usage: '//text', help: 'say text with a slash' }]
  const width = rows.reduce((most, { usage }) => Math.max(most, usage.length), 0)
  return rows.map(({ usage, help }) => `${usage.padEnd(width)}  ${help}`)
}
