import { setMaxListeners } from 'node:events'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Config } from '@oclif/core/config'
import { vi } from 'vitest'
import { subcommandsOf } from '../../src/cli/command-line.js'
import { standardStreams } from '../../src/cli/streams.js'
import { COMMANDS } from '../../src/commands/index.js'

/** Commands that are a folder. */
const TOPICS = new Set(['bot', 'config', 'contacts', 'identity', 'invite'])

// A package without commands, so that oclif does not read those of a build.
const root = mkdtempSync(join(tmpdir(), 'swarmchat-'))
const about = { name: 'swarmchat', version: '0.0.0', oclif: { bin: 'swarmchat' } }
writeFileSync(join(root, 'package.json'), JSON.stringify(about))

// A process of its own runs one command, which listens as long as it lives. Here there are many.
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
setMaxListeners(0, standardStreams.lost)

function listeningToSignals(): () => void {
  const before = SIGNALS.map(name => new Set(process.listeners(name)))
  return () => {
    for (const [at, name] of SIGNALS.entries())
      for (const listener of process.listeners(name))
        if (before[at]?.has(listener) === false) process.off(name, listener)
  }
}

/** The module of a command: `join`, `bot/new`. */
export const loadCommand = (name: string) => {
  const [topic = '', command] = name.split('/')
  if (TOPICS.has(topic)) return import(`../../src/commands/${topic}/${command ?? 'index'}.ts`)
  return import(`../../src/commands/${topic}.ts`)
}

/** Runs a command of the sources in this process; gives the lines that it printed, and what it threw. */
export async function runCommand(name: string, args: string[]) {
  const { default: command } = await loadCommand(name)
  command.id = name.replace('/', ':')
  command.subcommands = subcommandsOf(command.id, Object.keys(COMMANDS))
  const lines: string[] = []
  const endListening = listeningToSignals()
  const log = vi.spyOn(console, 'log').mockImplementation(line => void lines.push(line))
  try {
    await command.run(args, await Config.load({ root }))
    return { lines, thrown: undefined }
  } catch (thrown) {
    return { lines, thrown }
  } finally {
    log.mockRestore()
    endListening()
  }
}
