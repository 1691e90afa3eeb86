import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type MessageId, parseId } from '../../../../src/base/ids.js'
import { MAX_RECONCILE_RANGES } from '../../../../src/protocol/config.js'
import {
  type Bound,
  compareBounds,
  decodeBound,
  encodeBound,
  INFINITY,
  separatingPrefix,
  ZERO
} from '../../../../src/protocol/history/negentropy/bound.js'
import {
  decodeRanges,
  MessageWriter,
  type Range
} from '../../../../src/protocol/history/negentropy/message.js'
import {
  ByteReader,
  encodeVarint,
  MAX_UINT64
} from '../../../../src/protocol/history/negentropy/varint.js'
import {
  type Item,
  ItemSet,
  Reconciler
} from '../../../../src/protocol/history/reconcile/reconcile.js'
import { idOf } from '../../../support/reconcile.js'

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
const unhex = (digits: string) => new Uint8Array(Buffer.from(digits, 'hex'))

function id(digits: string): MessageId {
  const parsed = parseId<MessageId>(digits)
  if (parsed === undefined) throw new Error('not an id')
  return parsed
}

/** The first three items of the conformance tests of hoytech/negentropy. */
const PUBLISHED: Item[] = [
  'eb6b05c2e3b008592ac666594d78ed83e7b9ab30f825b9b08878128f7500008c',
  '39b916432333e069a4386917609215cc688eb99f06fed01aadc29b1b4b92d6f0',
  'abc81d58ebe3b9a87100d47f58bf15e9b1cbf62d38623f11d0f0d17179f5f3ba'
].map((digits, i) => ({ timestamp: 1_678_011_277 + i, id: id(digits) }))

describe('the first message', () => {
  it('is the published one', () => {
    const opening = new Reconciler(ItemSet.from(PUBLISHED), { initiator: true }).open()
    expect(hex(opening)).toBe(`6100000203${PUBLISHED.map(item => item.id).join('')}`)
  })
})

describe('varint', () => {
  it.each([
    [0n, '00'],
    [1n, '01'],
    [127n, '7f'],
    [128n, '8100'],
    [255n, '817f'],
    [256n, '8200'],
    [65_535n, '83ff7f'],
    [65_536n, '848000'],
    [2n ** 53n, '9080808080808000'],
    [MAX_UINT64, '81ffffffffffffffff7f']
  ])('%s is %s', (value, digits) => {
    expect(hex(encodeVarint(value))).toBe(digits)
    expect(new ByteReader(unhex(digits)).varint()).toBe(value)
  })

  it('comes back as it went, for every number of 64 bits', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: MAX_UINT64 }), value => {
        const reader = new ByteReader(encodeVarint(value))
        return reader.varint() === value && reader.done
      })
    )
  })

  it.each([
    ['nothing', ''],
    ['cut off', '81'],
    ['a leading zero digit', '8001'],
    ['2^64', '82808080808080808000'],
    ['eleven digits', '8180808080808080808000'],
    ['no end', 'ff'.repeat(40)]
  ])('refuses %s', (_, digits) => {
    expect(new ByteReader(unhex(digits)).varint()).toBeUndefined()
  })
})

describe('bound', () => {
  const bound = (timestamp: bigint, prefix = ''): Bound => ({ timestamp, prefix: unhex(prefix) })

  it('writes timestamps as published: a difference and one, infinity as zero', () => {
    expect(hex(encodeBound(bound(1_678_011_277n), 0n))).toBe('86a091d70e00')
    expect(hex(encodeBound(bound(1_678_011_278n), 1_678_011_277n))).toBe('0200')
    expect(hex(encodeBound(bound(7n), 7n))).toBe('0100')
    expect(hex(encodeBound(INFINITY, 7n))).toBe('0000')
    expect(hex(encodeBound(bound(0n, 'abcd'), 0n))).toBe('0102abcd')
  })

  it('comes back as it went', () => {
    const numbers = fc.bigInt({ min: 0n, max: MAX_UINT64 })
    const prefixes = fc.uint8Array({ maxLength: 32 })
    fc.assert(
      fc.property(numbers, numbers, prefixes, (a, b, prefix) => {
        const [previous, timestamp] = a < b ? [a, b] : [b, a]
        const reader = new ByteReader(encodeBound({ timestamp, prefix }, previous))
        const decoded = decodeBound(reader, previous)
        expect(decoded?.timestamp).toBe(timestamp)
        expect(hex(decoded?.prefix ?? unhex('ff'))).toBe(hex(prefix))
        expect(reader.done).toBe(true)
      })
    )
  })

  it('takes a sum over 64 bits for infinity, as the reference does', () => {
    const reader = new ByteReader(unhex('81ffffffffffffffff7f00'))
    expect(decodeBound(reader, 5n)?.timestamp).toBe(MAX_UINT64)
  })

  it.each([
    ['a prefix of 33 bytes', `0121${'00'.repeat(33)}`],
    ['a prefix that ends early', '0120abcd'],
    ['no length', '01']
  ])('refuses %s', (_, digits) => {
    expect(decodeBound(new ByteReader(unhex(digits)), 0n)).toBeUndefined()
  })

  it('sorts by timestamp, then by prefix, the bytes left out being zero', () => {
    const ascending = [
      ZERO,
      bound(0n, '01'),
      bound(0n, '0101'),
      bound(0n, 'ff'),
      bound(1n),
      INFINITY
    ]
    ascending.forEach((a, i) => {
      ascending.forEach((b, j) => {
        expect(Math.sign(compareBounds(a, b))).toBe(Math.sign(i - j))
      })
    })
    expect(compareBounds(bound(1n, 'ab'), bound(1n, 'ab0000'))).toBe(0)
  })

  it('separates two ids by what they share and one byte', () => {
    const [a, b] = [unhex(`abcd01${'ff'.repeat(29)}`), unhex(`abcd02${'00'.repeat(29)}`)]
    expect(hex(separatingPrefix(a, b))).toBe('abcd02')
    expect(
      hex(separatingPrefix(unhex('00'.repeat(32)), unhex(`${'00'.repeat(31)}01`)))
    ).toHaveLength(64)
  })
})

describe('fingerprint', () => {
  it('is the published one', () => {
    const set = ItemSet.from(PUBLISHED)
    expect(hex(set.fingerprint(0, 1))).toBe('6d74e1212fcafc8a81d090f0ffbde8b0')
    expect(hex(set.fingerprint(0, 2))).toBe('96b26d110825d4b1805fc56988a3e65d')
    expect(hex(set.fingerprint(0, 3))).toBe('c15ce60f185fd24ae341076caa93daa5')
  })

  it('is that of a sum made by hand, for every range', () => {
    const items = Array.from({ length: 300 }, (_, i) => ({ timestamp: i, id: idOf(i) }))
    const set = ItemSet.from(items)
    const range = fc
      .tuple(fc.nat(300), fc.nat(300))
      .map(([a, b]) => [Math.min(a, b), Math.max(a, b)])
    fc.assert(
      fc.property(range, ([lower = 0, upper = 0]) => {
        expect(hex(set.fingerprint(lower, upper))).toBe(naive(items.slice(lower, upper)))
      })
    )
  })

  it('wraps at 2^256', () => {
    const items = ['ff'.repeat(32), `02${'00'.repeat(31)}`].map(id)
    const set = ItemSet.from(items.map((id, timestamp) => ({ timestamp, id })))
    expect(hex(set.fingerprint(0, 2))).toBe(naive(items.map(id => ({ timestamp: 0, id }))))
  })

  function naive(items: readonly Item[]): string {
    const little = (digits: string) => unhex(digits).reverse()
    const sum = items.reduce((total, item) => total + BigInt(`0x${hex(little(item.id))}`), 0n)
    const digits = (sum % 2n ** 256n).toString(16).padStart(64, '0')
    const count =
      items.length < 128 ? [items.length] : [0x80 | (items.length >> 7), items.length & 0x7f]
    const digest = createHash('sha256').update(little(digits)).update(Uint8Array.from(count))
    return digest.digest('hex').slice(0, 32)
  }
})

describe('ranges', () => {
  const bounds = fc
    .array(fc.tuple(fc.bigInt({ min: 0n, max: MAX_UINT64 }), fc.uint8Array({ maxLength: 32 })))
    .map(pairs => pairs.map(([timestamp, prefix]) => ({ timestamp, prefix })).sort(compareBounds))
  const payloads = fc.infiniteStream(
    fc.oneof(
      fc.constant({ mode: 'skip' as const }),
      fc.record({
        mode: fc.constant('fingerprint' as const),
        fingerprint: fc.uint8Array({ minLength: 16, maxLength: 16 })
      }),
      fc.record({
        mode: fc.constant('ids' as const),
        ids: fc.nat(3).map(count => new Uint8Array(32 * count).fill(count))
      })
    )
  )

  it('come back as they went', () => {
    fc.assert(
      fc.property(bounds, payloads, (uppers, stream) => {
        const ranges: Range[] = uppers.map(upper => ({ ...stream.next().value, upper }))
        const writer = new MessageWriter(100_000)
        expect(writer.tryWrite(ranges)).toBe(true)
        const message = new Uint8Array(writer.finish())
        expect(decodeRanges(message.subarray(1))).toEqual({ ok: true, ranges })
      })
    )
  })

  it.each([
    ['an unknown mode', '000003'],
    ['a fingerprint cut off', '000001abcd'],
    ['an id list cut off', `00000202${'ab'.repeat(63)}`],
    ['an id list that claims 2^64-1 ids', '00000281ffffffffffffffff7f'],
    ['an id list that claims 2^49 ids', '0000029080808080808000'],
    ['a bound below the one before', '0501ff000101fe00'],
    ['a bound after infinity that is below it', '0001ff00000000']
  ])('refuses %s', (_, digits) => {
    expect(decodeRanges(unhex(digits))).toEqual({ ok: false, reason: 'malformed' })
  })

  it('refuses more ranges than it reads', () => {
    const most = decodeRanges(unhex('010000'.repeat(MAX_RECONCILE_RANGES)))
    expect(most.ok).toBe(true)
    const more = decodeRanges(unhex('010000'.repeat(MAX_RECONCILE_RANGES + 1)))
    expect(more).toEqual({ ok: false, reason: 'too-many-ranges' })
  })
})
