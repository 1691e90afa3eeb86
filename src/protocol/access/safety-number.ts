import b4a from 'b4a'
import { domain, hash } from '../../base/crypto.js'
import { type IdentityKey, idToBytes } from '../../base/ids.js'

/** Digits of a group, and groups of each of two people. Requirement: 12 groups of 5. */
const GROUP_DIGITS = 5
const GROUPS_EACH = 6
/** Bytes that make a group: enough for no digit to be likelier than another. */
const GROUP_BYTES = 5
/** Each identity is hashed so often: who looks for a key whose number is like another's has that much more to do. As Signal's. */
const PASSES = 5_200

const NUMBER_DOMAIN = domain('safety-number')

/**
 * What two people compare, each on the own screen, to know that nobody has put a key of their own between them: 12 groups of
 * 5 digits, the same from either side. Some tens of ms.
 */
export function safetyNumber(a: IdentityKey, b: IdentityKey): readonly string[] {
  return [fingerprint(a), fingerprint(b)].sort((x, y) => (x.join() < y.join() ? -1 : 1)).flat()
}

function fingerprint(identity: IdentityKey): string[] {
  const key = idToBytes(identity)
  let digest = hash([NUMBER_DOMAIN, key])
  for (let pass = 1; pass < PASSES; pass++) digest = hash([NUMBER_DOMAIN, digest, key])
  return Array.from({ length: GROUPS_EACH }, (_, group) => digits(digest, group * GROUP_BYTES))
}

function digits(digest: Uint8Array, from: number): string {
  const bytes = digest.subarray(from, from + GROUP_BYTES)
  const number = BigInt(`0x${b4a.toString(bytes, 'hex')}`) % 10n ** BigInt(GROUP_DIGITS)
  return number.toString().padStart(GROUP_DIGITS, '0')
}
