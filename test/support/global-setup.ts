import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { missingPrograms } from './programs.js'

const PREFIX = 'swarmchat-test-'

/**
 * Runs once, before all tests: says which programs are missing (in CI that is an error), and gives the run one
 * temporary directory, which goes with it, whatever the tests and the programs that they start leave there.
 */
export default function setup(): () => void {
  const missing = missingPrograms()
  if (missing.length > 0) complain(missing)
  // For each project once more, but paths of sockets must stay short.
  if (basename(tmpdir()).startsWith(PREFIX)) return () => {}
  const directory = mkdtempSync(join(tmpdir(), PREFIX))
  // Tests that run a program as another user need to get into what they make there.
  chmodSync(directory, 0o711)
  process.env.TMPDIR = directory
  // What programs compile is kept here, too.
  process.env.XDG_CACHE_HOME = directory
  return () => rmSync(directory, { recursive: true, force: true })
}

function complain(missing: readonly string[]): void {
  const text = `These programs are missing: ${missing.join(', ')} (apt-get install).`
  if (process.env.CI) throw new Error(text)
  process.stderr.write(`${text} The tests that need them are skipped.\n`)
}
