import { describe, expect, test } from 'vitest'
import { keyPairFromSeed } from '../../../src/base/crypto.js'
import {
  directKey,
  MAX_DIRECT_BYTES,
  openDirect,
  sealDirect
} from '../../../src/protocol/access/direct.js'
import { roomSecretFromName, topicOf } from '../../../src/protocol/access/room-secret.js'
import { MAX_BODY_BYTES } from '../../../src/protocol/config.js'
import { ANN, BOB, DIRECT_KEY } from '../../support/bodies.js'
import { TOPIC } from '../../support/harness.js'

const nonce = new Uint8Array(24).fill(7)
const line = (length: number) => new Uint8Array(length).fill(1)

describe('words for one member', () => {
  test('have one key, from either side, and another one in another room', () => {
    expect(directKey(BOB, ANN.publicKey, TOPIC)).toEqual(DIRECT_KEY)
    const elsewhere = topicOf(roomSecretFromName('elsewhere'))
    expect(directKey(ANN, BOB.publicKey, elsewhere)).not.toEqual(DIRECT_KEY)
  })

  test('open for nobody else, and not once a bit was changed', () => {
    const body = sealDirect(line(10), nonce, DIRECT_KEY)
    const eve = keyPairFromSeed(new Uint8Array(32).fill(66))
    for (const other of [ANN, BOB]) {
      const key = directKey(eve, other.publicKey, TOPIC)
      expect(openDirect(body, key ?? nonce)).toBeUndefined()
    }
    for (let at = 0; at < body.length; at++) {
      const changed = Uint8Array.from(body)
      changed[at] = (changed[at] ?? 0) ^ 1
      expect(openDirect(changed, DIRECT_KEY)).toBeUndefined()
    }
    expect(openDirect(body.subarray(0, 39), DIRECT_KEY)).toBeUndefined()
  })

  test('look alike by their length, in steps', () => {
    const lengths = [0, 1, 62, 63, 254, 255, 1_022, 4_094, MAX_DIRECT_BYTES].map(
      length => sealDirect(line(length), nonce, DIRECT_KEY).byteLength - 40
    )
    expect(lengths).toEqual([64, 64, 64, 256, 256, 1_024, 1_024, 4_096, 8_192])
    expect(40 + 8_192).toBeLessThanOrEqual(MAX_BODY_BYTES)
    expect(() => sealDirect(line(MAX_DIRECT_BYTES + 1), nonce, DIRECT_KEY)).toThrow(RangeError)
  })

  test('are not had with a key that is no point', () => {
    expect(directKey(ANN, new Uint8Array(32), TOPIC)).toBeUndefined()
    expect(directKey(ANN, new Uint8Array(32).fill(255), TOPIC)).toBeUndefined()
  })
})
