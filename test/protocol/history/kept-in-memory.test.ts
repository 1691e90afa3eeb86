import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { ID_BYTES, type IdentityKey, idFromBytes, type MessageId } from '../../../src/base/ids.js'
import { messageRoom } from '../../../src/protocol/access/room-cipher.js'
import { Graph } from '../../../src/protocol/history/graph.js'
import type { ShelvedMessage } from '../../../src/protocol/history/message-node.js'
import { MessageTable } from '../../../src/protocol/history/message-table.js'
import { Timeline } from '../../../src/protocol/history/timeline.js'
import { KIND_TEXT } from '../../../src/protocol/wire/kinds.js'
import type { VerifiedMessage } from '../../../src/protocol/wire/message.js'
import { heapBytes } from '../../support/heap.js'

const COUNT = 20_000
const PARENTS = 8

const idOf = () => idFromBytes<MessageId>(randomBytes(ID_BYTES))
const ids = (count: number) => Array.from({ length: count }, idOf)
const AUTHOR = idFromBytes<IdentityKey>(randomBytes(ID_BYTES))

const shelved = (clock: number, parents: MessageId[]): ShelvedMessage => ({
  author: AUTHOR,
  bytes: 400,
  clock,
  id: idOf(),
  isBare: false,
  isVerified: true,
  kind: KIND_TEXT,
  parents
})

/** Bytes of the heap for each of so many that are made one by one. */
function heapOfEach(make: (n: number) => void): number {
  const before = heapBytes()
  for (let n = 0; n < COUNT; n++) make(n)
  return (heapBytes() - before) / COUNT
}

test('a message whose parents never were takes no string for each', () => {
  const room = messageRoom(randomBytes(32))
  const timeline = new Timeline({ shelf: { maxFresh: 16, recall: () => undefined, room } })
  const [body, sealed] = [new Uint8Array(0), new Uint8Array(400)]
  const each = heapOfEach(n => {
    const { author, clock, id, isBare, kind, parents } = shelved(1e12 + n, ids(PARENTS))
    const message = { author, clock, id, isBare, kind, parents, isVerified: true, body, sealed }
    timeline.add(message as unknown as VerifiedMessage, 0)
  })
  expect(timeline.size).toBe(COUNT)
  // The strings alone are 640.
  expect(each).toBeLessThan(800)
})

test('nor does one in a table', () => {
  const table = new MessageTable()
  const author = table.addAuthor(AUTHOR)
  const each = heapOfEach(n => {
    table.add({ bytes: 400, clock: n, kind: KIND_TEXT }, author)
    for (const parent of ids(PARENTS)) table.addParent(parent)
  })
  expect(each).toBeLessThan(100)
})

test('those that name what is gone are counted no more than those that name what never was', () => {
  const here = new Map<MessageId, ShelvedMessage>()
  const maxAbsent = 100
  const has = (id: MessageId) => here.has(id)
  const get = (id: MessageId) => here.get(id)
  const graph = new Graph({ get, has, hadOnce: () => false, maxAbsent })
  const add = (message: ShelvedMessage) => {
    here.set(message.id, message)
    graph.add(message, 0)
    return message
  }
  for (let n = 0; n < 200; n++) {
    const parents = Array.from({ length: PARENTS }, () => add(shelved(n, [])))
    add(
      shelved(
        n,
        parents.map(({ id }) => id)
      )
    )
    for (const parent of parents) {
      here.delete(parent.id)
      graph.remove(parent)
    }
  }
  expect(graph.load.children).toBeLessThanOrEqual(maxAbsent)
})
