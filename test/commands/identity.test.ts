import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { afterAll, afterEach, expect, test, vi } from 'vitest'
import { standardStreams } from '../../src/cli/streams.js'
import { checkHome } from '../../src/doctor/check-home.js'
import { loadIdentity } from '../../src/home/identity.js'
import { createRoom, privateRoom, privateRooms } from '../../src/room/admission/private-rooms.js'
import { runCommand } from './run-command.js'

const home = mkdtempSync(`${tmpdir()}/swarmchat-`)
afterEach(() => void vi.unstubAllEnvs())
afterAll(() => rmSync(home, { recursive: true, force: true }))

/** Commands as a program that has just started runs them: it was given no passphrase. */
async function freshCommands(): Promise<typeof runCommand> {
  vi.resetModules()
  return (await import('./run-command.js')).runCommand
}

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

test('export and import take private rooms along; a name that is taken gets a number', async () => {
  const [own, other] = [mkdtempSync(`${home}/own-`), mkdtempSync(`${home}/own-`)]
  vi.stubEnv('SWARMCHAT_HOME', own)
  vi.stubEnv('SWARMCHAT_NEW_PASSPHRASE', 'correct horse battery')
  const rooms = ['team', 'ours'].map(name => createRoom(name, own))
  const { key } = loadIdentity(own)
  expect((await runCommand('identity/export', [`${own}/me.json`])).thrown).toBeUndefined()
  vi.stubEnv('SWARMCHAT_HOME', other)
  createRoom('team', other)
  const told = vi.spyOn(standardStreams, 'tell').mockImplementation(() => {})
  for (const _ of ['once', 'again']) {
    vi.stubEnv('SWARMCHAT_PASSPHRASE', 'correct horse battery')
    expect((await runCommand('identity/import', [`${own}/me.json`])).thrown).toBeUndefined()
  }
  expect(loadIdentity(other).key).toBe(key)
  expect(privateRooms(other).map(({ name }) => name)).toEqual(['ours', 'team', 'team-2'])
  expect(privateRoom('ours', other)).toEqual(rooms[1])
  expect(privateRoom('team-2', other)?.secret).toEqual(rooms[0]?.secret)
  expect(told.mock.calls.map(([{ message }]) => message)).toEqual([
    'There is another private room called team here: yours is called team-2 here.'
  ])
  told.mockRestore()
})

test('lock and export say which private rooms they leave as they are', async () => {
  const own = mkdtempSync(`${home}/own-`)
  vi.stubEnv('SWARMCHAT_HOME', own)
  createRoom('team', own)
  for (const name of readdirSync(`${own}/private`)) chmodSync(`${own}/private/${name}`, 0o644)
  const told = vi.spyOn(standardStreams, 'tell').mockImplementation(() => {})
  for (const [command, args] of [
    ['identity/export', [`${own}/me.json`]],
    ['identity/lock', []]
  ] as const) {
    vi.stubEnv('SWARMCHAT_NEW_PASSPHRASE', 'correct horse battery staple')
    expect((await runCommand(command, [...args])).thrown).toBeUndefined()
  }
  expect(told.mock.calls).toMatchObject([[{ code: 'OPEN_SECRET' }], [{ code: 'OPEN_SECRET' }]])
  told.mockRestore()
})

test('a locked private room is listed; what leads into it asks for the passphrase', async () => {
  const own = mkdtempSync(`${home}/own-`)
  vi.stubEnv('SWARMCHAT_HOME', own)
  const { topic } = createRoom('team', own)
  vi.stubEnv('SWARMCHAT_NEW_PASSPHRASE', 'correct horse battery')
  const before = await freshCommands()
  expect((await before('identity/lock', [])).thrown).toBeUndefined()
  expect(checkHome(own).state).toBe('ok')
  vi.stubEnv('SWARMCHAT_PASSPHRASE', undefined)
  const without = await freshCommands()
  expect((await without('rooms', [])).lines).toEqual(['team  private  locked'])
  expect((await without('rooms', ['--names'])).lines).toEqual(['team'])
  for (const command of [
    ['topic', 'team'],
    ['create', 'ours']
  ] as const)
    expect((await without(command[0], [command[1]])).thrown).toMatchObject({
      code: 'NO_PASSPHRASE'
    })
  vi.stubEnv('SWARMCHAT_PASSPHRASE', 'correct horse battery')
  const given = await freshCommands()
  expect((await given('topic', ['team'])).lines).toEqual([topic])
  expect((await given('create', ['ours', '--json'])).thrown).toBeUndefined()
  // It was taken out of the environment, and counts for as long as the program runs.
  expect((await given('identity/unlock', [])).thrown).toBeUndefined()
  expect(privateRooms(own).map(({ name }) => name)).toEqual(['ours', 'team'])
})

test('a private room whose file others can read is a finding of a check-up', () => {
  const own = mkdtempSync(`${home}/own-`)
  createRoom('team', own)
  expect(checkHome(own).state).toBe('ok')
  for (const name of readdirSync(`${own}/private`)) chmodSync(`${own}/private/${name}`, 0o644)
  expect(checkHome(own)).toMatchObject({ state: 'failed', text: expect.stringContaining('0644') })
})

test('export asks for no passphrase where it cannot write', async () => {
  vi.stubEnv('SWARMCHAT_HOME', home)
  const file = `${home}/mine.json`
  writeFileSync(file, '')
  const { thrown } = await runCommand('identity/export', [file])
  expect(thrown).toMatchObject({ code: 'NOT_EXPORTED' })
})
