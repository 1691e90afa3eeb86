import { readCommandLine, subcommandsOf } from './command-line.js'
import { surviveLostTerminals } from './lost-terminals.js'
import { programHelp } from './program-help.js'
import { report } from './report.js'
import { START_PAGE } from './start-page.js'
import { standardStreams } from './streams.js'
import { userAgent } from './user-agent.js'

/** The commands by their ids, each with what loads it. */
export type CommandTable = Readonly<Record<string, () => Promise<{ readonly default: Runnable }>>>

interface Runnable {
  id: string
  subcommands: readonly string[]
  onwarm: (way: string) => void
  start(words: readonly string[]): Promise<void>
}

type OnWarm = (command: string) => void

/**
 * Runs the command line of this process and ends it; docs/errors.md has the exit codes. `onwarm` hears when a command has come as
 * far as it was to come quickly. Default: nobody does.
 */
export async function main(commands: CommandTable, onwarm: OnWarm = () => {}): Promise<void> {
  surviveLostTerminals()
  standardStreams.own()
  // A command that waits for nothing but a signal, or for somebody offline, still runs.
  const running = setInterval(() => {}, 2 ** 30)
  const code = await run(process.argv.slice(2), commands, onwarm).then(
    () => process.exitCode,
    report
  )
  clearInterval(running)
  await standardStreams.flushed()
  process.exit(standardStreams.exitCode(Number(code ?? 0)))
}

async function run(words: readonly string[], commands: CommandTable, onwarm: OnWarm) {
  const line = readCommandLine(words, Object.keys(commands))
  if (line.type === 'version') return void process.stdout.write(`${userAgent()}\n`)
  if (line.type === 'start') return void process.stdout.write(START_PAGE)
  if (line.type === 'help') return showHelp(line.about)
  process.title = `swarmchat ${line.command.replaceAll(':', ' ')}`
  await runCommand(line, commands, onwarm)
}

interface Run {
  readonly command: string
  readonly words: readonly string[]
}

async function runCommand({ command: id, words }: Run, commands: CommandTable, onwarm: OnWarm) {
  const load = commands[id]
  if (load === undefined) return
  const { default: command } = await load()
  ownStreamsAgain()
  command.id = id
  command.subcommands = subcommandsOf(id, Object.keys(commands))
  command.onwarm = way => onwarm(`${id} ${way}`)
  await command.start(words)
}

async function showHelp(about: string | undefined): Promise<void> {
  if (about === undefined) return void process.stdout.write(programHelp())
  const help = await import('./help.js')
  ownStreamsAgain()
  await help.showHelp(about)
}

// oclif was just loaded, for commands and help only: it listens to our outputs and rethrows everything but EPIPE.
function ownStreamsAgain(): void {
  standardStreams.own()
}
