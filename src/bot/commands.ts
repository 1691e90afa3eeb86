import { withoutAddress } from './addressed.js'
import { badCommand } from './errors.js'

/** What a command says about itself. */
export interface CommandAbout {
  /** Its arguments, as /help shows them: `<dice>` is needed, `[times]` is not. Without the needed ones the usage is the answer. */
  readonly args?: string
  /** A line for /help. */
  readonly help?: string
}

/** A declared command. */
export interface Command extends CommandAbout {
  readonly name: string
}

/** A command as somebody typed it. */
export interface Call {
  /** Lower case, without the slash. */
  readonly name: string
  /** Words after it; "two words" in double quotes are one. */
  readonly args: readonly string[]
  /** All after it, as it is. */
  readonly rest: string
}

const NAME = /^[a-z0-9_-]{1,32}$/
const CALL = /^[/!]([\p{L}\p{N}_-]{1,32})(?:@(\S+))?(?:\s+|$)/u
const WORD = /"([^"]*)"|(\S+)/g
/** Words that are looked at. Guess: more is no command. */
const MAX_WORDS = 256

/** Checks and completes a declaration. Throws BAD_COMMAND. */
export function declareCommand(
  name: string,
  about: CommandAbout,
  known: ReadonlyMap<string, Command>
): Command {
  if (!NAME.test(name)) throw badCommand(name, 'it is not a name')
  if (known.has(name)) throw badCommand(name, 'it is declared already')
  return { ...about, name }
}

/** The command in a message: `/roll 2d6`, `!roll 2d6`, `/roll@dice 2d6`, `dice: /roll 2d6`; undefined where it is none, or another bot's. */
export function parseCall(text: string, nick: string): Call | undefined {
  const spoken = (withoutAddress(text, nick) ?? text).trimStart()
  const found = CALL.exec(spoken)
  const [whole, name, target] = found ?? []
  if (whole === undefined || name === undefined) return undefined
  if (target !== undefined && target.toLowerCase() !== nick.toLowerCase()) return undefined
  const rest = spoken.slice(whole.length).trim()
  return { name: name.toLowerCase(), args: wordsOf(rest), rest }
}

function wordsOf(text: string): string[] {
  const words: string[] = []
  for (const [, quoted, plain] of text.matchAll(WORD)) {
    words.push(quoted ?? plain ?? '')
    if (words.length === MAX_WORDS) break
  }
  return words
}

/** How a command is typed. */
export function usageOf({ args, name }: Command): string {
  return args === undefined ? `/${name}` : `/${name} ${args}`
}

/** True where a needed argument is missing. */
export function lacksArguments({ args = '' }: Command, call: Call): boolean {
  return call.args.length < (args.match(/<[^>]+>/g)?.length ?? 0)
}

/** Who was asked for help, and how. */
export interface HelpRequest {
  /** What the bot is called. */
  readonly nick: string
  /** True if this bot was asked, and not everybody in the room. */
  readonly addressed: boolean
  /** What is after /help: nothing, a bot's nick, or a command. */
  readonly about: string
}

/**
 * What /help says: of all commands, or of one. Undefined if others are to answer: where there are many bots, each keeps it
 * short, and speaks of its own commands only.
 */
export function helpText(
  commands: readonly Command[],
  { about, addressed, nick }: HelpRequest
): string | undefined {
  const name = about.replace(/^[/!]/, '').toLowerCase()
  const isMine = name === nick.toLowerCase() || (name === '' && addressed)
  if (isMine || (name === '' && commands.length === 1)) return commands.map(line).join('\n')
  if (name === '') return `${commands.map(usageOf).join(', ')} (more: /help ${nick})`
  const found = commands.find(command => command.name === name)
  if (found !== undefined) return line(found)
  return addressed ? `There is no /${name}.` : undefined
}

function line(command: Command): string {
  return command.help === undefined ? usageOf(command) : `${usageOf(command)}: ${command.help}`
}
