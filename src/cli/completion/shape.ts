import type { Command } from '@oclif/core/command'
import { SETTING_KEYS } from '../../home/setting-kinds.js'

/** What may stand in one place of a command line. */
export interface Values {
  readonly words: readonly string[]
  /** True: names of rooms that are kept here. */
  readonly rooms: boolean
  readonly files: boolean
}

/** A flag: `--nick`, `-n`. */
export interface FlagShape {
  readonly names: readonly string[]
  readonly help: string
  /** Undefined where it takes none. */
  readonly values: Values | undefined
}

/** A command as far as a shell completes it. */
export interface CommandShape {
  /** `config set`. */
  readonly name: string
  readonly help: string
  /** What stands in each place; the last one counts on if `repeats`. */
  readonly args: readonly Values[]
  readonly repeats: boolean
  readonly flags: readonly FlagShape[]
}

type About = Pick<Command.Loadable, 'args' | 'flags' | 'id' | 'summary'>

const NOTHING: Values = { words: [], rooms: false, files: false }
const ROOMS: Values = { ...NOTHING, rooms: true }
const FILES: Values = { ...NOTHING, files: true }
/** Rooms, and then a script: oclif knows none of its words. */
const ROOMS_AND_SCRIPT: Values = { ...ROOMS, files: true }
/** Words in place of a value that say what it is. */
const FILE_WORDS = /FILE|DIRECTORY/

/** The commands, in the order of their names, as a shell completes them. */
export function shapesOf(commands: readonly About[]): CommandShape[] {
  return commands.map(shapeOf).sort((a, b) => (a.name < b.name ? -1 : 1))
}

function shapeOf({ args, flags, id, summary = '' }: About): CommandShape {
  const all = Object.values(args)
  const isBot = id === 'bot'
  return {
    name: id.replaceAll(':', ' '),
    help: summary.replace(/\.$/, ''),
    args: isBot ? [ROOMS_AND_SCRIPT] : all.map(arg => argValues(arg, id)),
    repeats: isBot || all.at(-1)?.multiple === true,
    flags: [...Object.values(flags).map(flagShape), HELP]
  }
}

const HELP: FlagShape = { names: ['--help'], help: 'how to use it', values: undefined }

function argValues({ name, options }: Command.Arg.Any, id: string): Values {
  if (options !== undefined) return { ...NOTHING, words: options }
  if (name === 'room') return ROOMS
  if (name === 'file') return FILES
  return name === 'key' && id.startsWith('config:') ? { ...NOTHING, words: SETTING_KEYS } : NOTHING
}

function flagShape(flag: Command.Flag.Any): FlagShape {
  const { char, description = '', name } = flag
  const short = char === undefined ? [] : [`-${char}`]
  const negated = flag.type === 'boolean' && flag.allowNo === true ? [`--no-${name}`] : []
  return {
    names: [`--${name}`, ...short, ...negated],
    help: description,
    values: flag.type === 'option' ? flagValues(flag) : undefined
  }
}

function flagValues({ helpValue, name, options }: Command.Flag.Any & { type: 'option' }): Values {
  if (options !== undefined) return { ...NOTHING, words: options }
  if (name === 'room') return ROOMS
  return FILE_WORDS.test(`${helpValue ?? ''}`) ? FILES : NOTHING
}
