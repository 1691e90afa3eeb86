import { describe, expect, test } from 'vitest'
import type { IdentityKey, MessageId } from '../../../src/base/ids.js'
import { Graph } from '../../../src/protocol/history/graph.js'
import { MessageTable } from '../../../src/protocol/history/message-table.js'
import type { ShelvedMessage } from '../../../src/protocol/history/shelf.js'
import { KIND_TEXT } from '../../../src/protocol/wire/kinds.js'
import { idOf } from '../../support/reconcile.js'

const MAX = 100

function scene() {
  const here = new Map<MessageId, Parameters<Graph['add']>[0]>()
  const graph = new Graph({
    get: id => here.get(id),
    has: id => here.has(id),
    hadOnce: () => false,
    maxAbsent: MAX
  })
  let count = 0
  const add = (author: string, parents: MessageId[], id = idOf(++count)) => {
    const message = { id, author: author as IdentityKey, clock: count, parents }
    here.set(id, message)
    graph.add(message, 0)
    return id
  }
  /** Eve names so many that were never said, eight in each message. */
  const invent = (parents: number) => {
    for (let n = 0; n < parents; n += 8)
      add(
        'eve',
        Array.from({ length: 8 }, (_, at) => idOf(1_000_000 + n + at))
      )
  }
  return { add, graph, invent }
}

describe('parents that never were', () => {
  test('are remembered so many', () => {
    const { graph, invent } = scene()
    invent(1_000)
    expect(graph.load.children).toBeLessThanOrEqual(MAX)
    expect(graph.load.holes).toBeLessThanOrEqual(MAX)
  })

  test('make nothing forgotten that others named', () => {
    const { add, graph, invent } = scene()
    const late = Array.from({ length: 20 }, (_, n) => idOf(2_000_000 + n))
    for (const id of late) add('ann', [id])
    invent(1_000)
    const before = graph.heads.size
    for (const id of late) add('bob', [], id)
    expect(graph.heads.size, 'none of them is a head').toBe(before)
  })

  test('that came are forgotten first', () => {
    const { add, graph } = scene()
    let next = idOf(3_000_000)
    add('ann', [next])
    for (let n = 1; n < 1_000; n++) {
      const parent = idOf(3_000_000 + n)
      add('ann', [parent], next)
      next = parent
    }
    expect(graph.heads.size, 'one chain has one head').toBe(1)
  })
})

test('a parent that came in a table, and is missing later, is looked for; what nobody named is not', () => {
  const { graph } = scene()
  const said = (n: number, parents: MessageId[]): ShelvedMessage => ({
    author: 'ann' as IdentityKey,
    bytes: 100,
    clock: n,
    id: idOf(n),
    isBare: false,
    isVerified: true,
    kind: KIND_TEXT,
    parents
  })
  const table = MessageTable.of([said(1, []), said(2, [idOf(1)])])
  graph.adopt(table, table.order, 0)
  graph.miss(idOf(2), 0)
  expect(graph.hasHoles(0)).toBe(false)
  graph.miss(idOf(1), 0)
  expect(graph.hasHoles(0)).toBe(true)
})
