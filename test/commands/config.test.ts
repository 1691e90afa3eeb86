import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { IdentityKey } from '../../src/base/ids.js'
import { parseNetworkFlags } from '../../src/commands/flags/network-flags.js'
import { Contacts } from '../../src/home/contacts.js'
import { runCommand } from './run-command.js'

let home = ''
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'swarmchat-'))
  vi.stubEnv('SWARMCHAT_HOME', home)
})
afterEach(() => vi.unstubAllEnvs())
const IDENTITY = 'ab'.repeat(32)

test('what is set is listed, with where it comes from', async () => {
  expect((await runCommand('config/path', [])).lines).toEqual([join(home, 'config.toml')])
  await runCommand('config/set', ['bell', 'off'])
  await runCommand('config/set', ['bell', 'all', '--room', '#Builds'])
  expect((await runCommand('config/get', ['bell'])).lines).toEqual(['off'])
  expect((await runCommand('config/get', ['bell', '--room', 'builds'])).lines).toEqual(['all'])
  const { lines } = await runCommand('config/list', ['--json'])
  const found = lines.map(line => JSON.parse(line))
  expect(found).toContainEqual({ type: 'setting', key: 'bell', value: 'off', from: 'file' })
  expect(found).toContainEqual({ type: 'setting', key: 'nick', value: null, from: 'default' })
  expect(readFileSync(join(home, 'config.toml'), 'utf8')).toContain('[rooms.builds]')
})

test('what was set is taken back', async () => {
  await runCommand('config/set', ['bell', 'all', '--room', 'builds'])
  await runCommand('config/unset', ['bell', '--room', '#Builds'])
  expect((await runCommand('config/get', ['bell', '--room', 'builds'])).lines).toEqual(['mention'])
  expect(readFileSync(join(home, 'config.toml'), 'utf8')).toBe('')
})

test('what cannot be set is said', async () => {
  const { thrown } = await runCommand('config/set', ['bell', 'loud'])
  expect(thrown).toMatchObject({ code: 'NO_SETTING', exitCode: 2 })
})

test('a network that is set counts where neither flag nor environment says another', async () => {
  await runCommand('config/set', ['network', 'lan'])
  const modeOf = (flags: object, env: object) =>
    parseNetworkFlags(flags, { SWARMCHAT_HOME: home, ...env })
  expect(modeOf({}, {})).toMatchObject({ mode: 'lan' })
  expect(modeOf({}, { SWARMCHAT_NETWORK: 'local' })).toMatchObject({ mode: 'local' })
  expect(modeOf({ network: 'public' }, {})).toMatchObject({ mode: 'public' })
})

test('contacts: a name for one identity, and for one only', async () => {
  await runCommand('contacts/name', [IDENTITY, 'ana'])
  expect((await runCommand('contacts', [])).lines).toEqual([`${IDENTITY}  ana`])
  const other = await runCommand('contacts/name', ['cd'.repeat(32), 'ana'])
  expect(other.thrown).toMatchObject({
    code: 'BAD_ARGUMENTS',
    message: 'You call somebody else ana.'
  })
  expect((await runCommand('contacts/name', ['xyz', 'ana'])).thrown).toMatchObject({
    code: 'BAD_ARGUMENTS'
  })
  const contacts = Contacts.in(process.env.SWARMCHAT_HOME ?? '')
  contacts.setVerified(IDENTITY as IdentityKey, 'ana')
  contacts.setAccepted(IDENTITY as IdentityKey, true)
  const marked = [`${IDENTITY}  ana  (verified)  (accepted)`]
  expect((await runCommand('contacts', [])).lines).toEqual(marked)
  await runCommand('contacts/forget', [IDENTITY])
  expect((await runCommand('contacts', [])).lines).toEqual([])
})
