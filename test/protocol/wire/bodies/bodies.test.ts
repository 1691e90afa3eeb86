import { describe, expect, test } from 'vitest'
import type { MessageId } from '../../../../src/base/ids.js'
import { MAX_BODY_BYTES } from '../../../../src/protocol/config.js'
import {
  decodeDeletionBody,
  encodeDeletionBody
} from '../../../../src/protocol/wire/bodies/deletion.js'
import { encodeInvitationBody } from '../../../../src/protocol/wire/bodies/invitation.js'
import {
  decodeReactionBody,
  encodeReactionBody
} from '../../../../src/protocol/wire/bodies/reaction.js'
import {
  decodeRoomCardBody,
  encodeRoomCardBody
} from '../../../../src/protocol/wire/bodies/room-card.js'
import {
  decodeSubjectBody,
  encodeSubjectBody
} from '../../../../src/protocol/wire/bodies/subject.js'
import { decodeLineAbout, encodeLineAbout } from '../../../../src/protocol/wire/bodies/text.js'
import { isEphemeral, maxBodyBytes, traitsOf } from '../../../../src/protocol/wire/kinds.js'
import { BODIES } from '../../../support/bodies.js'

const target = 'ab'.repeat(32) as MessageId

describe.each(BODIES)('the body of a $name', ({ bytes, decode, kind, value }) => {
  test('is read back, and fits its kind', () => {
    expect(decode(bytes)).toEqual(value)
    expect(bytes.byteLength).toBeLessThanOrEqual(maxBodyBytes(kind))
  })

  test('cut short is none, or a shorter one', () => {
    for (let end = 0; end < bytes.length; end++)
      expect(decode(bytes.subarray(0, end))).not.toEqual(value)
  })
})

test.each(BODIES.filter(({ open }) => open))(
  'the body of a $name is read with what a later version adds [M38]',
  ({ bytes, decode, value }) => {
    expect(decode(Uint8Array.of(...bytes, 9, 9))).toEqual(value)
  }
)

test.each([
  ['reaction', 32],
  ['invitation', 42],
  ['typing', 0]
])('flags of a %s that a later version sets are passed over [M37]', (name, at) => {
  const { bytes, decode, value } = BODIES.find(body => body.name === name) ?? missing(name)
  const flagged = Uint8Array.from(bytes)
  flagged[at] = (flagged[at] ?? 0) | 0x80
  expect(flagged).not.toEqual(Uint8Array.from(bytes))
  expect(decode(flagged)).toEqual(value)
})

function missing(name: string): never {
  throw new Error(`no body of a ${name}`)
}

describe('caps', () => {
  test('a deletion takes back 1 to 64 lines', () => {
    const targets = Array<MessageId>(65).fill(target)
    expect(() => encodeDeletionBody({ targets })).toThrow(RangeError)
    expect(() => encodeDeletionBody({ targets: [] })).toThrow(RangeError)
    const most = encodeDeletionBody({ targets: targets.slice(1) })
    expect(decodeDeletionBody(most)?.targets).toHaveLength(64)
    expect(decodeDeletionBody(Uint8Array.of(65, ...most.subarray(1), ...most))).toBeUndefined()
    expect(decodeDeletionBody(Uint8Array.of(0))).toBeUndefined()
  })

  test('a sign has 1 to 48 bytes', () => {
    const react = (sign: string) => encodeReactionBody({ target, removed: true, sign })
    expect(() => react('')).toThrow(RangeError)
    expect(() => react('x'.repeat(49))).toThrow(RangeError)
    const longest = react('x'.repeat(48))
    expect(decodeReactionBody(longest)).toMatchObject({ removed: true })
    expect(decodeReactionBody(Uint8Array.of(...longest, 120))).toBeUndefined()
    expect(decodeReactionBody(longest.subarray(0, 33))).toBeUndefined()
  })

  test('a subject has 512 bytes at most', () => {
    const subject = 'x'.repeat(513)
    expect(() => encodeSubjectBody({ nick: '', subject })).toThrow(RangeError)
    expect(decodeSubjectBody(Uint8Array.of(0, ...Buffer.from(subject)))).toBeUndefined()
    expect(decodeSubjectBody(Uint8Array.of(0))).toEqual({ nick: '', subject: '' })
  })

  test('the texts of a card are capped, and each may be empty', () => {
    const card = {
      nick: 'ann',
      title: 't'.repeat(64),
      description: 'd'.repeat(255),
      rules: 'r'.repeat(600)
    }
    const none = { nick: '', title: '', description: '', rules: '' }
    for (const each of [card, none])
      expect(decodeRoomCardBody(encodeRoomCardBody(each))).toEqual(each)
    for (const part of ['title', 'description', 'rules'] as const) {
      const long = { ...card, [part]: `${card[part]}x` }
      expect(() => encodeRoomCardBody(long)).toThrow(RangeError)
    }
    const bytes = encodeRoomCardBody(card)
    for (let length = 0; length < bytes.length; length += 7)
      expect(decodeRoomCardBody(bytes.subarray(0, length))).toBeUndefined()
    expect(
      decodeRoomCardBody(Uint8Array.of(0, 65, ...Buffer.alloc(65, 97), 0, 0, 0))
    ).toBeUndefined()
    expect(
      decodeRoomCardBody(Uint8Array.of(0, 0, 0, 2, 89, ...Buffer.alloc(601, 97)))
    ).toBeUndefined()
    expect(decodeRoomCardBody(Uint8Array.of(0, 1, 0xff, 0, 0, 0))).toBeUndefined()
  })

  test('the longest line about another one is the longest body', () => {
    const body = encodeLineAbout({ target, nick: 'n'.repeat(64), text: 't'.repeat(8_192) })
    expect(body.byteLength).toBe(MAX_BODY_BYTES)
    expect(decodeLineAbout(body)?.text).toHaveLength(8_192)
    expect(decodeLineAbout(Uint8Array.of(...body, 116))).toBeUndefined()
  })

  test('a ticket has 32 bytes', () => {
    const wrong = { ticket: new Uint8Array(31), expires: 0, uses: 0, anyone: false }
    expect(() => encodeInvitationBody(wrong)).toThrow(RangeError)
  })
})

test('of all kinds, those that are ephemeral are not stored, and unknown ones are not shown', () => {
  const all = Array.from({ length: 256 }, (_, kind) => kind)
  expect(all.filter(isEphemeral)).toEqual([2, ...all.slice(128)])
  const shown = all.filter(kind => traitsOf(kind).shown)
  expect(shown).toEqual([1, 3, 4, 5, 6, 7, 8, 12])
  expect(all.filter(kind => traitsOf(kind).lasting)).toEqual([9, 10, 11])
})
