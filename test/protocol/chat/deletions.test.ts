import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { type IdentityKey, idFromBytes, type MessageId } from '../../../src/base/ids.js'
import { Deletions } from '../../../src/protocol/chat/deletions.js'
import { MAX_DELETED_MESSAGES } from '../../../src/protocol/config.js'
import { heapBytes } from '../../support/heap.js'

const anyId = <T extends string>() => idFromBytes(randomBytes(32)) as unknown as T
const [ann, ben] = [anyId<IdentityKey>(), anyId<IdentityKey>()]

function deletion(author: IdentityKey, clock: number) {
  return { id: anyId<MessageId>(), author, clock }
}

test('a message that several deletions name is taken back until the last of them is removed', () => {
  const deletions = new Deletions()
  const [target, other] = [anyId<MessageId>(), anyId<MessageId>()]
  const [first, second] = [deletion(ann, 1), deletion(ann, 2)]
  deletions.add(first, [target, target, other])
  deletions.add(second, [target])
  deletions.add(deletion(ben, 3), [other])
  expect(deletions.of(target, ann)).toBe(first.id)
  deletions.remove(first, [target, target, other])
  expect(deletions.of(target, ann)).toBe(second.id)
  expect([deletions.has(other, ann), deletions.has(other, ben)]).toEqual([false, true])
  deletions.remove(second, [target])
  expect(deletions.has(target, ann)).toBe(false)
})

test('one that was removed and came again is not forgotten with what was removed', () => {
  const deletions = new Deletions(2)
  const target = anyId<MessageId>()
  const again = deletion(ann, 1)
  deletions.add(again, [target])
  deletions.remove(again, [target])
  deletions.add(again, [target])
  deletions.add(deletion(ben, 2), [anyId(), anyId()])
  expect(deletions.has(target, ann)).toBe(true)
})

test('of one that names too many the first named are remembered', () => {
  const deletions = new Deletions(2)
  const targets = [anyId<MessageId>(), anyId<MessageId>(), anyId<MessageId>()]
  deletions.add(deletion(ann, 1), targets)
  expect(targets.map(target => deletions.has(target, ann))).toEqual([true, true, false])
})

test('a message that is named takes up 200 bytes at most, whoever names it', () => {
  const before = heapBytes()
  const deletions = new Deletions(50_000)
  const author = Array.from({ length: 100 }, () => anyId<IdentityKey>())
  for (let n = 0; n < 1_000; n++) {
    const targets = Array.from({ length: MAX_DELETED_MESSAGES }, () => anyId<MessageId>())
    deletions.add(deletion(author[n % author.length] ?? ann, n), targets)
  }
  expect((heapBytes() - before) / 50_000).toBeLessThan(200)
  expect(deletions.has(anyId(), ann)).toBe(false)
})
