import { execFile } from 'node:child_process'
import { chmodSync, chownSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'

const SCRIPT = fileURLToPath(new URL('../support/print-home.ts', import.meta.url))
const ROOT = fileURLToPath(new URL('../..', import.meta.url))
/** Nobody has this user id: there is no entry for it. */
const STRANGER = 54_321

interface Answer {
  readonly home?: string
  readonly key?: string
  readonly nick?: string
  readonly code?: string
  readonly message?: string
  readonly hint?: string
}

/** What the library says to a process of that user. */
async function asStranger(env: Record<string, string>): Promise<Answer> {
  const as = { uid: STRANGER, gid: STRANGER, cwd: ROOT, env: { PATH: process.env.PATH, ...env } }
  const args = ['--import', 'tsx', SCRIPT]
  const { stdout } = await promisify(execFile)(process.execPath, args, as)
  return JSON.parse(stdout)
}

function directoryOf(owner: number, mode: number): string {
  const directory = mkdtempSync(join(tmpdir(), 'swarmchat-'))
  chownSync(directory, owner, owner)
  chmodSync(directory, mode)
  return directory
}

// To be another user takes to be root.
describe.runIf(process.getuid?.() === 0)('a user id without an entry', { timeout: 60_000 }, () => {
  test('has the home that it is told', async () => {
    const home = directoryOf(STRANGER, 0o700)
    for (const env of [{ HOME: '/', SWARMCHAT_HOME: home }, { SWARMCHAT_HOME: home }]) {
      const answer = await asStranger(env)
      expect(answer.home).toBe(home)
      expect(answer.nick).toBe(answer.key?.slice(0, 8))
    }
  })

  test('is told what to do if it is told none', async () => {
    expect(await asStranger({})).toMatchObject({
      code: 'NO_HOME',
      message: 'This user has no home directory.',
      hint: expect.stringMatching('SWARMCHAT_HOME')
    })
  })

  test('is told which file or directory it may not write', async () => {
    const home = directoryOf(0, 0o755)
    expect(await asStranger({ SWARMCHAT_HOME: home })).toMatchObject({
      code: 'NO_HOME',
      message: `The file ${join(home, 'identity')} cannot be used: permission is denied.`
    })
    const below = join(home, 'below')
    expect(await asStranger({ SWARMCHAT_HOME: below })).toMatchObject({
      message: `The directory ${below} cannot be used: permission is denied.`
    })
  })
})
