import { expect, test } from 'vitest'
import type { MessageId } from '../../../src/base/ids.js'
import { LINK_ASK_RATE } from '../../../src/protocol/config.js'
import { MAX_WANTED_IDS } from '../../../src/protocol/history/tuning.js'
import { encodeTextBody } from '../../../src/protocol/wire/bodies/text.js'
import type { CheckedMessage } from '../../../src/protocol/wire/message.js'
import { EPOCH, idsOf, World } from '../../support/harness.js'
import { messageOf } from '../../support/hostile.js'

test('history of strangers is asked for at a pace: the rest another time', () => {
  const world = new World()
  const ann = world.join('ann', { keep: { maxMessages: 40_000 } })
  const bob = world.join('bob', { keep: { maxMessages: 40_000 } })
  for (let n = 0; n < 13_000; n++) ann.say(`${n}`)
  world.introduce(ann, bob)
  world.run(5_000)
  const asked = () =>
    bob.sent.reduce((sum, { frame }) => sum + (frame.type === 'want' ? frame.ids.length : 0), 0)
  expect(asked()).toBeGreaterThanOrEqual(MAX_WANTED_IDS)
  expect(asked()).toBeLessThan(MAX_WANTED_IDS + 5 * LINK_ASK_RATE.perSecond)
  // The next exchanges come after pauses of 10, 20 and 40 s.
  world.run(120_000)
  expect(idsOf(bob)).toEqual(idsOf(ann))
})

/** What one half of a room said while it was apart: each line after the one before. */
function half(names: readonly string[], count: number): CheckedMessage[] {
  let parents: MessageId[] = []
  return Array.from({ length: count }, (_, at) => {
    const author = names[at % names.length] as string
    const body = encodeTextBody({ nick: author, text: `${author} ${at}` })
    const message = messageOf(author, { clock: EPOCH - 2 * count + at, parents, body })
    parents = [message.id]
    return message
  })
}

test('two halves that said 5,000 lines each while they were apart have one log, in one order', () => {
  const world = new World()
  const halves = [
    ['ann', 'bob'],
    ['cyd', 'dan']
  ]
  const logs = halves.map(names => half(names, 5_000))
  const peers = halves.flatMap((names, at) =>
    names.map(name => {
      const peer = world.join(name)
      peer.feed({ type: 'restore', messages: logs[at] ?? [] })
      return peer
    })
  )
  world.introduce(...peers)
  world.run(180_000)
  const union = logs.flat().sort((a, b) => a.clock - b.clock || (a.id < b.id ? -1 : 1))
  const ids = union.map(({ id }) => id)
  for (const peer of peers) expect(idsOf(peer)).toEqual(ids)
})
