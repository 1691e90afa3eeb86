import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest'
import type { SwarmchatError } from '../../../src/base/errors.js'
import {
  joinPieces,
  readInvitation,
  writeInvitation
} from '../../../src/room/admission/invitation.js'
import {
  addressOf,
  createRoom,
  keepRoom,
  privateRoom,
  privateRooms,
  takeRoom
} from '../../../src/room/admission/private-rooms.js'
import { makeTicket, ticketsMade } from '../../../src/room/admission/tickets.js'
import { forgetRoom } from '../../../src/room/kept/forget-room.js'
import { keptHistory, keptRooms } from '../../../src/room/kept/kept-rooms.js'
import { openRoomKeys, roomKeys } from '../../../src/room/keys.js'
import { useRooms } from '../../support/rooms.js'

const { enter } = useRooms()
const root = mkdtempSync(join(tmpdir(), 'swarmchat-'))
const newHome = () => mkdtempSync(join(root, 'home-'))
afterEach(() => void vi.unstubAllEnvs())
afterAll(() => rmSync(root, { recursive: true, force: true }))

const SECRET = new Uint8Array(32).fill(13)
const coded = (code: string) => expect.objectContaining({ code })

/** The file of the only private room in a home. */
function fileIn(home: string): string {
  const [file = ''] = readdirSync(join(home, 'private'))
  return join(home, 'private', file)
}

test('a link leads to a room that is kept here by the name that it has here, and forget leaves no secret of it under another', () => {
  const home = newHome()
  vi.stubEnv('SWARMCHAT_HOME', home)
  const link = writeInvitation({ name: 'team', secret: SECRET })
  keepRoom({ name: 'work', secret: SECRET })
  expect(addressOf(link).name).toBe('work')
  keepRoom({ name: 'ours', secret: SECRET })
  expect(privateRooms(home)).toHaveLength(2)
  const work = privateRoom('work')
  if (work !== undefined) forgetRoom(work, home)
  expect(privateRooms(home)).toEqual([])
  expect(addressOf(link).name).toBe('team')
})

describe('a private room', () => {
  test('is one room for all who have its secret, whatever they call it, and for nobody else', async () => {
    const ada = await enter('ada', { name: 'team', secret: SECRET })
    const bob = await enter('bob', { name: 'ours', secret: SECRET })
    expect(ada.room.access).toBe('private')
    await Promise.all([ada.meets('bob'), bob.meets('ada')])
    const eves = await Promise.all([
      enter('eve', { name: 'team' }),
      enter('eve', { name: 'team', secret: new Uint8Array(32).fill(14) })
    ])
    await Promise.all(eves.map(({ room }) => room.lookUp()))
    ada.room.say('only for us')
    await bob.hears('only for us')
    for (const { room, texts } of eves) {
      expect(room.topic).not.toBe(ada.room.topic)
      expect(texts).toEqual([])
      expect(room.peers()).toEqual([])
    }
  })

  test('is opened with 32 bytes, and with no password beside them', async () => {
    for (const wrong of [{ secret: new Uint8Array(31) }, { secret: SECRET, password: 'x' }])
      await expect(enter('ada', wrong)).rejects.toMatchObject({ code: 'BAD_SECRET' })
  })

  test('that was created is the one that its name means here, in a file of our own', async () => {
    const home = newHome()
    const made = createRoom('#Team', home)
    expect(made).toMatchObject({ name: 'team', access: 'private' })
    expect(made.topic).not.toBe(roomKeys('team').topic)
    expect(privateRoom('TEAM', home)).toEqual(made)
    expect(privateRoom('lobby', home)).toBeUndefined()
    expect(privateRooms(home)).toEqual([made])
    if (process.platform !== 'win32') {
      expect(statSync(fileIn(home)).mode & 0o777).toBe(0o600)
      expect(statSync(join(home, 'private')).mode & 0o777).toBe(0o700)
    }
    expect(createRoom('team', newHome()).secret).not.toEqual(made.secret)
    vi.stubEnv('SWARMCHAT_HOME', home)
    expect(addressOf('Team')).toEqual({ name: 'team', secret: made.secret })
    expect(addressOf('lobby')).toEqual({ name: 'lobby' })
  })

  test('takes no name from another one', () => {
    const home = newHome()
    const { secret } = createRoom('team', home)
    expect(() => createRoom('Team', home)).toThrow(coded('ROOM_EXISTS'))
    // What can be done about it is not the same for one that is made and one that is joined.
    const hinting = (hint: string) =>
      expect.objectContaining({ hint: expect.stringContaining(hint) })
    expect(() => createRoom('Team', home)).toThrow(hinting('join the one that is here'))
    expect(() => keepRoom({ name: 'team', secret: SECRET }, home)).toThrow(hinting('--as NAME'))
    expect(() => keepRoom({ name: 'team', secret: SECRET }, home)).toThrow(coded('ROOM_EXISTS'))
    expect(keepRoom({ name: 'team', secret }, home)).toBe(false)
    expect(keepRoom({ name: 'theirs', secret: SECRET }, home)).toBe(true)
    expect(privateRooms(home).map(({ name }) => name)).toEqual(['team', 'theirs'])
  })

  test('gets a number where its name is taken, and half a flag is no part of that', () => {
    const home = newHome()
    const flag = '\u{1f3f4}\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}'
    const name = `${'x'.repeat(57)}${flag}`
    for (const digit of [1, 2]) takeRoom({ name, secret: new Uint8Array(32).fill(digit) }, home)
    const names = privateRooms(home).map(room => room.name)
    expect(names.sort()).toEqual([name, `${'x'.repeat(57)}\u{1f3f4}-2`].sort())
  })

  test('whose file is damaged, or can be read by others, does not become the public one', () => {
    const home = newHome()
    createRoom('team', home)
    vi.stubEnv('SWARMCHAT_HOME', home)
    const good = readFileSync(fileIn(home), 'utf8')
    for (const bad of [
      '',
      good.replace(/secret ./, 'secret g'),
      good.replace(/secret \S+/, `secret ${'0'.repeat(64)}`)
    ]) {
      writeFileSync(fileIn(home), bad)
      expect(() => addressOf('team')).toThrow(coded('DAMAGED_SECRET'))
    }
    expect(addressOf('lobby')).toEqual({ name: 'lobby' })
    writeFileSync(fileIn(home), good)
    if (process.platform === 'win32') return
    chmodSync(fileIn(home), 0o640)
    expect(() => addressOf('team')).toThrow(coded('OPEN_SECRET'))
    chmodSync(fileIn(home), 0o600)
    const elsewhere = join(home, 'elsewhere')
    renameSync(fileIn(home), elsewhere)
    symlinkSync(elsewhere, join(home, 'private', roomKeys('team').topic))
    expect(() => addressOf('team')).toThrow(coded('LINKED_SECRET'))
  })

  test('is listed before anybody was there, and after, read, and forgotten with its secret', async () => {
    const home = newHome()
    const { secret } = createRoom('team', home)
    expect(await keptRooms(home)).toEqual([{ name: 'team', access: 'private', messages: 0 }])
    const lobby = await enter('ada', { name: 'team', home, identity: undefined })
    await lobby.room.leave()
    const ada = await enter('ada', { name: 'team', secret, home, identity: undefined })
    ada.room.say('kept')
    await ada.room.leave()
    const listed = await keptRooms(home)
    expect(listed).toHaveLength(2)
    expect(listed).toContainEqual({ name: 'team', access: 'public', messages: 0 })
    expect(listed).toContainEqual(
      expect.objectContaining({ name: 'team', access: 'private', messages: 1 })
    )
    const keys = await openRoomKeys({ name: 'team', secret })
    expect((await keptHistory(keys, { home })).map(({ text }) => text)).toEqual(['kept'])
    forgetRoom('team', home)
    expect(privateRooms(home)).toHaveLength(1)
    forgetRoom(keys, home)
    expect(privateRooms(home)).toEqual([])
    expect(await keptRooms(home)).toEqual([])
    expect(() => forgetRoom(keys, home)).toThrow(coded('ROOM_NOT_KEPT'))
    const unvisited = createRoom('unvisited', home)
    makeTicket(unvisited, { expires: Date.now() + 60_000, uses: 1 }, home)
    forgetRoom(unvisited, home)
    expect(privateRooms(home)).toEqual([])
    expect(ticketsMade(home)).toEqual([])
  })
})

describe('an invitation', () => {
  test('says which room, to who has none of it', () => {
    const link = writeInvitation({ name: '#Team', secret: SECRET })
    expect(readInvitation(` ${link.toUpperCase()} `)).toEqual({ name: 'team', secret: SECRET })
    expect(addressOf(link).name).toBe('team')
  })

  test('that is wrong is called so by kind, and never quoted', () => {
    const link = writeInvitation({ name: 'team', secret: SECRET })
    const wrong = [
      ['cut-off', link.slice(0, -3)],
      ['mistyped', link.replace(/(.)(.)$/, '$2x')],
      ['none', link.slice('swarmchat:'.length)]
    ]
    for (const [flaw, text = ''] of wrong) {
      const refused = vi.fn(() => readInvitation(text))
      expect(refused).toThrow(expect.objectContaining({ code: 'BAD_INVITATION', facts: { flaw } }))
      const value = refused.mock.results[0]?.value as unknown as SwarmchatError
      expect(`${value.message} ${value.hint} ${JSON.stringify(value)}`).not.toContain(
        link.slice(20, 30)
      )
    }
  })

  test('that a shell took for several words is one again, and other words stay as they are', () => {
    const link = writeInvitation({ name: 'team', secret: SECRET })
    const pieces = [link.slice(0, 20), link.slice(20, 50), link.slice(50)]
    expect(joinPieces(['join', ...pieces, '--plain'])).toEqual(['join', link, '--plain'])
    const said = ['send', 'lobby', 'swarmchat:join', 'now']
    expect(joinPieces(said)).toEqual(said)
    expect(joinPieces(pieces.slice(0, 2))).toEqual(pieces.slice(0, 2))
  })
})
