import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../src/testing/world/random.js'
import { seedFromEnv } from '../support/seed.js'
import { mutate } from './bytes.js'
import { DECODERS, type Decoder, fuzzDecoder, SIGNATURES } from './decoders.js'
import { runSchedule } from './schedule.js'

// The short run of `npm run fuzz`, which says how to replay what it finds.
const seed = seedFromEnv(1)

describe('no bytes of a stranger make a decoder throw', { timeout: 120_000 }, () => {
  test.each(DECODERS)('$name', decoder => {
    fuzzDecoder(decoder, 3_000, seededRandom(seed))
  })

  test('nor verify if nobody signed them', () => {
    fuzzDecoder(SIGNATURES, 500, seededRandom(seed))
  })
})

test('no schedule of members that mean ill makes the machine throw, or deaf', () => {
  for (let n = 0; n < 60; n++) runSchedule(seededRandom(seed + n))
}, 300_000)

describe('the fuzzer', () => {
  test('reaches what it looks for: a decoder that is wrong once in a while is found', () => {
    const wrong: Decoder = {
      name: 'wrong',
      samples: [Uint8Array.of(7, 7, 7, 7)],
      decode(bytes) {
        if (bytes[0] === 7 && bytes[1] === 255) throw new RangeError('spread')
      }
    }
    expect(() => fuzzDecoder(wrong, 20_000, seededRandom(seed))).toThrow(/run \d+, input 07ff/)
  })

  test('spoils good inputs, and leaves the sample as it was', () => {
    const sample = Uint8Array.of(1, 2, 3, 4)
    const random = seededRandom(seed)
    const spoilt = Array.from({ length: 100 }, () => mutate(random, sample))
    expect(spoilt.filter(bytes => Buffer.compare(bytes, sample) !== 0).length).toBeGreaterThan(90)
    expect([...sample]).toEqual([1, 2, 3, 4])
  })
})
