import { base32crockford } from '@scure/base'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { domain, hash } from '../../../src/base/crypto.js'
import { isLink } from '../../../src/base/links.js'
import { readLink, writeLink, writeTicket } from '../../../src/protocol/access/invitation-link.js'
import { normaliseRoomName } from '../../../src/protocol/access/room-secret.js'
import { identityOf } from '../../support/harness.js'

const SECRET = new Uint8Array(32).fill(13)
const LINK = writeLink({ name: 'team', secret: SECRET })
const GOOD = { ok: true, type: 'secret', name: 'team', secret: SECRET }

/** A link of these bytes with the checksum that they must have. */
function linkOf(...bytes: number[]): string {
  const checksum = hash([domain('invitation-link'), Uint8Array.from(bytes)]).subarray(0, 4)
  return `swarmchat:${base32crockford.encode(Uint8Array.from([...bytes, ...checksum]))}`
}

describe('the link of an invitation that admits', () => {
  const ticket = { name: 'team', seed: new Uint8Array(16).fill(1), inviter: identityOf('ann') }
  const link = writeTicket({ ...ticket, expires: 1_720_000_000_000 })

  test('says by whom, until when, and no secret', () => {
    const said = { ok: true, type: 'ticket', ...ticket, expires: 1_720_000_000_000 }
    expect(readLink(link.toUpperCase())).toEqual(said)
  })

  test('has a commitment to the secret if any member lets in', () => {
    const anyone = { ...ticket, expires: 1_720_000_000_000, commitment: new Uint8Array(32).fill(5) }
    expect(readLink(writeTicket(anyone))).toEqual({ ok: true, type: 'ticket', ...anyone })
  })

  test.each([undefined, new Uint8Array(32).fill(5)])(
    'names the card of its room, where there is one',
    commitment => {
      const card = new Uint8Array(32).fill(15)
      const said = {
        ...ticket,
        expires: 1_720_000_000_000,
        ...(commitment && { commitment }),
        card
      }
      const long = writeTicket(said)
      expect(readLink(long)).toEqual({ ok: true, type: 'ticket', ...said })
      for (let length = 'swarmchat:'.length; length < long.length; length++)
        expect(readLink(long.slice(0, length))).toEqual({ ok: false, flaw: 'cut-off' })
      const cutCard = linkOf(1, 5, 0, 60, ...new Uint8Array(60).fill(1))
      expect(readLink(cutCard)).toEqual({ ok: false, flaw: 'mistyped' })
    }
  )

  test('is whole or nothing', () => {
    for (let length = 'swarmchat:'.length; length < link.length; length++)
      expect(readLink(link.slice(0, length))).toEqual({ ok: false, flaw: 'cut-off' })
    expect(readLink(linkOf(1, 2, 0, 4, 1, 2, 3, 4))).toEqual({ ok: false, flaw: 'mistyped' })
  })
})

describe('the link of an invitation', () => {
  test('says the room and its secret', () => {
    expect(readLink(LINK)).toEqual(GOOD)
    expect(LINK).toMatch(/^swarmchat:[0-9a-z]{71}$/)
  })

  test('names the card of its room, where there is one, and is whole or nothing', () => {
    const card = new Uint8Array(32).fill(15)
    const link = writeLink({ name: 'team', secret: SECRET, card })
    expect(readLink(link)).toEqual({ ...GOOD, card })
    for (let length = 'swarmchat:'.length; length < link.length; length++)
      expect(readLink(link.slice(0, length))).toEqual({ ok: false, flaw: 'cut-off' })
    const cutCard = linkOf(1, 4, 0, 40, ...SECRET, ...card.subarray(0, 8))
    expect(readLink(cutCard)).toEqual({ ok: false, flaw: 'mistyped' })
  })

  test('says them for every name and secret', () => {
    const secrets = fc.uint8Array({ minLength: 32, maxLength: 32 })
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'ab é💬ß#'), maxLength: 64 }),
        secrets,
        (input, secret) => {
          const room = normaliseRoomName(input)
          fc.pre(room.ok)
          expect(readLink(writeLink({ name: room.name, secret }))).toEqual({
            ...room,
            type: 'secret',
            secret
          })
        }
      ),
      { numRuns: 50 }
    )
  })

  test.each([
    ['in upper case', LINK.toUpperCase()],
    ['broken by a mail program', `${LINK.slice(0, 40)}\r\n> ${LINK.slice(40)}`],
    ['with spaces', `  ${LINK.replace(/(.{10})/g, '$1 ')}  `],
    ['in quotes', `"${LINK}"`],
    ['in the quotes of a text', `\u201e${LINK}\u201c`],
    ['in the brackets of a mail', `<${LINK}>`],
    ['at the end of a sentence', `${LINK}. See you there!`],
    ['after words and before others', `Here is the link to swarmchat: (${LINK}), see you!`],
    ['with what breaks lines unseen', `${LINK.slice(0, 30)}\u200b\u00ad${LINK.slice(30)}\ufeff`],
    ['with letters like digits', LINK.replaceAll('0', 'O').replaceAll('1', 'l')]
  ])('works %s [M70]', (_, pasted) => {
    expect(isLink(pasted)).toBe(true)
    expect(readLink(pasted)).toEqual(GOOD)
  })

  test('that lost its end is called cut off, wherever that was', () => {
    for (let length = 'swarmchat:'.length; length < LINK.length; length++)
      expect(readLink(LINK.slice(0, length))).toEqual({ ok: false, flaw: 'cut-off' })
  })

  test('with one wrong character is never taken, nor one with two that changed places [M71]', () => {
    for (let at = 'swarmchat:'.length; at < LINK.length; at++) {
      const [other, next] = [LINK[at] === 'x' ? 'y' : 'x', LINK[at + 1] ?? '']
      const wrong = `${LINK.slice(0, at)}${other}${LINK.slice(at + 1)}`
      expect(readLink(wrong)).toMatchObject({ ok: false })
      if (next === LINK[at] || next === '') continue
      const swapped = `${LINK.slice(0, at)}${next}${LINK[at]}${LINK.slice(at + 2)}`
      expect(readLink(swapped)).toMatchObject({ ok: false })
    }
    expect(readLink(LINK.replace(/.$/, 'u'))).toEqual({ ok: false, flaw: 'mistyped' })
  })

  test('of a later version is called so, and one that says nothing mistyped', () => {
    expect(readLink(linkOf(2, 1, 0, 0))).toEqual({ ok: false, flaw: 'newer' })
    expect(readLink(linkOf(1, 7, 0, 1, 0))).toEqual({ ok: false, flaw: 'newer' })
    expect(readLink(linkOf(1, 1, 0, 0))).toEqual({ ok: false, flaw: 'mistyped' })
  })

  // By type, what stands before the name, in bytes.
  test.each([
    [1, 32],
    [2, 16 + 32 + 8],
    [3, 16 + 32 + 8 + 32],
    [4, 32 + 32],
    [5, 16 + 32 + 8 + 32],
    [6, 16 + 32 + 8 + 32 + 32]
  ])('of type %i names no room in a form that nobody joins [M71]', (type, before) => {
    const named = (text: string) => {
      const name = new TextEncoder().encode(text)
      return readLink(linkOf(1, type, 0, before + name.length, ...new Uint8Array(before), ...name))
    }
    expect(named('team')).toMatchObject({ ok: true, name: 'team' })
    for (const wrong of ['Team', '']) expect(named(wrong)).toEqual({ ok: false, flaw: 'mistyped' })
  })

  test.each([1, 2, 3, 4, 5, 6])('of type %i that says too little is mistyped', type => {
    for (let length = 0; length <= 32; length++)
      expect(readLink(linkOf(1, type, 0, length, ...new Uint8Array(length)))).toMatchObject({
        flaw: 'mistyped'
      })
  })

  test('is none without its beginning, and never throws', () => {
    expect(readLink('lobby')).toEqual({ ok: false, flaw: 'none' })
    fc.assert(fc.property(fc.string(), text => void readLink(`swarmchat:${text}`)))
  })

  test('is no name of a room [M72]', () => {
    for (const text of [LINK, LINK.slice(0, 30), `#${LINK.slice(0, 20)}`, 'SWARMCHAT:x'])
      expect(normaliseRoomName(text)).toMatchObject({ ok: false, reason: 'it is an invitation' })
  })
})
