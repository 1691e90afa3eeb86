import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, expect, test, vi } from 'vitest'
import { readInvitation, ticketIn } from '../../src/room/admission/invitation.js'
import { privateRoom } from '../../src/room/admission/private-rooms.js'
import { runCommand } from './run-command.js'

const root = mkdtempSync(join(tmpdir(), 'swarmchat-'))
let home = ''

beforeEach(() => {
  home = mkdtempSync(join(root, 'home-'))
  vi.stubEnv('SWARMCHAT_HOME', home)
})
afterEach(() => void vi.unstubAllEnvs())
afterAll(() => rmSync(root, { recursive: true, force: true }))

/** Runs a command; the lines that it prints and, in one text, what it says on stderr. */
async function run(name: string, ...args: string[]) {
  const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  const { lines, thrown } = await runCommand(name, args)
  const said = stderr.mock.calls.flat().join()
  stderr.mockRestore()
  return { lines, thrown, said }
}

async function refused(name: string, ...args: string[]): Promise<unknown> {
  return (await run(name, ...args)).thrown
}

test('a room that was created is listed as private, means itself by its name, and takes --public and a password for others', async () => {
  const { said } = await run('create', '#Team')
  expect(said).toContain('team is a private room here from now on')
  expect(await refused('create', 'team')).toMatchObject({ code: 'ROOM_EXISTS' })
  expect((await run('rooms')).lines).toEqual(['team  private  0 messages'])
  const { topic } = privateRoom('team') ?? {}
  expect((await run('topic', 'Team')).lines).toEqual([topic])
  const others = [await run('topic', 'team', '--public')]
  vi.stubEnv('SWARMCHAT_PASSWORD', 'correct horse battery staple')
  others.push(await run('topic', 'team'))
  expect(new Set([topic, ...others.map(({ lines }) => lines[0])]).size).toBe(3)
})

test('a name of several words is one in what is to be typed', async () => {
  const { lines, said } = await run('create', "Ada's team")
  expect(lines).toEqual([`Invite others: swarmchat invite 'ada'\\''s team'`])
  expect(said).toContain(`swarmchat join 'ada'\\''s team'`)
})

test('a name that would be a flag, standard input or a command of invite is none in what is to be typed', async () => {
  const typed = { list: `invite '#list'`, revoke: `invite '#revoke'`, '#-': `invite '#-'` }
  for (const [name, words] of Object.entries(typed))
    expect((await run('create', name)).lines).toEqual([`Invite others: swarmchat ${words}`])
  expect((await run('create', '#--json')).said).toContain(`swarmchat join '#--json'`)
})

test('rooms says which private rooms it cannot list', async () => {
  await run('create', 'team')
  const [file = ''] = readdirSync(join(home, 'private'))
  chmodSync(join(home, 'private', file), 0o644)
  const { lines, said } = await run('rooms')
  expect(lines).toEqual([])
  expect(said).toMatch(/can be read by others/)
})

test('create --json tells no secret', async () => {
  const { lines, said } = await run('create', 'team', '--json')
  const { name, secret, topic } = privateRoom('team') ?? {}
  expect(JSON.parse(lines.join())).toEqual({ type: 'created', room: name, topic })
  expect(lines.join() + said).not.toContain(Buffer.from(secret ?? []).toString('hex'))
})

test('an invitation carries the room; in place of its name it does for every command, with nothing beside it', async () => {
  await run('create', 'team')
  const [link = ''] = (await run('invite', 'team', '--link')).lines
  const room = privateRoom('team')
  const secret = Uint8Array.from(room?.secret ?? [])
  expect(readInvitation(link)).toEqual({ name: 'team', secret })
  vi.stubEnv('SWARMCHAT_HOME', mkdtempSync(join(root, 'home-')))
  expect((await run('topic', link)).lines).toEqual([room?.topic])
  expect(await refused('topic', link, '--public')).toMatchObject({ code: 'BAD_ARGUMENTS' })
  expect(await refused('config/set', 'nick', 'ana', '--room', link)).toMatchObject({
    code: 'BAD_ROOM_NAME'
  })
})

test('of a room with a password it carries what that gives, and a public one has none', async () => {
  vi.stubEnv('SWARMCHAT_PASSWORD', 'correct horse battery staple')
  const [topic] = (await run('topic', 'team')).lines
  vi.stubEnv('SWARMCHAT_PASSWORD', 'correct horse battery staple')
  const [link = ''] = (await run('invite', 'team', '--link')).lines
  expect((await run('topic', link)).lines).toEqual([topic])
  expect(await refused('invite', 'lobby')).toMatchObject({ code: 'NOT_PRIVATE' })
})

test('with --uses or --expires it carries no secret, is listed, and revoked; only join takes it', async () => {
  await run('create', 'team')
  const first = await run('invite', 'team', '--uses', '1')
  expect(first.said).toMatch(/lets in one person, until \S+ \S+, while a chat of yours is in team/)
  const [link = ''] = first.lines
  const { expires = 0, name } = ticketIn(link) ?? {}
  expect(name).toBe('team')
  expect(expires - Date.now()).toBeGreaterThan(6 * 86_400_000)
  expect((await run('invite', 'team', '--expires', '2d')).said).toMatch(
    /lets in whoever has it, until \S+ \S+, while a member is in team\.\s+Members hear/
  )
  await run('invite', 'team', '--uses', '3', '--anyone', '--expires', '3d')
  const { lines } = await run('invite/list')
  // By their end.
  expect(lines.map(line => line.slice(8).replace(/\d{4}-.{11}/, 'TIME'))).toEqual([
    '  team  used 0  until TIME  any member lets in',
    '  team  used 0 of 3  until TIME  any member lets in',
    '  team  used 0 of 1  until TIME'
  ])
  const [{ id }] = JSON.parse(`[${(await run('invite/list', '--json')).lines.join()}]`)
  expect((await run('invite/revoke', id)).lines.join()).toContain('revoked')
  expect(await refused('peers', link)).toMatchObject({
    code: 'BAD_INVITATION',
    facts: { flaw: 'ticket' }
  })
  for (const wrong of ['never', '0d', '367d'])
    expect(await refused('invite', 'team', '--expires', wrong)).toMatchObject({
      code: 'BAD_EXPIRES'
    })
})

test('join without a word needs somebody to ask; --as is for one invitation', async () => {
  expect(await refused('join')).toMatchObject({ code: 'BAD_ARGUMENTS' })
  expect(await refused('join', 'lobby', '--as', 'work')).toMatchObject({ code: 'BAD_ARGUMENTS' })
})
