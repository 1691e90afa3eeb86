import { expect, test } from 'vitest'
import { deferred } from '../../src/async/deferred.js'
import type { IdentityKey, MessageId } from '../../src/base/ids.js'
import { Bot } from '../../src/bot/bot.js'
import { systemClock } from '../../src/bot/clock.js'
import type { Desk } from '../../src/bot/desk.js'
import { logTo } from '../../src/bot/log.js'
import { MAX_WAITING, UpdateQueue } from '../../src/bot/queue.js'
import { Session } from '../../src/bot/session.js'
import { State } from '../../src/bot/state.js'
import { memoryStorage } from '../../src/bot/state-file.js'
import type { Update } from '../../src/bot/updates.js'

const me = { identity: 'a'.repeat(64) as IdentityKey, nick: 'bot', isBot: true }
const ana = { identity: 'b'.repeat(64) as IdentityKey, nick: 'ana', isBot: false }

function says(text: string): Update {
  const id = 'c'.repeat(64) as MessageId
  return { type: 'message', message: { id, text, time: 0, history: false, author: ana } }
}

async function sessionOf(script: (bot: Bot) => void) {
  const bot = new Bot()
  script(bot)
  const logged: string[] = []
  const log = logTo((_, message) => logged.push(message))
  const desk: Desk = {
    name: 'lobby',
    me,
    members: () => [],
    post: async () => 'd'.repeat(64) as MessageId
  }
  const state = await State.open(memoryStorage())
  return { session: new Session({ bot, desk, state, clock: systemClock, log }), logged }
}

test('the signal of a handler that is done never fires; that of the start does at the end', async () => {
  const signals = new Map<string, AbortSignal>()
  const { session } = await sessionOf(bot => {
    bot.on('start', ({ signal }) => void signals.set('start', signal))
    bot.on('message', ({ message, signal }) => void signals.set(message.text, signal))
  })
  await session.take({ type: 'start' })
  await session.take(says('one'))
  await session.take(says('two'))
  await session.stop()
  const fired = [...signals].map(([name, { aborted }]) => [name, aborted])
  expect(Object.fromEntries(fired)).toEqual({ start: true, one: false, two: false })
})

test('one job after another; too many are refused, and there is room again when one is done', async () => {
  const queue = new UpdateQueue()
  const first = deferred()
  const order: number[] = []
  void queue.add(() => first.promise)
  for (let n = 1; n < MAX_WAITING; n += 1) void queue.add(async () => void order.push(n))
  expect(queue.size).toBe(MAX_WAITING)
  expect(queue.add(async () => void order.push(-1))).toBe(false)
  first.resolve()
  await queue.idle()
  expect(order).toEqual(Array.from({ length: MAX_WAITING - 1 }, (_, index) => index + 1))
  expect(await queue.add(async () => {})).toBeUndefined()
})

test('an update too many is dropped, and told of', async () => {
  const first = deferred()
  let handled = 0
  const { logged, session } = await sessionOf(bot => {
    bot.on('message', () => {
      handled += 1
      return first.promise
    })
  })
  const updates = Array.from({ length: MAX_WAITING + 1 }, () => session.take(says('hi')))
  await updates.at(-1)
  expect(logged).toEqual(['too much waits; an update was dropped'])
  first.resolve()
  await session.idle()
  expect(handled).toBe(MAX_WAITING)
})
