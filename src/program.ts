// The next line comes first: what is loaded after it asks for the user.
import './cli/unnamed-user.js'
import { COMMANDS } from './commands/index.js'

/**
 * Runs the command line of this process and ends it; docs/errors.md has the exit codes. `onwarm` hears when a command has come as
 * far as it was to come quickly. Default: nobody does.
 */
export async function main(onwarm?: (command: string) => void): Promise<void> {
  // Loaded here: a bundle runs what several of its files share before the line above.
  const program = await import('./cli/main.js')
  await program.main(COMMANDS, onwarm)
}

/** All commands, loaded, by their ids: oclif makes its manifest of them (scripts/manifest.js). */
export async function loadCommands(): Promise<Readonly<Record<string, unknown>>> {
  const loaded = Object.entries(COMMANDS).map(async ([id, load]) => [id, (await load()).default])
  return Object.fromEntries(await Promise.all(loaded))
}
