import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Config } from '@oclif/core/config'
import { vi } from 'vitest'
import { subcommandsOf } from '../../src/cli/command-line.js'
import { COMMANDS } from '../../src/commands/index.js'

/** Commands that are a folder. */
const TOPICS = new Set(['bot', 'config', 'contacts', 'identity', 'invite'])

// A package without commands, so that oclif does not read those of a build.
const root = mkdtempSync(join(tmpdir(), 'swarmchat-'))
const about = { name: 'swarmchat', version: '0.0.0', oclif: { bin: 'swarmchat' } }
writeFileSync(join(root, 'package.json'), JSON.stringify(about))

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
  const log = vi.spyOn(console, 'log').mockImplementation(line => void lines.push(line))
  try {
    await command.run(args, await Config.load({ root }))
    return { lines, thrown: undefined }
  } catch (thrown) {
    return { lines, thrown }
  } finally {
    log.mockRestore()
  }
}
