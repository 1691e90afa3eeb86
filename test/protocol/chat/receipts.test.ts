import { expect, test } from 'vitest'
import { hash } from '../../../src/base/crypto.js'
import { idFromBytes, type MessageId } from '../../../src/base/ids.js'
import { Receipts } from '../../../src/protocol/chat/receipts.js'
import {
  MAX_CHILDREN,
  MAX_CHILDREN_IN_ALL,
  MAX_TRACKED_MESSAGES
} from '../../../src/protocol/chat/tuning.js'
import { identityOf } from '../../support/harness.js'

const idOf = (name: string) => idFromBytes<MessageId>(hash([Buffer.from(name)]))
const [bob, cyd] = [identityOf('bob'), identityOf('cyd')]

/** Tracks `mine`, in this order, and notes the others in theirs: names to the names of their parents. */
const scene = (mine: Record<string, string[]>, others: Record<string, string[]> = {}) => {
  const receipts = new Receipts()
  for (const node of nodesOf(mine)) {
    receipts.track(node)
    receipts.note(node)
  }
  for (const node of nodesOf(others)) receipts.note(node)
  return receipts
}
const nodesOf = (graph: Record<string, string[]>) =>
  Object.entries(graph).map(([name, parents]) => ({ id: idOf(name), parents: parents.map(idOf) }))

test('whoever has a descendant has the message, and counts once', () => {
  const receipts = scene({ mine: [] }, { reply: ['mine'], later: ['reply'], apart: [] })
  expect(receipts.seen(bob, [idOf('apart')])).toEqual([])
  expect(receipts.seen(bob, [idOf('apart'), idOf('later')])).toEqual([
    { id: idOf('mine'), have: 1 }
  ])
  expect(receipts.seen(bob, [idOf('reply')])).toEqual([])
  expect(receipts.seen(cyd, [idOf('mine')])).toEqual([{ id: idOf('mine'), have: 2 }])
})

test('what noting a message gives is what its author has', () => {
  const [told, looked] = [scene({ one: [], two: ['one'] }), scene({ one: [], two: ['one'] })]
  for (const node of nodesOf({ reply: ['two'], apart: [] })) {
    const { parents } = node
    looked.note(node)
    expect(told.seen(bob, parents, told.note(node))).toEqual(looked.seen(bob, parents))
  }
})

test('a message of ours is taken when somebody has it, and one that is not tracked never', () => {
  const receipts = scene({ mine: [], latest: ['mine'] })
  const isTaken = () => ['mine', 'latest', 'unknown'].map(name => receipts.isTaken(idOf(name)))
  expect(isTaken()).toEqual([false, false, false])
  receipts.seen(bob, [idOf('mine')])
  expect(isTaken()).toEqual([true, false, false])
  receipts.seen(bob, [idOf('latest')])
  expect(isTaken()).toEqual([true, true, false])
})

test('one head tells of all that it descends from, newest first', () => {
  const receipts = scene({ one: [], two: ['one'], three: ['two'] })
  expect(receipts.seen(bob, [idOf('one')])).toHaveLength(1)
  expect(receipts.seen(bob, [idOf('three')]).map(({ id }) => id)).toEqual(
    ['three', 'two'].map(idOf)
  )
})

test('a message that comes after those that descend from it lets them tell as well', () => {
  const receipts = scene({ mine: [] }, { reply: ['gap'], later: ['reply'] })
  expect(receipts.seen(bob, [idOf('later')])).toEqual([])
  for (const node of nodesOf({ gap: ['mine'] })) receipts.note(node)
  expect(receipts.seen(bob, [idOf('later')])).toHaveLength(1)
})

test('cycles do no harm', () => {
  const receipts = scene({ mine: ['two'] }, { one: ['two', 'mine'], two: ['one'] })
  expect(receipts.seen(bob, [idOf('two')])).toHaveLength(1)
})

test('only the latest of ours are counted', () => {
  const names = Array.from({ length: MAX_TRACKED_MESSAGES + 1 }, (_, n) => `${n}`)
  const receipts = scene(Object.fromEntries(names.map(name => [name, []])))
  expect(receipts.seen(bob, [idOf('0')])).toEqual([])
  expect(receipts.seen(bob, [idOf('1')])).toHaveLength(1)
})

test('what a head costs does not grow with the history behind it', () => {
  const messages = 20_000
  const receipts = scene({ mine: [] })
  let reads = 0
  for (let n = 0; n < messages; n++) {
    const parents = [idOf(n === 0 ? 'mine' : `${n - 1}`)]
    const node = { id: idOf(`${n}`), parents }
    receipts.note({
      id: node.id,
      get parents() {
        reads += 1
        return node.parents
      }
    })
    receipts.seen(bob, [node.id])
  }
  expect(reads).toBe(messages)
  expect(receipts.seen(cyd, [idOf(`${messages - 1}`)])).toHaveLength(1)
})

test('very many children of one message are not remembered, and do no harm when it comes', () => {
  const receipts = scene({ mine: [] })
  const gap = idOf('gap')
  for (let n = 0; n < 150_000; n++) receipts.note({ id: `${n}` as MessageId, parents: [gap] })
  expect(receipts.load.children).toBe(MAX_CHILDREN)
  receipts.note({ id: gap, parents: [idOf('mine')] })
  expect(receipts.seen(bob, ['0' as MessageId])).toHaveLength(1)
  expect(receipts.seen(cyd, [gap])).toHaveLength(1)
})

test('children of many messages are bounded in all', () => {
  const receipts = scene({ mine: [] })
  for (let n = 0; n < 20_000; n++) {
    const parents = [0, 1, 2, 3].map(parent => `${n} ${parent}` as MessageId)
    receipts.note({ id: `${n}` as MessageId, parents })
  }
  expect(receipts.load.children).toBe(MAX_CHILDREN_IN_ALL)
})

test('what the timeline forgets is forgotten', () => {
  const graph = { reply: ['gap'], later: ['reply', 'mine'], last: ['later'] }
  const receipts = scene({ mine: [] }, graph)
  for (const node of nodesOf({ mine: [], ...graph })) receipts.forget(node)
  expect(receipts.load).toEqual({ covers: 0, parents: 0, children: 0 })
  for (const node of nodesOf({ gap: ['mine'] })) receipts.note(node)
  expect(receipts.seen(bob, [idOf('last')])).toEqual([])
})
