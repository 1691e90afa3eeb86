import { stripVTControlCharacters } from 'node:util'
import { messageOf, SwarmchatError } from '../base/errors.js'
import { didYouMean } from './nearest.js'

interface ArgumentShape {
  readonly required?: boolean | undefined
  /** True where it takes all further words. */
  readonly multiple?: boolean | undefined
}

/** What the parser was told about a command. */
export interface CommandShape {
  /** As it is typed: `bot new`. */
  readonly name: string
  readonly args: Readonly<Record<string, ArgumentShape>>
  readonly flags: Readonly<Record<string, unknown>>
  /** What may come after its name and makes another command of it: `new` for `bot`. */
  readonly subcommands: readonly string[]
  /** True: its words are not repeated, for they may be pieces of an invitation. Default false. */
  readonly areSecret?: boolean
}

/** BAD_ARGUMENTS: words or flags that the command does not understand, or that are missing. */
export const badArguments = (message: string, hint: string) =>
  new SwarmchatError('BAD_ARGUMENTS', message, { hint })

/** How the command is typed: `swarmchat send <room> <text>`. */
function usageOf({ args, name }: CommandShape, beforeLast = ''): string {
  const words = Object.entries(args).map(([arg, { required }]) =>
    required ? `<${arg}>` : `[${arg}]`
  )
  if (beforeLast !== '') words.splice(-1, 0, beforeLast)
  return ['swarmchat', name, ...words].join(' ')
}

/** What oclif's parser threw, as an error of ours that says what to do; undefined for anything else. */
export function explainParsing(thrown: unknown, command: CommandShape): SwarmchatError | undefined {
  if (typeof thrown !== 'object' || thrown === null || !('oclif' in thrown)) return undefined
  const { args, flags } = thrown as { args?: unknown; flags?: unknown }
  if (Array.isArray(flags)) return noSuchFlag(flags.map(String), command)
  if (Array.isArray(args)) return wrongWords(args, command)
  return badArguments(sentenceOf(thrown), helpOn(command))
}

function noSuchFlag([flag = '']: readonly string[], command: CommandShape): SwarmchatError {
  const known = Object.keys(command.flags).map(name => `--${name}`)
  const takesText = Object.values(command.args).some(({ multiple }) => multiple)
  const advice = takesText
    ? `If the text begins with a dash, put -- before it: ${usageOf(command, '--')}`
    : helpOn(command)
  return badArguments(`${command.name} has no flag ${flag}.${didYouMean(flag, known)}`, advice)
}

// Either arguments that are missing, by their definitions, or words that are too many.
function wrongWords(args: readonly unknown[], command: CommandShape): SwarmchatError {
  const [first] = args
  const missing = typeof first === 'object' && first !== null && 'name' in first
  if (missing) return missingArgument(String(first.name), command)
  const { areSecret, subcommands } = command
  if (takesNone(command) && subcommands.length > 0 && !areSecret) return noSubcommand(args, command)
  const words = areSecret ? 'what comes after the invitation' : args.map(String).join(' ')
  const last = Object.keys(command.args).at(-1)
  const hint =
    last === undefined
      ? `It takes no words: ${usageOf(command)}`
      : `It takes one ${last}: ${usageOf(command)}. If it has spaces, put it in quotes.`
  return badArguments(`${command.name} does not know what to do with: ${words}.`, hint)
}

const takesNone = ({ args }: CommandShape) => Object.keys(args).length === 0

function noSubcommand([first]: readonly unknown[], { name, subcommands }: CommandShape) {
  const word = String(first)
  const usages = subcommands.map(each => `swarmchat ${name} ${each}`).join(', ')
  const message = `There is no command ${name} ${word}.${didYouMean(word, subcommands)}`
  return badArguments(message, `There are: ${usages}. How to use one: swarmchat ${name} --help`)
}

function missingArgument(name: string, command: CommandShape): SwarmchatError {
  return badArguments(`Which ${name}? ${usageOf(command)}`, helpOn(command))
}

// The parser has no classes for these, only sentences; the last rule is for what it may say some day.
const SENTENCES: readonly (readonly [RegExp, (...parts: string[]) => string])[] = [
  [/^Flag (--\S+) expects a value$/, flag => `${flag} needs a value.`],
  [
    /^Flag (--\S+) expects one of these values: (.*)$/,
    (flag, values) => `${flag} needs one of: ${values}.`
  ],
  [/^Flag (--\S+) can only be specified once$/, flag => `${flag} can be given only once.`],
  [
    /^Expected (--\S+?)=(.*) to be one of: (.*)$/,
    (flag, value, values) => `${flag} must be one of: ${values}; not ${value}.`
  ],
  [
    /^Parsing (--\S+) Expected an integer greater than or equal to (\S+) but received: (.*)$/,
    (flag, least, value) => `${flag} must be a whole number, at least ${least}; not ${value}.`
  ],
  [
    /^Parsing (--\S+) Expected an integer less than or equal to (\S+) but received: (.*)$/,
    (flag, most, value) => `${flag} must be a whole number, at most ${most}; not ${value}.`
  ],
  [
    /^Parsing (--\S+) Expected an integer but received: (.*)$/,
    (flag, value) => `${flag} must be a whole number; not ${value}.`
  ],
  [/^(.*)$/, text => `${text}.`]
]

const HELP = /\s*See more help with --help$/

function sentenceOf(thrown: unknown): string {
  const text = stripVTControlCharacters(messageOf(thrown)).replace(/\s+/g, ' ').trim()
  const line = text.replace(HELP, '')
  for (const [pattern, say] of SENTENCES) {
    const match = pattern.exec(line)
    if (match !== null) return say(...match.slice(1))
  }
  return line
}

function helpOn({ name }: CommandShape): string {
  return `Usage: swarmchat ${name} --help`
}
