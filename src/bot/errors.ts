import { messageOf, SwarmchatError } from '../base/errors.js'

/** What somebody else said, ended by one full stop. */
export function sentence(text: string): string {
  return `${text.trim().replace(/[.\s]+$/, '')}.`
}

/** BAD_DURATION: no span of time, or none greater than 0. */
export const badDuration = (given: unknown) =>
  new SwarmchatError('BAD_DURATION', `${JSON.stringify(given)} is not a duration.`, {
    hint: 'Give milliseconds, or text such as 30s, 10m, 1h30m or 2d.'
  })

/** BAD_CRON: a schedule that no cron understands, or one that never comes. */
export const badCron = (pattern: string, cause: unknown) =>
  new SwarmchatError('BAD_CRON', `"${pattern}" is not a schedule: ${messageOf(cause)}`, {
    hint: 'Five fields: minute hour day month weekday, for example: 0 9 * * 1',
    cause
  })

/** BAD_COMMAND: a command's name, or its declaration, is not one. */
export const badCommand = (name: string, reason: string) =>
  new SwarmchatError('BAD_COMMAND', `The command "${name}" cannot be declared: ${reason}.`, {
    hint: 'A name has 1 to 32 letters, digits, dashes or underscores, and is declared once.'
  })

/** HANDLER_TIMEOUT: a handler took too long. The bot goes on; the handler's signal has fired. */
export const handlerTimeout = (what: string, millis: number) =>
  new SwarmchatError('HANDLER_TIMEOUT', `${what} took longer than ${millis / 1000} s.`, {
    hint: 'Stop at ctx.signal, or allow more: bot.configure({ timeout: "2m" })',
    exitCode: 1
  })

/** OUTBOX_FULL: a bot says more than its pace lets out, and the queue is full. */
export const outboxFull = (bound: number) =>
  new SwarmchatError('OUTBOX_FULL', `The bot says too much: ${bound} messages are waiting.`, {
    hint: 'Say less, or allow more: bot.configure({ pace: { perSecond: 10, burst: 50 } })',
    exitCode: 1
  })

/** BOT_STOPPED: the bot left, or is being replaced. */
export const botStopped = () =>
  new SwarmchatError('BOT_STOPPED', 'The bot has stopped.', {
    hint: 'It was asked to stop: there is nothing to do.',
    exitCode: 1
  })

/** BAD_STATE: a value that is not JSON, or too much of it. */
export const badState = (reason: string) =>
  new SwarmchatError('BAD_STATE', `The bot's state cannot be used: ${reason}.`, {
    hint: 'State is JSON, 1 MiB in all per bot and room.',
    exitCode: 1
  })

/** DAMAGED_STATE: the file that a bot's state is kept in cannot be read. It is left as it is. */
export const damagedState = (file: string, reason: string, cause: unknown) =>
  new SwarmchatError('DAMAGED_STATE', `The bot's state in ${file} cannot be used: ${reason}.`, {
    hint: 'Restore it from a copy, or move it away to begin anew. It was left as it is.',
    cause
  })

/** BAD_SCRIPT: a bot's script is none. */
export const noScript = (message: string) =>
  new SwarmchatError('BAD_SCRIPT', message, {
    hint: 'A bot is a file with: export default bot => { ... }. Begin with: swarmchat bot new <name>'
  })

/** BAD_SCRIPT: a bot's script cannot run, for a reason that its author knows better than we do. */
export const badScript = (
  message: string,
  { hint = '', cause }: { hint?: string; cause?: unknown } = {}
) => new SwarmchatError('BAD_SCRIPT', message, { hint, cause })

/** SLOW_SCRIPT: a script takes very long to load. It is tried again. */
export const slowScript = (millis: number) =>
  new SwarmchatError('SLOW_SCRIPT', `The script did not load within ${millis / 1000} s.`, {
    hint: 'It is started again. What does it wait for?'
  })

/** BAD_PROGRAM: the program of `swarmchat bot <room> -- program` cannot be started, or ends at once. */
export const badProgram = (message: string, cause?: unknown) =>
  new SwarmchatError('BAD_PROGRAM', message, {
    hint: 'It reads one JSON event per line and writes one JSON action per line: docs/bots.md',
    cause
  })

/** NO_PROGRAM: the program of `swarmchat bot <room> -- program` is not installed. */
export const noProgram = (program: string, cause?: unknown) =>
  new SwarmchatError('NO_PROGRAM', `There is no program ${program}.`, {
    hint: /\s/.test(program)
      ? 'Give the program and each argument as a word of its own: -- python3 bot.py'
      : `Is it installed, and on the PATH? One in this directory is written ./${program}`,
    cause
  })

/** NOT_EXECUTABLE: the program of `swarmchat bot <room> -- program` is a file that may not be run. */
export const notExecutable = (program: string, cause?: unknown) =>
  new SwarmchatError('NOT_EXECUTABLE', `${program} is not executable.`, {
    hint: `Make it so (chmod +x), or name its interpreter: -- python3 ${program}`,
    cause
  })

/** NOT_AN_IDENTITY: what `--allow` was given names nobody. */
export const notAnIdentity = (given: string) =>
  new SwarmchatError('NOT_AN_IDENTITY', `"${given}" is not an identity.`, {
    hint: 'An identity is 64 hex digits: swarmchat whoami shows yours, swarmchat peers <room> --json all.'
  })

/** BOT_RUNNING: a bot of this name runs already; two would answer everything twice. */
export const botRunning = (name: string) =>
  new SwarmchatError('BOT_RUNNING', `The bot ${name} is running already.`, {
    hint: 'Stop it first, or run this one under another name: --identity <name>'
  })

/** BAD_BOT_NAME: a bot's name names files. */
export const badBotName = (name: string) =>
  new SwarmchatError('BAD_BOT_NAME', `"${name}" cannot be the name of a bot.`, {
    hint: 'Give one with --identity: 1 to 64 letters, digits, dots, dashes or underscores, a letter or a digit first.'
  })

/** BAD_BOT_NAME: a new bot's name is that of its directory and of its package, too. */
export const badNewBotName = (name: string) =>
  new SwarmchatError('BAD_BOT_NAME', `"${name}" cannot be the name of a new bot.`, {
    hint: 'Give 1 to 32 lower-case letters, digits or dashes, a letter first, as in: swarmchat bot new dice'
  })
