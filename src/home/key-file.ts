import { randomBytes } from 'node:crypto'
import { statSync } from 'node:fs'
import b4a from 'b4a'
import { type KeyPair, keyPairFromSeed, SEED_BYTES } from '../base/crypto.js'
import { badIdentity, codeOf, noHome, openIdentity, type SwarmchatError } from '../base/errors.js'
import { createFile, readIfThere, replaceFile } from './files.js'

// A key file is three lines: what it is, the seed, and the public key that the seed must give. The
// third is there so that a changed digit is damage, not another person.

const LAYOUT = /^(swarmchat [a-z]+ 1)\nseed ([0-9a-f]{64})\npublic ([0-9a-f]{64})\n$/

/**
 * The key pair kept in this file; made, at mode 0600, where the file is not there. Processes that
 * start at once end with the same pair. Throws BAD_IDENTITY, OPEN_IDENTITY or NO_HOME; an existing
 * file is never written.
 */
export function loadKeyPair(file: string, kind: 'identity' | 'device'): KeyPair {
  return orNoHome(file, () => readKeyPair(file, kind) ?? makeKeyPair(file, kind))
}

/** Puts a new key pair in the place of the one in this file. Throws NO_HOME. */
export function renewKeyPair(file: string, kind: 'device'): KeyPair {
  return orNoHome(file, () => {
    const { pair, text } = newKeyPair(kind)
    replaceFile(file, text)
    return pair
  })
}

/** Throws NO_HOME in place of an error of the file system; ours carry codes of their own. */
export function orNoHome<T>(file: string, act: () => T): T {
  try {
    return act()
  } catch (thrown) {
    if (thrown instanceof Error && 'syscall' in thrown) throw noHome('file', file, thrown)
    throw thrown
  }
}

function newKeyPair(kind: string): { readonly pair: KeyPair; readonly text: string } {
  const seed = randomBytes(SEED_BYTES)
  const pair = keyPairFromSeed(seed)
  const lines = [`swarmchat ${kind} 1`, `seed ${hex(seed)}`, `public ${hex(pair.publicKey)}`]
  return { pair, text: `${lines.join('\n')}\n` }
}

function makeKeyPair(file: string, kind: string): KeyPair {
  const { pair, text } = newKeyPair(kind)
  if (createFile(file, text)) return pair
  const winner = readKeyPair(file, kind)
  if (winner === undefined) throw badIdentity(file, 'vanished while it was read')
  return winner
}

function readKeyPair(file: string, kind: string): KeyPair | undefined {
  const text = readIfThere(file)
  if (text === undefined) return undefined
  refuseOpenFile(file)
  const [, title, seed, publicKey] = LAYOUT.exec(text) ?? []
  if (title !== `swarmchat ${kind} 1` || seed === undefined) throw badIdentity(file, 'is damaged')
  const pair = keyPairFromSeed(b4a.from(seed, 'hex'))
  if (hex(pair.publicKey) !== publicKey) throw badIdentity(file, 'is damaged')
  return pair
}

/**
 * Throws the refusal (default: OPEN_IDENTITY) for a file that others may read. Windows has no such bits: there the directory's access
 * list protects the file.
 */
export function refuseOpenFile(
  file: string,
  refusal: (file: string, mode: number) => SwarmchatError = openIdentity
): void {
  if (process.platform === 'win32') return
  const mode = modeOf(file)
  if ((mode & 0o077) !== 0) throw refusal(file, mode)
}

function modeOf(file: string): number {
  try {
    return statSync(file).mode & 0o777
  } catch (thrown) {
    if (codeOf(thrown) === 'ENOENT') return 0
    throw thrown
  }
}

function hex(bytes: Uint8Array): string {
  return b4a.toString(bytes, 'hex')
}
