import { describe, expect, test } from 'vitest'
import { hash } from '../../../src/base/crypto.js'
import {
  checkDevice,
  checkProof,
  type ProofContext,
  proofKey,
  prove,
  signDevice
} from '../../../src/protocol/access/handshake.js'
import { roomSecretFromName, topicOf } from '../../../src/protocol/access/room-secret.js'
import { deviceOf, INSTANCE, keysOf, SECRET, TOPIC } from '../../support/harness.js'

const key = proofKey(SECRET)
const context: ProofContext = {
  handshakeHash: hash([Buffer.from('this connection')]),
  side: 'initiator',
  device: deviceOf('ann')
}

describe('a proof of membership', () => {
  test('is good where it was made for', () => {
    expect(checkProof(key, context, prove(key, context))).toBe(true)
  })

  test.each<[string, Partial<ProofContext>]>([
    ['another connection', { handshakeHash: hash([Buffer.from('another')]) }],
    ['the other direction', { side: 'responder' }],
    ['another device', { device: deviceOf('bob') }]
  ])('is worth nothing for %s', (_, other) => {
    expect(checkProof(key, { ...context, ...other }, prove(key, context))).toBe(false)
  })

  test('needs the secret: the topic is not enough [M12]', () => {
    const guess = proofKey(Buffer.from(TOPIC, 'hex'))
    expect(checkProof(key, context, prove(guess, context))).toBe(false)
    expect(checkProof(key, context, prove(SECRET, context))).toBe(false)
  })

  test('of the wrong length is refused', () => {
    expect(checkProof(key, context, new Uint8Array(31))).toBe(false)
    expect(checkProof(key, context, new Uint8Array(0))).toBe(false)
  })
})

describe('a claim to a device', () => {
  const ann = keysOf('identity ann')
  const claim = { topic: TOPIC, device: deviceOf('ann'), instance: INSTANCE }
  const signature = signDevice(ann, claim)

  test('is good in its room', () => {
    expect(checkDevice(ann.publicKey, claim, signature)).toBe(true)
  })

  test('is worth nothing for another device, room, running program or identity', () => {
    const elsewhere = topicOf(roomSecretFromName('elsewhere'))
    const others = [
      { ...claim, device: deviceOf('bob') },
      { ...claim, topic: elsewhere },
      { ...claim, instance: new Uint8Array(8).fill(1) }
    ]
    for (const other of others) expect(checkDevice(ann.publicKey, other, signature)).toBe(false)
    expect(checkDevice(keysOf('identity bob').publicKey, claim, signature)).toBe(false)
    expect(checkDevice(ann.publicKey, claim, signature.subarray(1))).toBe(false)
  })
})
