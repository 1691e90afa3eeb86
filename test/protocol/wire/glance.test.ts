import { expect, test } from 'vitest'
import { idFromBytes } from '../../../src/base/ids.js'
import { ByteReader } from '../../../src/protocol/wire/bytes.js'
import { glance } from '../../../src/protocol/wire/glance.js'
import { readHead } from '../../../src/protocol/wire/layout.js'

const AUTHOR_AT = 18
const CLOCK_AT = 50
const PARENTS_AT = 58
const digest = { id: idFromBytes(new Uint8Array(32)), bodyHash: new Uint8Array(32) } as never

/** The bytes of a head by docs/protocol.md: version, kind, nonce, author, clock, parents. */
function head(clock: bigint, parents: readonly number[] = [], count = parents.length): Buffer {
  const bytes = Buffer.alloc(PARENTS_AT + 1 + 32 * parents.length)
  bytes[1] = 7
  bytes.fill(0xab, AUTHOR_AT, CLOCK_AT)
  bytes.writeBigUInt64BE(clock, CLOCK_AT)
  bytes[PARENTS_AT] = count
  for (const [at, parent] of parents.entries())
    bytes.fill(parent, PARENTS_AT + 1 + 32 * at, PARENTS_AT + 1 + 32 * (at + 1))
  return bytes
}

test('a glance reads kind, author and clock; none that is cut off before its end or too large', () => {
  const newest = BigInt(Number.MAX_SAFE_INTEGER)
  const said = { kind: 7, author: 'ab'.repeat(32), clock: Number.MAX_SAFE_INTEGER }
  expect(glance(head(newest))).toEqual(said)
  expect(glance(head(newest).subarray(0, PARENTS_AT))).toEqual(said)
  for (let length = 0; length < PARENTS_AT; length++)
    expect(glance(head(1n).subarray(0, length))).toBeUndefined()
  for (const clock of [newest + 1n, newest + 2n, 2n ** 63n, 2n ** 64n - 1n])
    expect(glance(head(clock))).toBeUndefined()
})

test('parents are read if all are there, in order, and not too many', () => {
  const idOf = (byte: number) => byte.toString(16).padStart(2, '0').repeat(32)
  expect(readHead(head(5n, [1, 2, 9]), digest)?.parents).toEqual([1, 2, 9].map(idOf))
  expect(readHead(head(5n, [2, 1]), digest)).toBeUndefined()
  expect(readHead(head(5n, [3, 3]), digest)).toBeUndefined()
  expect(readHead(head(5n, [1, 2], 3), digest)).toBeUndefined()
  expect(readHead(head(5n, [1, 2, 3, 4, 5, 6, 7, 8]), digest)?.parents).toHaveLength(8)
  expect(readHead(head(5n, [1, 2, 3, 4, 5, 6, 7, 8, 9]), digest)).toBeUndefined()
  expect(readHead(head(5n).subarray(0, PARENTS_AT), digest)).toBeUndefined()
})

test('integers are read most significant byte first, in a view as well; past the end as zero', () => {
  const bytes = Buffer.from([9, 1, 2, 0xff, 0xfe, 0xfd, 0xfc, 7]).subarray(1)
  const reader = new ByteReader(bytes)
  expect([reader.uint16(), reader.uint32(), reader.failed]).toEqual([0x0102, 0xfffefdfc, false])
  expect([reader.uint16(), reader.failed]).toEqual([0, true])
})
