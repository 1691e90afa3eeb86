import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test, vi } from 'vitest'
import { deferred } from '../../src/async/deferred.js'
import type { RoomUpdate } from '../../src/room/events.js'
import { Feed } from '../../src/room/feed.js'
import type { Room } from '../../src/room/room.js'
import { LevelStore } from '../../src/store/level-store.js'
import { useRooms } from '../support/rooms.js'
import { until } from '../support/until.js'

const { enter } = useRooms()
const root = mkdtempSync(join(tmpdir(), 'swarmchat-'))
const newHome = () => mkdtempSync(join(root, 'home-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

interface Told {
  readonly what: string
  readonly cursor: string | undefined
}

/** What a program reads, shortly: `hi`, `hi>ho` for an edit, `-hi` for a deletion, `hi+:)` for a reaction. */
function namer() {
  const texts = new Map<string, string>()
  return (update: RoomUpdate): string | undefined => {
    if (update.type === 'message') {
      texts.set(update.message.id, update.message.text)
      return update.message.text
    }
    if (update.type === 'edit') return `${texts.get(update.id)}>${update.text}`
    if (update.type === 'delete') return `-${texts.get(update.id)}`
    if (update.type === 'reaction') return `${texts.get(update.id)}+${update.emoji}`
    return update.type === 'direct' ? `@${update.message.text}` : undefined
  }
}

/** A room that is kept here, and what a program is told of it that goes on after a cursor. */
async function follow(home: string, since?: string, name = namer()) {
  const { room } = await enter('ada', { home, identity: undefined })
  const told: Told[] = []
  let changed = deferred()
  const feed = new Feed(room, (update, cursor) => {
    const what = name(update)
    if (what !== undefined) told.push({ what, cursor })
    changed.resolve()
    changed = deferred()
  })
  const begun = feed.begin(since)
  const hears = async (what: string) => {
    while (!told.some(each => each.what === what)) await changed.promise
  }
  return { begun, feed, hears, room, told, whats: () => told.map(each => each.what) }
}

const lineOf = async (room: Room, text: string) => {
  for await (const line of room.history()) if (line.text === text) return line.id
  return expect.fail(`${text} is not here`)
}

describe('a feed', () => {
  test('tells of what was said before as far as there is room, then of what came meanwhile', async () => {
    const home = newHome()
    const before = await follow(home)
    for (let n = 0; n < 10; n += 1) before.room.say(`line ${n}`)
    await before.room.leave()
    const { room } = await enter('ada', { home, identity: undefined })
    const told: string[] = []
    const name = namer()
    const [asked, more] = [deferred(), deferred()]
    const roomForPast = () => {
      if (told.length < 3) return undefined
      asked.resolve()
      return more.promise
    }
    let changed = deferred()
    const tell = (update: RoomUpdate) => {
      const what = name(update)
      if (what !== undefined) told.push(what)
      changed.resolve()
      changed = deferred()
    }
    const feed = new Feed(room, tell, roomForPast)
    const begun = feed.begin()
    await asked.promise
    room.say('meanwhile')
    await room.written()
    expect(told).toEqual(['line 0', 'line 1', 'line 2'])
    more.resolve()
    await begun
    while (!told.includes('meanwhile')) await changed.promise
    const all = Array.from({ length: 10 }, (_, n) => `line ${n}`)
    expect(told).toEqual([...all, 'meanwhile'])
    await feed.end()
  })

  test('gives what is kept with cursors that rise, and goes on after each of them', async () => {
    const home = newHome()
    const first = await follow(home)
    for (const text of ['one', 'two', 'three']) first.room.say(text)
    await first.hears('three')
    await first.feed.end()
    await first.room.leave()
    const cursors = first.told.map(({ cursor }) => cursor ?? expect.fail('it has no cursor'))
    expect(new Set(cursors).size).toBe(3)
    for (const [at, cursor] of cursors.entries()) {
      const again = await follow(home, cursor)
      await again.begun
      again.room.say(`four ${at}`)
      await again.hears(`four ${at}`)
      const before = Array.from({ length: at }, (_, each) => `four ${each}`)
      expect(again.whats()).toEqual([
        ...['one', 'two', 'three'].slice(at + 1),
        ...before,
        `four ${at}`
      ])
      await again.feed.end()
      await again.room.leave()
    }
  })

  test('goes on after a cursor however much came since, and begins with the newest', async () => {
    const home = newHome()
    const first = await follow(home)
    const texts = Array.from({ length: 1_100 }, (_, at) => `line ${at}`)
    for (const text of texts) first.room.say(text)
    await first.hears('line 1099')
    const cursor = first.told[9]?.cursor
    await first.feed.end()
    await first.room.leave()
    const again = await follow(home, cursor)
    await again.begun
    expect(again.whats()).toEqual(texts.slice(10))
    await again.feed.end()
    await again.room.leave()
    const anew = await follow(home)
    await anew.begun
    expect(anew.whats()).toEqual(texts.slice(-1_000))
  })

  test('reads what it tells of one by one, what was changed before it and since too, and never all at once', async () => {
    const home = newHome()
    const name = namer()
    const first = await follow(home, undefined, name)
    for (const text of ['one', 'two', 'three']) first.room.say(text)
    await first.hears('three')
    first.room.edit(await lineOf(first.room, 'one'), 'one, mended')
    first.room.react(await lineOf(first.room, 'two'), '👍')
    await first.hears('two+👍')
    const cursor = first.told.find(({ what }) => what === 'three')?.cursor
    await first.feed.end()
    await first.room.leave()
    const load = vi.spyOn(LevelStore.prototype, 'load')
    const again = await follow(home, cursor, name)
    await again.begun
    const since = []
    for await (const { text } of again.room.history({ since: cursor })) since.push(text)
    expect(again.whats()).toEqual(first.whats().slice(3))
    expect(since).toEqual([])
    expect(load).not.toHaveBeenCalled()
    load.mockRestore()
  })

  test('tells of nothing more when it has ended, though there is more to read', async () => {
    const home = newHome()
    const first = await follow(home)
    for (let at = 0; at < 900; at++) first.room.say(`line ${at}`)
    await first.hears('line 899')
    await first.feed.end()
    await first.room.leave()
    const { room } = await enter('ada', { home, identity: undefined })
    let ended: Promise<void> | undefined
    const texts: string[] = []
    const feed = new Feed(room, update => {
      if (update.type !== 'message') return
      texts.push(update.message.text)
      ended ??= feed.end()
    })
    await feed.begin()
    await ended
    expect(texts.length).toBeLessThan(900)
  })

  test('has cursors from which a history goes on, too', async () => {
    const { feed, hears, room, told } = await follow(newHome())
    for (const text of ['one', 'two', 'three', 'four']) room.say(text)
    await hears('four')
    const texts = async (range: Parameters<Room['history']>[0]) => {
      const found: string[] = []
      for await (const { text } of room.history(range)) found.push(text)
      return found
    }
    const since = told[1]?.cursor
    expect(await texts({ since })).toEqual(['three', 'four'])
    expect(await texts({ since, reverse: true, limit: 1 })).toEqual(['four'])
    expect(await texts({ since: told[3]?.cursor })).toEqual([])
    await expect(texts({ since: 'x' })).rejects.toMatchObject({ code: 'BAD_CURSOR' })
    await feed.end()
  })

  test('tells of a line that came late, whatever its clock says', async () => {
    const home = newHome()
    const ben = await enter('ben')
    ben.room.say('said before')
    const ada = await follow(home)
    ada.room.say('mine')
    await ada.hears('said before')
    await ada.hears('mine')
    const mine = ada.told.find(({ what }) => what === 'mine')
    await ada.feed.end()
    await ada.room.leave()
    const again = await follow(home, mine?.cursor)
    await again.begun
    const after = ada.whats().slice(ada.whats().indexOf('mine') + 1)
    expect(again.whats()).toEqual(after)
  })

  test('tells of what was changed since, and not of what was changed before', async () => {
    const home = newHome()
    const name = namer()
    const first = await follow(home, undefined, name)
    first.room.say('a')
    first.room.say('b')
    await first.hears('b')
    first.room.edit(await lineOf(first.room, 'a'), 'A')
    await first.hears('a>A')
    const { cursor } = first.told.at(-1) ?? {}
    first.room.react(await lineOf(first.room, 'b'), ':)')
    await first.hears('b+:)')
    first.room.edit(await lineOf(first.room, 'b'), 'B')
    await first.hears('b>B')
    first.room.delete(await lineOf(first.room, 'A'))
    await first.hears('-a')
    await first.feed.end()
    await first.room.leave()
    const again = await follow(home, cursor, name)
    await again.begun
    expect(again.whats()).toEqual(['b+:)', 'b>B', '-a'])
  })

  test('tells of what was said to us alone, once', async () => {
    const home = newHome()
    const ben = await enter('ben')
    const ada = await follow(home)
    await ben.meets('ada')
    ada.room.say('one')
    await ada.hears('one')
    const { cursor } = ada.told.at(-1) ?? {}
    ben.room.direct(ada.room.identity, 'psst')
    await ada.hears('@psst')
    await ada.feed.end()
    await ada.room.leave()
    const again = await follow(home, cursor)
    await again.begun
    expect(again.whats()).toEqual(['@psst'])
    const last = again.told[0]?.cursor
    await again.feed.end()
    await again.room.leave()
    const third = await follow(home, last)
    await third.begun
    third.room.say('two')
    await third.hears('two')
    expect(third.whats()).toEqual(['two'])
  })

  test('of a second program goes on where it was, beside the one that keeps the room, and after that has gone', async () => {
    const home = newHome()
    const chat = await follow(home)
    for (const text of ['one', 'two']) chat.room.say(text)
    await chat.hears('two')
    const cursor = chat.told[0]?.cursor ?? expect.fail('it has no cursor')
    const name = namer()
    const script = await follow(home, cursor, name)
    await script.begun
    chat.room.say('three')
    await script.hears('three')
    script.room.say('four')
    await script.hears('four')
    expect(script.whats()).toEqual(['two', 'three', 'four'])
    const last = script.told.at(-1)?.cursor
    await script.feed.end()
    await script.room.leave()
    chat.room.say('five')
    await chat.hears('five')
    const again = await follow(home, last, name)
    await again.begun
    await chat.room.leave()
    again.room.say('six')
    await again.hears('six')
    expect(again.whats()).toEqual(['five', 'six'])
    expect(again.told.every(each => each.cursor !== undefined)).toBe(true)
    await again.feed.end()
  })

  test('has no cursor where nothing is kept, and goes on after none', async () => {
    const { room } = await enter('ada', { home: newHome(), identity: undefined, ephemeral: true })
    const cursors: unknown[] = []
    const feed = new Feed(room, (update, cursor) => {
      if (update.type === 'message') cursors.push(cursor)
    })
    await expect(feed.begin('0123456789abcdef-1')).rejects.toMatchObject({ code: 'NO_CURSOR' })
    await feed.begin()
    room.say('hi')
    await until([room], 'message', () => cursors.length > 0)
    expect(cursors).toEqual([undefined])
  })

  test.each([
    ['another history', '0123456789abcdef-1', 'CURSOR_UNKNOWN'],
    ['nothing', 'yesterday', 'BAD_CURSOR']
  ])('refuses a cursor of %s', async (_, cursor, code) => {
    const { begun } = await follow(newHome(), cursor)
    await expect(begun).rejects.toMatchObject({ code })
  })

  test('refuses a cursor of its own history as it will be', async () => {
    const home = newHome()
    const first = await follow(home)
    first.room.say('one')
    await first.hears('one')
    const cursor = first.told[0]?.cursor ?? ''
    await first.feed.end()
    await first.room.leave()
    const { begun } = await follow(home, cursor.replace(/-\d+$/, '-7'))
    await expect(begun).rejects.toMatchObject({ code: 'CURSOR_UNKNOWN' })
  })
})
