import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { freshIdentity } from '../../../src/home/identity.js'
import { proofKey } from '../../../src/protocol/access/handshake.js'
import { messageRoom } from '../../../src/protocol/access/room-cipher.js'
import { reopen } from '../../../src/protocol/wire/message.js'
import { isShortPassword } from '../../../src/room/admission/password-strength.js'
import { forgetRoom } from '../../../src/room/kept/forget-room.js'
import { historyDirectory } from '../../../src/room/kept/history-place.js'
import { keptHistory, keptRooms } from '../../../src/room/kept/kept-rooms.js'
import { openRoomKeys, roomKeys } from '../../../src/room/keys.js'
import { LevelStore } from '../../../src/store/level-store.js'
import { useRooms } from '../../support/rooms.js'

const { enter, testnet } = useRooms()
const root = mkdtempSync(join(tmpdir(), 'swarmchat-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

const PASSWORD = ' Correct horse battery '

/** What is in all files below this directory. */
function filesIn(directory: string): Buffer[] {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true })
  return files.flatMap(file =>
    file.isFile() ? [readFileSync(join(file.parentPath, file.name))] : []
  )
}

describe('a room with a password', () => {
  test('is one room for who has the same, and another for everybody else', async () => {
    const ada = await enter('ada', { password: PASSWORD })
    const bob = await enter('bob', { password: PASSWORD, name: '#Lobby' })
    expect(ada.room.access).toBe('password')
    await Promise.all([ada.meets('bob'), bob.meets('ada')])
    const others = [undefined, PASSWORD.trim(), PASSWORD.toLowerCase()]
    const eves = await Promise.all(others.map(password => enter('eve', { password })))
    await Promise.all(eves.map(({ room }) => room.lookUp()))
    ada.room.say('only for us')
    await bob.hears('only for us')
    for (const { room, texts } of eves) {
      expect(room.topic).not.toBe(ada.room.topic)
      expect(texts).toEqual([])
      expect(room.peers()).toEqual([])
    }
    expect(new Set([ada, ...eves].map(({ room }) => room.topic)).size).toBe(4)
  })

  test('shares no topic, no proof and no key with the room of that name', async () => {
    const home = join(root, 'sealed')
    const ada = await enter('ada', { password: PASSWORD, home, identity: undefined })
    ada.room.say('sealed with the password')
    await ada.room.leave()
    const [keys, open] = [
      await openRoomKeys({ name: 'lobby', password: PASSWORD }),
      roomKeys('lobby')
    ]
    expect(keys.topic).not.toBe(open.topic)
    expect(keys.secret).not.toEqual(open.secret)
    expect(proofKey(keys.secret)).not.toEqual(proofKey(open.secret))
    const { key } = { key: ada.room.identity }
    const store = await LevelStore.open(historyDirectory(home, keys, { ...freshIdentity(), key }))
    const [kept] = await store.load()
    await store.close()
    if (kept === undefined) throw new Error('nothing was kept')
    expect(reopen(kept, messageRoom(keys.secret))?.body).toBeDefined()
    // Neither with the key of the open room, nor as a message of its own.
    const { topic } = messageRoom(keys.secret)
    const wrongKey = { ...messageRoom(open.secret), topic }
    expect(reopen(kept, wrongKey)?.body).toBeUndefined()
  })

  test('is opened with no password that cannot be typed everywhere', async () => {
    const networks = { mode: 'isolated', bootstrap: testnet().bootstrap } as const
    for (const password of ['', 'a\tb', 'x'.repeat(1_025)])
      await expect(enter('ada', { password, networks })).rejects.toMatchObject({
        code: 'BAD_PASSWORD'
      })
  })

  test('is listed as such, read and forgotten with the password alone, which is not kept', async () => {
    const home = join(root, 'kept')
    const ada = await enter('ada', { password: PASSWORD, home, identity: undefined })
    ada.room.say('kept')
    await ada.room.leave()
    const keys = await openRoomKeys({ name: 'lobby', password: PASSWORD })
    expect(await keptRooms(home)).toEqual([{ name: 'lobby', access: 'password' }])
    expect(filesIn(home).some(bytes => bytes.includes('lobby'))).toBe(true)
    for (const secret of [PASSWORD, Buffer.from(keys.secret)])
      expect(filesIn(home).some(bytes => bytes.includes(secret))).toBe(false)
    await expect(keptHistory('lobby', { home })).rejects.toMatchObject({ code: 'ROOM_NOT_KEPT' })
    expect((await keptHistory(keys, { home })).map(({ text }) => text)).toEqual(['kept'])
    expect(() => forgetRoom('lobby', home)).toThrow(
      expect.objectContaining({ code: 'ROOM_NOT_KEPT' })
    )
    forgetRoom(keys, home)
    expect(await keptRooms(home)).toEqual([])
  })

  test('holds nobody up while its password is hashed', async () => {
    let turns = 0
    const ticking = setInterval(() => {
      turns += 1
    }, 1)
    await Promise.all([1, 2, 3, 4].map(each => openRoomKeys({ name: `${each}`, password: 'x' })))
    clearInterval(ticking)
    expect(turns).toBeGreaterThan(5)
  })
})

describe('a password is called short', () => {
  test.each(['secret', 'aaaaaaaaaaaaaaaaaaaa', 'abcdefghijklmno', 'abababababababababab'])(
    'if it can be found by trying: %s',
    password => expect(isShortPassword(password)).toBe(true)
  )

  test('unless it has 16 characters, 8 of them different', () => {
    expect(isShortPassword('abcdefghabcdefgh')).toBe(false)
    expect(isShortPassword('correct horse battery staple')).toBe(false)
  })
})
