import { stripVTControlCharacters } from 'node:util'
import { flush } from '@oclif/core/flush'
import { run } from '@oclif/core/run'
import { codeOf, messageOf, SwarmchatError } from './base/errors.js'

/** Runs the command line of this process and ends it. `url`: of the file in bin/, which oclif finds the commands from. */
export async function main(url: string): Promise<void> {
  exitQuietlyOnClosedPipe()
  const exitCode = await run(process.argv.slice(2), url).then(() => process.exitCode ?? 0, report)
  await flush().catch(() => {})
  process.exit(exitCode)
}

/** Says on stderr what went wrong, in a line or two, and returns the exit code. */
export function report(thrown: unknown): number {
  if (isExit(thrown)) return exitOf(thrown) ?? 0
  if (thrown instanceof SwarmchatError) say(thrown.message, thrown.hint)
  else if (OUT_OF_FILES.has(codeOf(thrown) ?? '')) say(NO_MORE_FILES, MORE_FILES)
  else if (exitOf(thrown) !== undefined) say(sentenceOf(messageOf(thrown)), helpFor(thrown))
  else sayBug(thrown)
  return thrown instanceof SwarmchatError ? thrown.exitCode : (exitOf(thrown) ?? 1)
}

// The program's own modules are opened many at a time: that may fail before anything of it has run.
const OUT_OF_FILES: ReadonlySet<string> = new Set(['EMFILE', 'ENFILE'])
const NO_MORE_FILES = 'This program may not open any more files and connections.'
const MORE_FILES = 'Let it have more: ulimit -n 1024'

function say(message: string, hint: string): void {
  process.stderr.write(`swarmchat: ${message}\n${hint === '' ? '' : `  ${hint}\n`}`)
}

const INTRODUCTION = /^The following errors? occurred:\s*/
const HELP = /\s*See more help with --help$/

// oclif's parser writes several lines, with lists; we want one.
function sentenceOf(text: string): string {
  const line = stripVTControlCharacters(text).replace(/\s+/g, ' ').trim()
  return `${line.replace(INTRODUCTION, '').replace(HELP, '')}.`
}

// The parser's errors are about a command that exists; the first word names it.
function helpFor(thrown: unknown): string {
  const [command] = process.argv.slice(2)
  const known = typeof thrown === 'object' && thrown !== null && 'parse' in thrown
  return `See what is understood with: swarmchat ${known ? `${command} ` : ''}--help`
}

function sayBug(thrown: unknown): void {
  say(messageOf(thrown), 'That should not happen. The details: SWARMCHAT_DEBUG=1')
  if (process.env.SWARMCHAT_DEBUG) console.error(thrown)
}

// oclif's own errors carry how to exit.
function exitOf(thrown: unknown): number | undefined {
  if (typeof thrown !== 'object' || thrown === null || !('oclif' in thrown)) return undefined
  const { oclif } = thrown
  if (typeof oclif !== 'object' || oclif === null || !('exit' in oclif)) return undefined
  return typeof oclif.exit === 'number' ? oclif.exit : undefined
}

function isExit(thrown: unknown): boolean {
  return codeOf(thrown) === 'EEXIT'
}

// Whoever reads our output has had enough, for instance `head`. A command that lives on leaves properly by itself, see
// commands/interrupt-signal.ts.
function exitQuietlyOnClosedPipe(): void {
  process.stdout.on('error', error => {
    if (process.stdout.listenerCount('error') === 1) process.exit(codeOf(error) === 'EPIPE' ? 0 : 1)
  })
  process.stderr.on('error', () => {})
}
