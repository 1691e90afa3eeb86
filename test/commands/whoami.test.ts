import { mkdtempSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { runCommand } from './run-command.js'

afterEach(() => vi.unstubAllEnvs())

test('makes an identity on first use, and prints it and where it is kept', async () => {
  const home = join(mkdtempSync(join(tmpdir(), 'swarmchat-')), 'new')
  vi.stubEnv('SWARMCHAT_HOME', home)
  const { lines } = await runCommand('whoami', [])
  expect(lines).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/), join(home, 'identity')])
  expect(statSync(home).mode & 0o777).toBe(0o700)
  expect((await runCommand('whoami', [])).lines).toEqual(lines)
})
