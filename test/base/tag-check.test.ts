import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CIPHER_NONCE_BYTES, openSecret, sealSecret } from '../../src/base/crypto.js'
import { isSealedWith } from '../../src/base/tag-check.js'

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })
const some = fc.uint8Array({ maxLength: 200 })

test('says of everything whether it would open', () => {
  fc.assert(
    fc.property(
      some,
      some,
      bytes(CIPHER_NONCE_BYTES),
      bytes(32),
      fc.nat(),
      fc.integer({ min: 1, max: 255 }),
      (secret, bound, nonce, key, at, flip) => {
        const sealed = sealSecret(secret, bound, nonce, key)
        expect(isSealedWith(sealed, bound, nonce, key)).toBe(true)
        const where = at % sealed.length
        const altered = sealed.map((byte, index) => (index === where ? byte ^ flip : byte))
        const others: [Uint8Array, Uint8Array, Uint8Array, Uint8Array][] = [
          [altered, bound, nonce, key],
          [sealed, Uint8Array.from([...bound, 0]), nonce, key],
          [sealed, bound, nonce.map(byte => byte ^ flip), key],
          [sealed, bound, nonce, key.map(byte => byte ^ flip)],
          [sealed.subarray(0, 15), bound, nonce, key]
        ]
        for (const each of others) {
          expect(isSealedWith(...each)).toBe(false)
          expect(openSecret(...each)).toBeUndefined()
        }
      }
    ),
    { numRuns: 200 }
  )
})
