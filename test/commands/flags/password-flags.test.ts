import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, expect, test, vi } from 'vitest'
import { COMMANDS } from '../../../src/commands/index.js'
import { roomKeys } from '../../../src/room/keys.js'
import { runCommand } from '../run-command.js'

const root = mkdtempSync(join(tmpdir(), 'swarmchat-'))
const file = join(root, 'password')
const LONG = 'correct horse battery staple'

afterEach(() => void vi.unstubAllEnvs())
afterAll(() => rmSync(root, { recursive: true, force: true }))

async function topic(...flags: string[]): Promise<string | undefined> {
  const { lines, thrown } = await runCommand('topic', ['team', ...flags])
  if (thrown !== undefined) throw thrown
  return lines[0]
}

test('a file and the environment give the same password, and the file wins', async () => {
  const open = await topic()
  vi.stubEnv('SWARMCHAT_PASSWORD', LONG)
  const fromEnvironment = await topic()
  expect(fromEnvironment).not.toBe(open)
  // What this process starts is not told.
  expect(process.env.SWARMCHAT_PASSWORD).toBeUndefined()
  writeFileSync(file, `${LONG}\n`)
  vi.stubEnv('SWARMCHAT_PASSWORD', 'another one, as long as that')
  expect(await topic('--password-file', file)).toBe(fromEnvironment)
  writeFileSync(file, `${LONG} \r\n`)
  expect(await topic('--password-file', file)).not.toBe(fromEnvironment)
})

test('a short password is called so, and not said', async () => {
  const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  vi.stubEnv('SWARMCHAT_PASSWORD', 'tiger-7')
  await topic()
  const said = stderr.mock.calls.flat().join()
  stderr.mockRestore()
  expect(said).toContain('That password is short.')
  expect(said).not.toContain('tiger')
})

test('a short password is not called so again in a room that somebody was in here', async () => {
  vi.stubEnv('SWARMCHAT_HOME', root)
  const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  const said = async () => {
    stderr.mockClear()
    vi.stubEnv('SWARMCHAT_PASSWORD', 'tiger-7')
    const found = await topic()
    return { found, text: stderr.mock.calls.flat().join() }
  }
  const notePlace = (name: string, at: string) => {
    mkdirSync(join(root, 'rooms', at), { recursive: true })
    writeFileSync(join(root, 'rooms', at, 'name'), `${name}\n`)
  }
  const { found = '', text } = await said()
  expect(text).toContain('That password is short.')
  // The public room of that name is another one, and so is another room with a password.
  notePlace('team', roomKeys('team').topic)
  notePlace('other', 'a'.repeat(64))
  expect((await said()).text).toContain('That password is short.')
  notePlace('team', found)
  expect((await said()).text).toBe('')
  stderr.mockRestore()
})

test('without a terminal, a file or the environment there is none', async () => {
  await expect(topic('--password')).rejects.toMatchObject({ code: 'NO_PASSWORD' })
  await expect(topic('--password-file', join(root, 'none'))).rejects.toMatchObject({
    code: 'NO_PASSWORD',
    message: expect.stringContaining(join(root, 'none'))
  })
  const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  vi.stubEnv('SWARMCHAT_PASSWORD', '')
  await expect(topic()).rejects.toMatchObject({ code: 'BAD_PASSWORD' })
  const said = stderr.mock.calls.flat().join()
  stderr.mockRestore()
  expect(said).not.toContain('short')
})

test('no command takes a password or a passphrase as a word, but the name of a file', async () => {
  const taking: string[] = []
  for (const [name, load] of Object.entries(COMMANDS)) {
    const command = (await load()).default as { flags?: Record<string, { type: string }> }
    for (const [flag, { type }] of Object.entries(command.flags ?? {}))
      if (/pass/.test(flag) && type === 'option') taking.push(`${name} --${flag}`)
  }
  expect(taking.length).toBeGreaterThan(3)
  for (const each of taking) expect(each).toMatch(/ --pass(word|phrase)-file$/)
})

test('it is no word of the command line', async () => {
  await expect(topic('--password=secret')).rejects.toMatchObject({ code: 'BAD_ARGUMENTS' })
})
