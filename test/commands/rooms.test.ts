import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, expect, test, vi } from 'vitest'
import { codeOf } from '../../src/base/errors.js'
import { createRoom } from '../../src/room/admission/private-rooms.js'
import { useRooms } from '../support/rooms.js'
import { runCommand } from './run-command.js'

const { enter } = useRooms()
const root = mkdtempSync(join(tmpdir(), 'swarmchat-'))
afterEach(() => void vi.unstubAllEnvs())
afterAll(() => rmSync(root, { recursive: true, force: true }))

test('names every room that is listed, once: private ones too, visited or not', async () => {
  vi.stubEnv('SWARMCHAT_HOME', root)
  for (const name of ['lobby', 'team']) {
    const { room } = await enter('ada', { name, home: root, identity: undefined })
    await room.leave()
  }
  createRoom('team', root)
  createRoom('attic', root)
  const listed = await runCommand('rooms', ['--json'])
  const names = listed.lines.map(line => JSON.parse(line).room)
  expect(names).toEqual(['attic', 'lobby', 'team', 'team'])
  expect((await runCommand('rooms', ['--names'])).lines).toEqual(['attic', 'lobby', 'team'])
})

test('nobody is asked about a room that cannot be forgotten', async () => {
  vi.stubEnv('SWARMCHAT_HOME', mkdtempSync(join(root, 'home-')))
  const forgotten = async (room: string) => codeOf((await runCommand('forget', [room])).thrown)
  expect(await forgotten('nowhere')).toBe('ROOM_NOT_KEPT')
  const home = process.env.SWARMCHAT_HOME
  const { room } = await enter('ada', {
    name: 'lobby',
    home,
    identity: undefined,
    ephemeral: true
  })
  // It keeps nothing, so it has nothing to delete.
  expect(await forgotten('lobby')).toBe('STORE_IN_USE')
  await room.leave()
  expect(await forgotten('lobby')).toBe('NOT_CONFIRMED')
})
