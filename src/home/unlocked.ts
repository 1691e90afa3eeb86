import b4a from 'b4a'
import type { KeyPair } from '../base/crypto.js'
import { SwarmchatError } from '../base/errors.js'

// Passphrases are asked for once, where a command begins; whoever needs the identity afterwards finds it here.

/** IDENTITY_LOCKED: the identity is under a passphrase, which was not given. */
export const lockedIdentity = (file: string) =>
  new SwarmchatError('IDENTITY_LOCKED', `The identity in ${file} is locked.`, {
    hint: 'Type its passphrase on a terminal, or give it in SWARMCHAT_PASSPHRASE.'
  })

// BOUNDED: the identities that this program was given the passphrase of.
const unlocked = new Map<string, KeyPair>()

/** Keeps it for as long as this process lives. */
export function keepUnlocked(pair: KeyPair): void {
  unlocked.set(nameOf(pair.publicKey), pair)
}

/** The pair of this public key, if it was unlocked. */
export function unlockedPair(publicKey: Uint8Array): KeyPair | undefined {
  return unlocked.get(nameOf(publicKey))
}

function nameOf(publicKey: Uint8Array): string {
  return b4a.toString(publicKey, 'hex')
}
