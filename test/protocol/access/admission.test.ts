import { describe, expect, test } from 'vitest'
import {
  type AdmissionState,
  type Answer,
  admissionTopic,
  askAdmission,
  commitmentTo,
  decideAdmission,
  openAnswer,
  sealAnswer,
  ticketAsked,
  ticketOf,
  whoAsks
} from '../../../src/protocol/access/admission.js'
import { identityOf, keysOf } from '../../support/harness.js'

const filled = (length: number, value: number) => new Uint8Array(length).fill(value)
const [PAIR, OTHER_PAIR] = [ticketOf(filled(16, 1)), ticketOf(filled(16, 2))]
const [TICKET, OTHER_TICKET] = [PAIR.publicKey, OTHER_PAIR.publicKey]
const MEETING = { ticket: TICKET, handshakeHash: filled(64, 3) }
const ELSEWHERE = { ticket: TICKET, handshakeHash: filled(64, 4) }
const [ANN, BOB, EVE] = ['ann', 'bob', 'eve'].map(name => keysOf(`identity ${name}`))
const GRANTED = { verdict: 'granted', secret: filled(32, 13) } as const
if (ANN === undefined || BOB === undefined || EVE === undefined) throw new Error('no keys')
const [ann, bob, eve] = [ANN, BOB, EVE]

const altered = (bytes: Uint8Array, at: number) =>
  bytes.map((byte, i) => (i === at ? byte ^ 1 : byte))

describe('a newcomer', () => {
  const request = askAdmission(bob, PAIR, MEETING.handshakeHash)

  test('proves the invitation and who it is, on one connection [M73]', () => {
    expect(ticketAsked(request, [OTHER_TICKET, TICKET], MEETING.handshakeHash)).toBe(TICKET)
    expect(whoAsks(request, MEETING)).toBe(identityOf('bob'))
    expect(ticketAsked(request, [TICKET], ELSEWHERE.handshakeHash)).toBeUndefined()
    expect(whoAsks(request, ELSEWHERE)).toBeUndefined()
  })

  test('without the invitation is nobody, nor with the topic alone', () => {
    const guess = ticketOf(Buffer.from(admissionTopic(TICKET), 'hex').subarray(0, 16))
    const asked = askAdmission(eve, guess, MEETING.handshakeHash)
    expect(ticketAsked(asked, [TICKET], MEETING.handshakeHash)).toBeUndefined()
    expect(whoAsks(asked, MEETING)).toBeUndefined()
  })

  test('is nobody once a bit was changed, a byte added or taken away', () => {
    for (let at = 32; at < request.byteLength; at += 5)
      expect(whoAsks(altered(request, at), MEETING)).toBeUndefined()
    for (const wrong of [request.subarray(1), Buffer.concat([request, Buffer.alloc(1)])]) {
      expect(whoAsks(wrong, MEETING)).toBeUndefined()
      expect(ticketAsked(wrong, [TICKET], MEETING.handshakeHash)).toBeUndefined()
    }
  })

  test('cannot come in the name of somebody else', () => {
    const stolen = Buffer.from(askAdmission(eve, PAIR, MEETING.handshakeHash))
    stolen.set(bob.publicKey, 32)
    expect(whoAsks(stolen, MEETING)).toBeUndefined()
  })
})

describe('an answer', () => {
  test.each([
    GRANTED,
    { verdict: 'expired' },
    { verdict: 'used-up' },
    { verdict: 'revoked' }
  ] as const)('of who invited is read: $verdict', answer => {
    const sealed = sealAnswer(answer, ann, MEETING)
    expect(openAnswer(sealed, { inviter: identityOf('ann') }, MEETING)).toEqual({
      ...answer,
      isSure: true
    })
  })

  test('tells its secret to who has the invitation alone, on that connection alone [M74]', () => {
    const sealed = sealAnswer(GRANTED, ann, MEETING)
    expect(Buffer.from(sealed).includes(Buffer.from(GRANTED.secret))).toBe(false)
    expect(
      openAnswer(sealed, { inviter: identityOf('ann') }, { ...MEETING, ticket: OTHER_TICKET })
    ).toBeUndefined()
    expect(openAnswer(sealed, { inviter: identityOf('ann') }, ELSEWHERE)).toBeUndefined()
    expect(openAnswer(sealed.subarray(1), { inviter: identityOf('ann') }, MEETING)).toBeUndefined()
  })

  test('of somebody else who has the invitation leads nobody astray [M74]', () => {
    const sealed = sealAnswer({ ...GRANTED, secret: filled(32, 66) }, eve, MEETING)
    expect(openAnswer(sealed, { inviter: identityOf('ann') }, MEETING)).toBeUndefined()
  })

  test('of any member leads to the room that the link has a commitment to, and of nobody else [M92]', () => {
    const link = { inviter: identityOf('ann'), commitment: commitmentTo(GRANTED.secret) }
    const read = (answer: Answer) => openAnswer(sealAnswer(answer, bob, MEETING), link, MEETING)
    expect(read(GRANTED)).toEqual({ ...GRANTED, isSure: true })
    expect(read({ ...GRANTED, secret: filled(32, 66) })).toBeUndefined()
    // Whoever has the link could have made that up.
    expect(read({ verdict: 'revoked' })).toEqual({ verdict: 'revoked', isSure: false })
    const inviters = sealAnswer({ verdict: 'revoked' }, ann, MEETING)
    expect(openAnswer(inviters, link, MEETING)).toEqual({ verdict: 'revoked', isSure: true })
    // The inviter leads nowhere else either.
    const other = sealAnswer({ ...GRANTED, secret: filled(32, 66) }, ann, MEETING)
    expect(openAnswer(other, link, MEETING)).toBeUndefined()
  })

  test('says as little by its length, whatever it is', () => {
    const sizes = [GRANTED, { verdict: 'revoked' } as const].map(
      answer => sealAnswer(answer, ann, MEETING).byteLength
    )
    expect(new Set(sizes).size).toBe(1)
  })
})

describe('an invitation', () => {
  const NOW = 1_720_000_000_000
  const open: AdmissionState = { expires: NOW + 1, uses: 2, isRevoked: false, newcomers: [] }
  const decide = (state: Partial<AdmissionState>, wall = NOW) =>
    decideAdmission({ ...open, ...state }, identityOf('bob'), wall)

  test('lets in as many as it may, and not one more [M75]', () => {
    expect(decide({})).toBe('granted')
    expect(decide({ newcomers: [identityOf('ann')] })).toBe('granted')
    expect(decide({ newcomers: [identityOf('ann'), identityOf('eve')] })).toBe('used-up')
    expect(decide({ uses: 0, newcomers: [identityOf('ann')] })).toBe('granted')
  })

  test('lets the same one in again, whose answer may have been lost', () => {
    expect(decide({ newcomers: [identityOf('ann'), identityOf('bob')] })).toBe('granted')
  })

  test('that was revoked or has expired lets nobody in, not even who came before [M75]', () => {
    const newcomers = [identityOf('bob')]
    expect(decide({ isRevoked: true, newcomers })).toBe('revoked')
    expect(decide({ newcomers }, NOW + 1)).toBe('expired')
  })
})
