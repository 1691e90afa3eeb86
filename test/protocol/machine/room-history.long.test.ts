import { expect, test } from 'vitest'
import type { MessageId } from '../../../src/base/ids.js'
import { encodeTextBody } from '../../../src/protocol/wire/bodies/text.js'
import type { CheckedMessage } from '../../../src/protocol/wire/message.js'
import { EPOCH, idsOf, World } from '../../support/harness.js'
import { messageOf } from '../../support/hostile.js'

// 100,000 take six seconds likewise; what is asked beyond the link’s own share: test/protocol/history/reconcile/asking.test.ts.
test('a member that was away for 25,000 messages has them of one neighbour within ten seconds', () => {
  const world = new World()
  const keep = { maxMessages: 40_000 }
  const [ann, bob] = [world.join('ann', { keep }), world.join('bob', { keep })]
  ann.feed({ type: 'restore', messages: half(['cyd', 'dan'], 25_000) })
  world.introduce(ann, bob)
  world.run(10_000)
  expect(bob.machine.snapshot().messages).toBe(25_000)
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
