import sodium from 'sodium-universal'

/**
 * The members of a world in one process check the same signatures: each is computed once here. Every call still comes from
 * the real code and gets the real answer; what is remembered is told apart by all three arguments. Once in a process:
 * test files that share it load this file anew, but not the library.
 */
export function memoiseVerification(): void {
  if (MEMOISED in sodium) return
  Object.assign(sodium, { [MEMOISED]: true })
  const verify = sodium.crypto_sign_verify_detached.bind(sodium)
  sodium.crypto_sign_verify_detached = (
    signature: Uint8Array,
    message: Uint8Array,
    publicKey: Uint8Array
  ): boolean => {
    const key = keyOf(signature, message, publicKey)
    const known = answers.get(key)
    if (known !== undefined) return known
    const answer = verify(signature, message, publicKey)
    if (answers.size >= REMEMBERED) answers.clear()
    answers.set(key, answer)
    return answer
  }
}

const MEMOISED = Symbol.for('swarmchat.memoised')
const REMEMBERED = 20_000
// BOUNDED: REMEMBERED.
const answers = new Map<string, boolean>()
const digest = Buffer.alloc(32)

function keyOf(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): string {
  sodium.crypto_generichash_batch(digest, [signature, message, publicKey])
  return digest.toString('latin1')
}
