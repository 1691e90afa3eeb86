// The next line comes first: what is loaded after it asks for the user.
import './cli/unnamed-user.js'
import { COMMANDS } from './commands/index.js'

/** Runs the command line of this process and ends it; docs/errors.md has the exit codes. */
export async function main(): Promise<void> {
  // Loaded here: a bundle runs what several of its files share before the line above.
  const program = await import('./cli/main.js')
  await program.main(COMMANDS)
}
