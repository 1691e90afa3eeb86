import { expect, test } from 'vitest'
import { MAX_TRACKED_MESSAGES } from '../../src/protocol/config.js'
import { hash } from '../../src/protocol/crypto.js'
import { idFromBytes, type MessageId } from '../../src/protocol/ids.js'
import type { VerifiedMessage } from '../../src/protocol/message.js'
import { Receipts } from '../../src/protocol/receipts.js'
import { identityOf } from '../support/harness.js'

const idOf = (name: string) => idFromBytes<MessageId>(hash([Buffer.from(name)]))
const [bob, cyd] = [identityOf('bob'), identityOf('cyd')]

const scene = (graph: Record<string, string[]>) =>
  new Receipts(id => {
    const [, parents] = Object.entries(graph).find(([name]) => idOf(name) === id) ?? []
    return parents && ({ parents: parents.map(idOf) } as unknown as VerifiedMessage)
  })

test('whoever has a descendant has the message, and counts once', () => {
  const receipts = scene({ mine: [], reply: ['mine'], later: ['reply'], apart: [] })
  receipts.track(idOf('mine'))
  expect(receipts.seen(bob, [idOf('apart')])).toEqual([])
  expect(receipts.seen(bob, [idOf('apart'), idOf('later')])).toEqual([
    { id: idOf('mine'), have: 1 }
  ])
  expect(receipts.seen(bob, [idOf('reply')])).toEqual([])
  expect(receipts.seen(cyd, [idOf('mine')])).toEqual([{ id: idOf('mine'), have: 2 }])
})

test('one head can tell of several, and cycles do no harm', () => {
  const receipts = scene({ one: ['two'], two: ['one'] })
  receipts.track(idOf('one'))
  receipts.track(idOf('two'))
  expect(receipts.seen(bob, [idOf('two')])).toHaveLength(2)
})

test('only the latest of ours are counted', () => {
  const receipts = scene({})
  for (let n = 0; n <= MAX_TRACKED_MESSAGES; n++) receipts.track(idOf(`${n}`))
  expect(receipts.seen(bob, [idOf('0')])).toEqual([])
  expect(receipts.seen(bob, [idOf('1')])).toHaveLength(1)
})
