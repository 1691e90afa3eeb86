import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { afterAll, afterEach, expect, test, vi } from 'vitest'
import { runCommand } from './run-command.js'

const home = mkdtempSync(`${tmpdir()}/swarmchat-`)
afterEach(() => void vi.unstubAllEnvs())
afterAll(() => rmSync(home, { recursive: true, force: true }))

const hasDevices = process.platform !== 'win32'

test.runIf(hasDevices)(
  'import reads no more than an export has, also of what never ends',
  async () => {
    vi.stubEnv('SWARMCHAT_HOME', home)
    const { thrown } = await runCommand('identity/import', ['/dev/zero'])
    expect(thrown).toMatchObject({
      code: 'BAD_EXPORT',
      message: expect.stringContaining('it is too large')
    })
  }
)

test.runIf(hasDevices)('import says what is no file of an identity', async () => {
  vi.stubEnv('SWARMCHAT_HOME', home)
  for (const [file, why] of Object.entries({ '/dev/null': 'not JSON', [home]: 'a directory' })) {
    const { thrown } = await runCommand('identity/import', [file])
    expect(thrown).toMatchObject({ code: 'BAD_EXPORT', message: expect.stringContaining(why) })
  }
})
