import { closeSync } from 'node:fs'
import { isatty } from 'node:tty'

/**
 * Lets this process end as it should where its terminal has gone. Node 20 wants to restore the terminals that it began
 * with when it exits, and ends in a core dump where one does not answer; a file that is closed it passes over.
 */
export function surviveLostTerminals(): void {
  const terminals = [0, 1, 2].filter(isatty)
  process.once('exit', () => {
    for (const terminal of terminals) if (!isatty(terminal)) closeSync(terminal)
  })
}
