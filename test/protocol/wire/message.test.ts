import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { hash } from '../../../src/base/crypto.js'
import { idFromBytes, type MessageId, type RelayKey } from '../../../src/base/ids.js'
import { messageRoom } from '../../../src/protocol/access/room-cipher.js'
import { roomSecretFromName } from '../../../src/protocol/access/room-secret.js'
import {
  MAX_BODY_BYTES,
  MAX_EPHEMERAL_BODY_BYTES,
  MAX_PARENTS
} from '../../../src/protocol/config.js'
import {
  decodePresenceBody,
  encodePresenceBody
} from '../../../src/protocol/wire/bodies/presence.js'
import {
  decodeSuspicionBody,
  encodeSuspicionBody
} from '../../../src/protocol/wire/bodies/suspicion.js'
import { decodeTextBody, encodeTextBody } from '../../../src/protocol/wire/bodies/text.js'
import {
  isEphemeral,
  KIND_PRESENCE,
  KIND_SUSPICION,
  KIND_TEXT
} from '../../../src/protocol/wire/kinds.js'
import {
  type Draft,
  MAX_SEALED_BYTES,
  messageId,
  NONCE_BYTES,
  open,
  parseMessage,
  seal
} from '../../../src/protocol/wire/message.js'
import { capNick } from '../../../src/protocol/wire/text.js'
import {
  deviceOf,
  EPOCH,
  INSTANCE,
  identityOf,
  keysOf,
  ROOM,
  TOPIC,
  World
} from '../../support/harness.js'
import { feedPushed, member, overCap } from '../../support/hostile.js'

const ann = keysOf('identity ann')
const messageIdOf = (n: number) => idFromBytes<MessageId>(hash([Uint8Array.of(n >> 8, n & 255)]))
const draft = (fields: Partial<Draft> = {}): Draft => ({
  kind: KIND_TEXT,
  clock: 1_720_000_000_000,
  parents: [],
  body: encodeTextBody({ nick: 'ann', text: 'hi' }),
  nonce: new Uint8Array(NONCE_BYTES),
  ...fields
})

const drafts = fc.record({
  kind: fc.nat(255),
  clock: fc.nat(Number.MAX_SAFE_INTEGER),
  parents: fc.uniqueArray(fc.nat(999), { maxLength: MAX_PARENTS }).map(ns => ns.map(messageIdOf)),
  body: fc.uint8Array({ maxLength: 300 }),
  nonce: fc.uint8Array({ minLength: NONCE_BYTES, maxLength: NONCE_BYTES })
})

describe('a sealed message', () => {
  test('opens to what was sealed', () => {
    fc.assert(
      fc.property(drafts, fields => {
        const sealed = seal(fields, ann, ROOM)
        const opened = open(sealed.sealed, ROOM)
        if (!opened.ok) throw new Error(opened.reason)
        const { body, sealed: bytes, ...rest } = opened.message
        expect({ ...sealed, ...rest }).toEqual(sealed)
        expect([...bytes]).toEqual([...sealed.sealed])
        expect([...(body ?? [])]).toEqual([...fields.body])
        expect(opened.message.parents).toEqual(fields.parents.toSorted())
        expect(opened.message.author).toBe(identityOf('ann'))
        expect(opened.message.id).toBe(messageId(sealed.sealed, TOPIC))
      }),
      { numRuns: 50 }
    )
  })

  test('does not open once a bit was changed, a byte added or taken away', () => {
    const { sealed } = seal(draft({ parents: [messageIdOf(1), messageIdOf(2)] }), ann, ROOM)
    for (let bit = 0; bit < sealed.length * 8; bit += 3) {
      const changed = Uint8Array.from(sealed)
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      expect(open(changed, ROOM).ok).toBe(false)
    }
    expect(open(sealed.subarray(1), ROOM).ok).toBe(false)
    expect(open(sealed.subarray(0, -1), ROOM)).toEqual({ ok: false, reason: 'forged' })
    expect(open(sealed.subarray(0, 59 + 64 + 64 + 15), ROOM).ok).toBe(false)
    expect(open(Uint8Array.of(...sealed, 0), ROOM)).toEqual({ ok: false, reason: 'forged' })
  })

  test('is of its room only', () => {
    const { sealed } = seal(draft(), ann, ROOM)
    const other = messageRoom(roomSecretFromName('elsewhere'))
    expect(open(sealed, other)).toEqual({ ok: false, reason: 'forged' })
  })

  test('said twice is two messages [M30]', () => {
    const one = seal(draft(), ann, ROOM)
    const two = seal(draft({ nonce: new Uint8Array(NONCE_BYTES).fill(1) }), ann, ROOM)
    expect(one.id).not.toBe(two.id)
  })

  test('does not change with the bytes that it was read from', () => {
    const bytes = Uint8Array.from(seal(draft(), ann, ROOM).sealed)
    const opened = open(bytes, ROOM)
    bytes.fill(0)
    expect(opened.ok && messageId(opened.message.sealed, TOPIC)).toBe(
      opened.ok && opened.message.id
    )
  })

  test('of a later version is told from damage', () => {
    const { sealed } = seal(draft(), ann, ROOM)
    expect(open(Uint8Array.of(2, ...sealed.subarray(1)), ROOM)).toEqual({
      ok: false,
      reason: 'unknown-version'
    })
  })

  test('of a later version may have another layout, and is dropped for its version alone [M27]', () => {
    const world = new World()
    const ann = world.join('ann')
    const eve = member(world, ann)
    feedPushed(ann, eve, { sealed: Uint8Array.of(2, 1, 2, 3) })
    feedPushed(ann, eve, { sealed: new Uint8Array(200).fill(255) })
    expect(ann.closed).toEqual([])
    feedPushed(ann, eve, { sealed: Uint8Array.of(1, 1, 2, 3) })
    expect(ann.closed).toMatchObject([{ reason: 'forged-message' }])
  })

  test('names each parent once, in order', () => {
    const { sealed } = seal(draft({ parents: [messageIdOf(1), messageIdOf(2)] }), ann, ROOM)
    const swapped = Uint8Array.from(sealed)
    swapped.set(sealed.subarray(59 + 32, 59 + 64), 59)
    swapped.set(sealed.subarray(59, 59 + 32), 59 + 32)
    expect(open(swapped, ROOM)).toEqual({ ok: false, reason: 'malformed' })
  })

  test('has caps', () => {
    const parents = Array.from({ length: MAX_PARENTS + 1 }, (_, n) => messageIdOf(n))
    expect(() => seal(draft({ parents }), ann, ROOM)).toThrow(RangeError)
    const body = new Uint8Array(MAX_BODY_BYTES + 1)
    expect(() => seal(draft({ body }), ann, ROOM)).toThrow(RangeError)
    const largest = seal(draft({ body: body.subarray(1), parents: parents.slice(1) }), ann, ROOM)
    expect(largest.sealed).toHaveLength(MAX_SEALED_BYTES)
    expect(open(largest.sealed, ROOM).ok).toBe(true)
  })

  test.each([
    [KIND_TEXT, MAX_BODY_BYTES],
    [77, MAX_BODY_BYTES],
    [KIND_PRESENCE, MAX_EPHEMERAL_BODY_BYTES],
    [KIND_SUSPICION, MAX_EPHEMERAL_BODY_BYTES],
    [255, MAX_EPHEMERAL_BODY_BYTES]
  ])('of kind %i does not open with a body over %i bytes, well signed as it is', (kind, most) => {
    expect(open(overCap('ann', kind, most), ROOM).ok).toBe(true)
    expect(open(overCap('ann', kind, most + 1), ROOM)).toEqual({ ok: false, reason: 'malformed' })
    const body = new Uint8Array(most + 1)
    expect(() => seal(draft({ kind, body }), ann, ROOM)).toThrow(RangeError)
  })

  test('reading never throws', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), bytes => {
        expect(parseMessage(bytes, TOPIC).ok && bytes[0] !== 1).toBe(false)
        expect(parseMessage(Uint8Array.of(1, ...bytes), TOPIC)).toBeDefined()
      })
    )
  })
})

test('presences and kinds from 128 on are ephemeral', () => {
  expect([0, 1, 2, 3, 127, 128, 255].filter(isEphemeral)).toEqual([2, 128, 255])
})

describe('bodies', () => {
  test('a text is read back', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 10 }), fc.string(), (long, text) => {
        const nick = capNick(long)
        const body = decodeTextBody(encodeTextBody({ nick, text }))
        expect(body).toEqual({
          nick,
          text: new TextDecoder().decode(Buffer.from(text))
        })
      })
    )
  })

  test.each([
    ['nothing', []],
    ['a nick cut short', [3, 97]],
    ['a nick too long', [65, ...Array(65).fill(97)]],
    ['a nick that is not UTF-8', [1, 0xff, 97]],
    ['an overlong form', [0, 0xc0, 0x80]],
    ['a surrogate', [0, 0xed, 0xa0, 0x80]],
    ['a text cut inside a letter', [0, 0xc3]]
  ])('%s is not shown', (_, bytes) => {
    expect(decodeTextBody(Uint8Array.from(bytes))).toBeUndefined()
  })

  test.each([
    ['', {}],
    [' of a device that stores what it is handed', { keeps: true as const }],
    [' that offers a relay', { relay: deviceOf('relay') as unknown as RelayKey }]
  ])('a presence%s is read back, also with what a later version adds', (_, more) => {
    const presence = {
      ...more,
      device: deviceOf('ann'),
      instance: INSTANCE,
      leaving: true,
      bot: false,
      routine: true,
      interval: 10_000,
      nick: 'ann'
    }
    const bytes = encodePresenceBody(presence)
    expect(decodePresenceBody(bytes)).toEqual(presence)
    expect(decodePresenceBody(Uint8Array.of(...bytes, 9, 9))).toEqual(presence)
    for (let end = 0; end < bytes.length; end++) {
      expect(decodePresenceBody(bytes.subarray(0, end))).toBeUndefined()
    }
  })

  test('a suspicion is read back, also with what a later version adds [M42]', () => {
    const suspicion = { identity: identityOf('ann'), device: deviceOf('ann'), clock: EPOCH }
    const bytes = encodeSuspicionBody(suspicion)
    expect(decodeSuspicionBody(bytes)).toEqual(suspicion)
    expect(decodeSuspicionBody(Uint8Array.of(...bytes, 9, 9))).toEqual(suspicion)
    for (let end = 0; end < bytes.length; end++) {
      expect(decodeSuspicionBody(bytes.subarray(0, end))).toBeUndefined()
    }
  })
})
