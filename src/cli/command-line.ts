import { SwarmchatError } from '../base/errors.js'
import { didYouMean } from './nearest.js'

/** What a command line asks for. Commands have the ids that oclif gives them: `bot:new`. */
export type CommandLine =
  | { readonly type: 'version' }
  /** Nothing: what to do first. */
  | { readonly type: 'start' }
  /** Help about the program, or about a command. */
  | { readonly type: 'help'; readonly about: string | undefined }
  | { readonly type: 'run'; readonly command: string; readonly words: readonly string[] }

const VERSION = new Set(['--version', '-v', 'version'])
const HELP = new Set(['--help', '-h', 'help'])

/** What a shell takes as it is, perhaps behind the sign of a room. */
const PLAIN_ROOM = /^(#?)[\p{L}\d_-]+$/u

/** UNKNOWN_COMMAND: the first word is no command. */
const unknownCommand = (word: string, meant: string, first: string) =>
  new SwarmchatError(
    'UNKNOWN_COMMAND',
    word.startsWith('-')
      ? `The command comes first, before ${word}.`
      : `There is no command ${word}.${meant}`,
    { hint: `${first}All commands: swarmchat --help` }
  )

// Whoever has heard that rooms are joined may begin with the name of one.
function roomHint(word: string, meant: string): string {
  const [, sign] = PLAIN_ROOM.exec(word) ?? []
  if (meant !== '' || sign === undefined || word.startsWith('-')) return ''
  return `To join a room: swarmchat join ${sign === '' ? word : `'${word}'`}. `
}

/**
 * Reads a command line as people write it: `help join`, `join --help` and `join -h` are one, so are `--version`, `-v` and
 * `version`. Throws UNKNOWN_COMMAND where it begins with none of these commands.
 */
export function readCommandLine(
  words: readonly string[],
  commands: readonly string[]
): CommandLine {
  const [first, ...rest] = words
  if (first === undefined) return { type: 'start' }
  if (VERSION.has(first)) return { type: 'version' }
  if (HELP.has(first)) return readHelp(rest, commands)
  const command = commandOf(words, commands, roomHint)
  if (asksForHelp(rest)) return { type: 'help', about: command }
  return { type: 'run', command, words: words.slice(command.split(':').length) }
}

/** What may come after the name of a command and makes another one of it: `get`, `list`, ... of `config`. */
export const subcommandsOf = (command: string, commands: readonly string[]) =>
  commands
    .filter(each => each.startsWith(`${command}:`))
    .map(each => each.slice(command.length + 1))

function readHelp(words: readonly string[], commands: readonly string[]): CommandLine {
  const about = words.filter(word => !word.startsWith('-') && !HELP.has(word))
  return {
    type: 'help',
    about: about.length === 0 ? undefined : commandOf(about, commands, () => '')
  }
}

// Of `bot` and `bot new` the longer one that fits.
function commandOf(
  [first = '', second = '']: readonly string[],
  commands: readonly string[],
  hint: typeof roomHint
) {
  const both = `${first}:${second}`
  if (commands.includes(both)) return both
  if (commands.includes(first)) return first
  const meant = didYouMean(first, commands)
  throw unknownCommand(first, meant, hint(first, meant))
}

// What comes after -- is not ours.
function asksForHelp(words: readonly string[]): boolean {
  const end = words.indexOf('--')
  const own = end === -1 ? words : words.slice(0, end)
  return own.includes('-h') || own.includes('--help')
}
