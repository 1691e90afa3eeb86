import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { afterAll, afterEach, expect, test, vi } from 'vitest'
import { standardStreams } from '../../src/cli/streams.js'
import { checkHome } from '../../src/doctor/check-home.js'
import { loadIdentity } from '../../src/home/identity.js'
import { createRoom } from '../../src/room/private-rooms.js'
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

test('lock and export say that what lets into private rooms is kept apart', async () => {
  const own = mkdtempSync(`${home}/own-`)
  vi.stubEnv('SWARMCHAT_HOME', own)
  vi.stubEnv('SWARMCHAT_NEW_PASSPHRASE', 'correct horse battery')
  loadIdentity(own)
  createRoom('team', own)
  const told = vi.spyOn(standardStreams, 'tell').mockImplementation(() => {})
  expect((await runCommand('identity/export', [`${own}/me.json`])).thrown).toBeUndefined()
  // It was taken out of the environment.
  vi.stubEnv('SWARMCHAT_NEW_PASSPHRASE', 'correct horse battery')
  expect((await runCommand('identity/lock', [])).thrown).toBeUndefined()
  expect(told.mock.calls.map(([{ message }]) => message)).toEqual([
    'What lets into the private room that you keep is not in it.',
    'What lets into the private room that you keep stays open.'
  ])
})

test('a private room whose file others can read is a finding of a check-up', () => {
  const own = mkdtempSync(`${home}/own-`)
  createRoom('team', own)
  expect(checkHome(own).state).toBe('ok')
  for (const name of readdirSync(`${own}/private`)) chmodSync(`${own}/private/${name}`, 0o644)
  expect(checkHome(own)).toMatchObject({ state: 'failed', text: expect.stringContaining('0644') })
})
