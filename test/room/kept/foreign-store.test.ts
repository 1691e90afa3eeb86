import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { loadIdentity } from '../../../src/home/identity.js'
import type { DamagedEvent } from '../../../src/room/events.js'
import { historyDirectory } from '../../../src/room/kept/history-place.js'
import { keptHistory } from '../../../src/room/kept/kept-rooms.js'
import { roomKeys } from '../../../src/room/keys.js'
import { useRooms } from '../../support/rooms.js'

const { enter } = useRooms()
const root = mkdtempSync(join(tmpdir(), 'swarmchat-'))
const newHome = () => mkdtempSync(join(root, 'home-'))

afterAll(() => rmSync(root, { recursive: true, force: true }))

const placeIn = (home: string, name: string) =>
  historyDirectory(home, roomKeys(name), loadIdentity(home))

/** A home in which ada has said something in a room. */
async function homeOfAda(name: string): Promise<string> {
  const home = newHome()
  const { room } = await enter('ada', { name, home, identity: undefined })
  room.say('of ada')
  await room.written()
  await room.leave()
  return home
}

/** Ben's home, in which the store of ada's room is where that of his lobby should be. */
async function takenBy(adas: string, name: string): Promise<string> {
  const home = newHome()
  const place = placeIn(home, 'lobby')
  mkdirSync(dirname(place), { recursive: true, mode: 0o700 })
  cpSync(placeIn(adas, name), place, { recursive: true })
  return home
}

describe('a store', () => {
  test('of another identity in the same room is that room’s history, and nobody is taken for its owner', async () => {
    const home = await takenBy(await homeOfAda('lobby'), 'lobby')
    const ben = await enter('ben', { home, identity: undefined })
    const damaged: DamagedEvent[] = []
    ben.room.on('damaged', event => damaged.push(event))
    await ben.hears('of ada')
    expect(ben.messages[0]?.from).not.toBe(ben.room.identity)
    ben.room.say('of ben')
    await ben.room.written()
    await ben.room.leave()
    expect(damaged).toEqual([])
    const kept = await keptHistory('lobby', { home })
    expect(kept.map(({ nick, text }) => [nick, text])).toEqual([
      ['ada', 'of ada'],
      ['ben', 'of ben']
    ])
  })

  test('of another room says nothing here; it is put aside when it is read, and the room goes on', async () => {
    const home = await takenBy(await homeOfAda('attic'), 'attic')
    const ben = await enter('ben', { home, identity: undefined })
    const damaged: DamagedEvent[] = []
    ben.room.on('damaged', event => damaged.push(event))
    await ben.when(() => damaged.length > 0)
    expect(damaged).toHaveLength(1)
    ben.room.say('of ben')
    await ben.room.written()
    await ben.room.leave()
    expect(ben.texts).toEqual(['of ben'])
    expect((await keptHistory('lobby', { home })).map(({ text }) => text)).toEqual(['of ben'])
    const [aside] = readdirSync(dirname(placeIn(home, 'lobby'))).filter(name =>
      name.includes('.damaged-')
    )
    expect(damaged[0]?.path).toContain(aside)
  })
})
