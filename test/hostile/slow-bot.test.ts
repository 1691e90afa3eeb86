import { expect, test } from 'vitest'
import { deferred } from '../../src/async/deferred.js'
import { Backlog } from '../../src/bot/backlog.js'
import { logTo } from '../../src/bot/log.js'
import { MAX_WAITING } from '../../src/bot/queue.js'
import type { Update } from '../../src/bot/updates.js'
import { identityOf } from '../support/harness.js'

/** One waits that the bot is busy with. */
const ROOM = MAX_WAITING - 1

const says = (name: string, text: string): Update => {
  const author = { identity: identityOf(name), nick: name, isBot: false }
  const id = '0'.repeat(64) as never
  return { type: 'message', message: { id, text, time: 0, history: false, author } }
}

/** A bot that is busy with its first update until it is told to go on: what it heard then, by author. */
async function heardAfter(updates: readonly Update[]): Promise<string[]> {
  const first = deferred()
  const heard: string[] = []
  const backlog = new Backlog(logTo(() => {}))
  backlog.attach(async update => {
    await first.promise
    if (update.type === 'message') heard.push(update.message.text)
    return true
  })
  backlog.push(says('first', 'first'))
  for (const update of updates) backlog.push(update)
  first.resolve()
  await backlog.idle()
  return heard.slice(1)
}

// Spends: lines faster than a slow bot handles them. Costs the others: nothing of what they say is dropped.
test.each([
  ['one identity', 1],
  ['a hundred identities', 100]
])('%s that floods a slow bot keeps nobody else from being heard', async (_, count) => {
  const flood = Array.from({ length: 2 * MAX_WAITING }, (_, n) => says(`eve ${n % count}`, 'buy'))
  const lines = Array.from({ length: 20 }, (_, n) => says('ann', `line ${n}`))
  const updates = flood.flatMap((each, n) => [each, ...(n % 1_000 === 0 ? [lines[n / 1_000]] : [])])
  const heard = await heardAfter(updates.filter(each => each !== undefined))
  expect(heard).toHaveLength(ROOM)
  expect(heard.filter(text => text !== 'buy')).toEqual(lines.map((_, n) => `line ${n}`))
})

test('of one author that says too much the first lines are heard', async () => {
  const updates = Array.from({ length: MAX_WAITING + 5 }, (_, n) => says('ann', `${n}`))
  expect(await heardAfter(updates)).toEqual(Array.from({ length: ROOM }, (_, n) => `${n}`))
})
