// The next line comes first: what is imported after it asks for the user.
import './unnamed-user.js'
import { fileURLToPath } from 'node:url'
import { Config } from '@oclif/core/config'
import { readCommandLine } from './command-line.js'
import { surviveLostTerminals } from './lost-terminals.js'
import { report } from './report.js'
import { standardStreams } from './streams.js'

/** Where package.json is, seen from src/cli/ and from dist/cli/. */
const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** Runs the command line of this process and ends it; docs/errors.md has the exit codes. */
export async function main(): Promise<void> {
  surviveLostTerminals()
  standardStreams.own()
  // A command that waits for nothing but a signal, or for somebody offline, still runs.
  const running = setInterval(() => {}, 2 ** 30)
  const code = await run(process.argv.slice(2)).then(() => process.exitCode, report)
  clearInterval(running)
  await standardStreams.flushed()
  process.exit(standardStreams.exitCode(Number(code ?? 0)))
}

async function run(words: readonly string[]): Promise<void> {
  const config = await Config.load(ROOT)
  const line = readCommandLine(words, config.commandIDs)
  if (line.type === 'version') return void process.stdout.write(`${config.userAgent}\n`)
  if (line.type === 'help') return showHelp(config, line.about)
  process.title = `swarmchat ${line.command.replaceAll(':', ' ')}`
  await config.runCommand(line.command, [...line.words])
}

async function showHelp(config: Config, about: string | undefined): Promise<void> {
  const { ProgramHelp } = await import('./help.js')
  await new ProgramHelp(config, config.pjson.oclif.helpOptions).showHelp(
    about === undefined ? [] : [about]
  )
}
