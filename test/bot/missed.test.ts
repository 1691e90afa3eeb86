import {
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { afterAll, describe, expect, test } from 'vitest'
import { deferred } from '../../src/async/deferred.js'
import { attachBot } from '../../src/bot/attach.js'
import { Backlog } from '../../src/bot/backlog.js'
import { type Bookmark, fileBookmark } from '../../src/bot/bookmark.js'
import type { Bot } from '../../src/bot/bot.js'
import { logTo } from '../../src/bot/log.js'
import type { Update } from '../../src/bot/updates.js'
import { useRooms } from '../support/rooms.js'

const { enter } = useRooms()
const root = mkdtempSync(join(tmpdir(), 'swarmchat-'))
const newDirectory = () => mkdtempSync(join(root, 'home-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

/** A bot whose room is kept in this home; tells what it hears: `~` before what it missed. */
async function attach(home: string, script: (bot: Bot) => void = () => {}) {
  const { room } = await enter('bot', { home, identity: undefined, bot: true })
  const heard: string[] = []
  const logged: string[] = []
  let changed = deferred()
  const change = () => {
    changed.resolve()
    changed = deferred()
  }
  const log = logTo((_, message) => {
    logged.push(message)
    change()
  })
  const bookmark = fileBookmark(join(home, 'handled'))
  const hear = (bot: Bot) => {
    script(bot)
    bot.on('message', ({ message, missed }) => {
      heard.push(`${missed ? '~' : ''}${message.text}`)
      change()
    })
  }
  const attached = await attachBot(room, hear, { bookmark, log })
  if (await room.ready) attached.start()
  const hears = async (text: string) => {
    while (!heard.includes(text)) await changed.promise
  }
  const logs = async (fits: RegExp) => {
    while (!logged.some(line => fits.test(line))) await changed.promise
  }
  const leave = async () => {
    await attached.stop()
    await room.leave()
  }
  return { heard, hears, leave, logs, room }
}

const wantsMissed = (bot: Bot) => void bot.configure({ missed: true })

describe('a bot that comes again', () => {
  test('is given what it missed if it wants that, once, and never what it has handled', async () => {
    const home = newDirectory()
    const ben = await enter('ben')
    ben.room.say('before it ever came')
    const first = await attach(home, wantsMissed)
    await ben.meets('bot')
    ben.room.say('one')
    await first.hears('one')
    await first.leave()
    ben.room.say('two')
    ben.room.say('three')
    const second = await attach(home, wantsMissed)
    await second.hears('~three')
    ben.room.say('four')
    await second.hears('four')
    await second.leave()
    const third = await attach(home, wantsMissed)
    ben.room.say('five')
    await third.hears('five')
    expect([first.heard, second.heard, third.heard]).toEqual([
      ['one'],
      ['~two', '~three', 'four'],
      ['five']
    ])
  })

  test('is not given it by default; nor is what it has handled history to it', async () => {
    const home = newDirectory()
    const ben = await enter('ben')
    const first = await attach(home)
    await ben.meets('bot')
    ben.room.say('one')
    await first.hears('one')
    await first.leave()
    ben.room.say('two')
    const past: string[] = []
    const wantsHistory = (bot: Bot) =>
      void bot.use(
        (context, next) => {
          const { log, update } = context
          if (update.type === 'message') past.push(update.message.text)
          if (update.type === 'message') log.info(update.message.text)
          return next()
        },
        { history: true }
      )
    const second = await attach(home, wantsHistory)
    await second.logs(/^two$/)
    ben.room.say('three')
    await second.hears('three')
    expect(second.heard).toEqual(['three'])
    expect(past).toEqual(['two', 'three'])
  })

  test('says so, and misses nothing, if what was kept is another history', async () => {
    const home = newDirectory()
    const ben = await enter('ben')
    const cursor = `${'0'.repeat(16)}-7`
    fileBookmark(join(home, 'handled')).write({ cursor, cameAt: 1 })
    ben.room.say('one')
    const bot = await attach(home, wantsMissed)
    await bot.logs(/goes on with what is said from now on/)
    await ben.meets('bot')
    ben.room.say('two')
    await bot.hears('two')
    expect(bot.heard).toEqual(['two'])
  })
})

const said = (text: string, history = false): Update => ({
  type: 'message',
  message: {
    id: 'a'.repeat(64) as never,
    text,
    time: 1,
    history,
    author: { identity: 'b'.repeat(64) as never, nick: 'ben', isBot: false }
  }
})
const textOf = (update: Update) => (update.type === 'message' ? update.message.text : update.type)

describe('what waits for a bot', () => {
  test('is handled when its handler has returned, and not before; in order', async () => {
    const handled: string[] = []
    const backlog = new Backlog(
      logTo(() => {}),
      cursor => handled.push(cursor)
    )
    const first = deferred<boolean>()
    const given: string[] = []
    backlog.attach(update => {
      given.push(textOf(update))
      return given.length === 1 ? first.promise : Promise.resolve(true)
    })
    await backlog.idle()
    backlog.push(undefined, '0')
    backlog.push(said('a'), '1')
    backlog.push(undefined, '2')
    backlog.push(said('b'), '3')
    expect([given, handled]).toEqual([['a'], ['0']])
    first.resolve(true)
    await backlog.idle()
    expect([given, handled]).toEqual([
      ['a', 'b'],
      ['0', '1', '2', '3']
    ])
  })

  test('and could not be taken waits for the code that comes next', async () => {
    const handled: string[] = []
    const backlog = new Backlog(
      logTo(() => {}),
      cursor => handled.push(cursor)
    )
    backlog.push(said('a'), '1')
    backlog.push(said('b'), '2')
    backlog.attach(async () => false)
    await backlog.idle()
    expect(handled).toEqual([])
    const given: string[] = []
    backlog.attach(async update => given.push(textOf(update)) > 0, { type: 'start' })
    await backlog.idle()
    expect(given).toEqual(['start', 'a', 'b'])
    expect(handled).toEqual(['1', '2'])
  })

  test('of the past is replayed as far as there is room, and further when half of it was handled', async () => {
    const backlog = new Backlog(logTo(() => {}))
    let pushed = 0
    const replay = async () => {
      for (; pushed < 5_000; pushed += 1) {
        await backlog.room()
        backlog.push(said(`${pushed}`, true))
      }
    }
    const replaying = replay()
    await nextTurn()
    expect(pushed).toBe(1_000)
    let given = 0
    let most = 0
    backlog.attach(async () => {
      given += 1
      most = Math.max(most, pushed - given)
      return true
    })
    await replaying
    await backlog.idle()
    expect(given).toBe(5_000)
    expect(most).toBeLessThanOrEqual(1_000)
  })

  test('is kept apart: what was missed takes no place of what is said now', async () => {
    const backlog = new Backlog(logTo(() => {}))
    for (let n = 0; n < 20_000; n += 1) backlog.push(said(`${n}`, true))
    backlog.push(said('now'))
    const given: string[] = []
    backlog.attach(async update => given.push(textOf(update)) > 0)
    await backlog.idle()
    expect(given).toEqual([...Array.from({ length: 20_000 }, (_, n) => `${n}`), 'now'])
  })
})

describe('a bookmark', () => {
  const newFile = () => join(newDirectory(), 'handled', 'lobby')
  const again = (file: string): Bookmark => fileBookmark(file)

  test('is read as it was put, in a file of its owner alone', () => {
    const file = newFile()
    expect(fileBookmark(file).read()).toBeUndefined()
    fileBookmark(file).write({ cameAt: 5 })
    expect(again(file).read()).toEqual({ cameAt: 5 })
    fileBookmark(file).write({ cursor: `${'f'.repeat(16)}-${'9'.repeat(15)}`, cameAt: Date.now() })
    fileBookmark(file).write({ cursor: `${'f'.repeat(16)}-1`, cameAt: 5 })
    expect(again(file).read()).toEqual({ cursor: `${'f'.repeat(16)}-1`, cameAt: 5 })
    if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600)
  })

  test('is not put where everything was deleted meanwhile', () => {
    const home = newDirectory()
    const bookmark = fileBookmark(join(home, 'bots', 'dice', 'handled', 'lobby'))
    bookmark.write({ cameAt: 5 })
    rmSync(join(home, 'bots', 'dice', 'handled'), { recursive: true })
    bookmark.write({ cameAt: 6 })
    expect(bookmark.read()).toEqual({ cameAt: 6 })
    rmSync(home, { recursive: true })
    expect(() => bookmark.write({ cameAt: 7 })).toThrow(expect.objectContaining({ code: 'ENOENT' }))
    expect(existsSync(home)).toBe(false)
  })

  test('that is damaged is none, and a link is not written through', () => {
    const file = newFile()
    fileBookmark(file).write({ cameAt: 5 })
    for (const text of ['', '{"cameAt', 'null', '[]', '{"cameAt":"5"}']) {
      writeFileSync(file, text)
      expect(again(file).read(), text).toBeUndefined()
    }
    if (process.platform === 'win32') return
    const link = join(newDirectory(), 'link')
    const target = join(newDirectory(), 'target')
    writeFileSync(target, 'theirs')
    symlinkSync(target, link)
    expect(() => fileBookmark(link).write({ cameAt: 5 })).toThrow()
    expect(readFileSync(target, 'utf8')).toBe('theirs')
  })
})
