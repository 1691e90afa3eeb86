import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { deferred } from '../../../src/async/deferred.js'
import { forgetRoom } from '../../../src/room/kept/forget-room.js'
import { type KeptLogOptions, keptLog } from '../../../src/room/kept/kept-log.js'
import { keptLines } from '../../../src/room/kept/kept-rooms.js'
import { roomKeys } from '../../../src/room/keys.js'
import { useRooms } from '../../support/rooms.js'

const { enter } = useRooms()
const root = mkdtempSync(join(tmpdir(), 'swarmchat-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))
const newHome = () => mkdtempSync(join(root, 'home-'))
const open = async (home: string) => (await enter('ada', { home, identity: undefined })).room
const KEYS = roomKeys('lobby')

/** Follows a room, and says what it was told. */
function following(options: KeptLogOptions) {
  const stop = new AbortController()
  const told: { readonly text: string; readonly cursor: string }[] = []
  let changed = deferred()
  const run = async () => {
    for await (const { cursor, event } of keptLog(KEYS, {
      ...options,
      follow: true,
      signal: stop.signal
    })) {
      const { text } = event.type === 'message' ? event.message : { text: event.type }
      told.push({ text, cursor })
      changed.resolve()
      changed = deferred()
    }
  }
  const done = run()
  const hears = async (text: string) => {
    while (told.at(-1)?.text !== text) await changed.promise
  }
  return { done, hears, stop: () => stop.abort(), told, texts: () => told.map(({ text }) => text) }
}

async function textsOf(options: KeptLogOptions): Promise<string[]> {
  const texts: string[] = []
  for await (const { event } of keptLog(KEYS, options))
    texts.push(event.type === 'message' ? event.message.text : event.type)
  return texts
}

describe.skipIf(process.platform === 'win32')('what is kept, followed', () => {
  test('goes on over restarts of the chat, and of who follows, with nothing twice', async () => {
    const home = newHome()
    const first = await open(home)
    first.say('one')
    await first.written()
    const reader = following({ home })
    await reader.hears('one')
    first.say('two')
    await reader.hears('two')
    await first.leave()
    const second = await open(home)
    second.say('three')
    await reader.hears('three')
    reader.stop()
    await reader.done
    second.say('four')
    await second.written()
    const next = following({ home, since: reader.told.at(-1)?.cursor })
    await next.hears('four')
    second.say('five')
    await next.hears('five')
    next.stop()
    await next.done
    await second.leave()
    expect(reader.texts()).toEqual(['one', 'two', 'three'])
    expect(next.texts()).toEqual(['four', 'five'])
    const all = ['one', 'two', 'three', 'four', 'five']
    for (const [at, { cursor }] of [...reader.told, ...next.told].entries())
      expect(await textsOf({ home, since: cursor })).toEqual(all.slice(at + 1))
  })

  test('gives each line of what is kept a cursor after which no line is left out', async () => {
    const home = newHome()
    const room = await open(home)
    for (const text of ['one', 'two', 'three']) room.say(text)
    await room.leave()
    const { cursor, cursors, lines } = await keptLines(KEYS, { home })
    expect(lines).toHaveLength(3)
    expect(cursors.at(-1)).toBe(cursor)
    for (const [at, since] of cursors.entries())
      expect(await textsOf({ home, since })).toEqual(['one', 'two', 'three'].slice(at + 1))
  })

  test('refuses a cursor of a history that was deleted', async () => {
    const home = newHome()
    const first = await open(home)
    first.say('one')
    await first.leave()
    const { cursor } = await keptLines(KEYS, { home })
    forgetRoom('lobby', home)
    const second = await open(home)
    second.say('two')
    await second.leave()
    await expect(textsOf({ home, since: cursor })).rejects.toMatchObject({ code: 'CURSOR_UNKNOWN' })
  })
})
