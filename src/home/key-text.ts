import b4a from 'b4a'
import { type KeyPair, keyPairFromSeed, seedOf } from '../base/crypto.js'
import type { PassphraseBox } from './passphrase-box.js'

// A key file is lines of text. Version 1: what it is, the seed, and the public key that the seed must give, so that a
// changed digit is damage, not another person. Version 2, of identities alone: what it is, the public key, and the
// seed in a box that a passphrase opens.

/** What a key is for. */
export type KeyKind = 'identity' | 'device'

/** What a key file says. */
export type KeyText =
  | { readonly isLocked: false; readonly pair: KeyPair }
  | { readonly isLocked: true; readonly publicKey: Uint8Array; readonly box: PassphraseBox }

const OPEN = /^swarmchat ([a-z]+) 1\nseed ([0-9a-f]{64})\npublic ([0-9a-f]{64})\n$/
const LOCKED =
  /^swarmchat identity 2\npublic ([0-9a-f]{64})\nsalt ([0-9a-f]{32})\nnonce ([0-9a-f]{48})\nsealed ([0-9a-f]{96})\n$/

/** The text of a key file whose key is to be read. */
export function openKeyText(kind: KeyKind, pair: KeyPair): string {
  const { publicKey } = pair
  return `swarmchat ${kind} 1\nseed ${hex(seedOf(pair))}\npublic ${hex(publicKey)}\n`
}

/** The text of a key file whose seed is in that box. */
export function lockedKeyText(publicKey: Uint8Array, { nonce, salt, sealed }: PassphraseBox) {
  const lines = [`public ${hex(publicKey)}`, `salt ${hex(salt)}`, `nonce ${hex(nonce)}`]
  return `swarmchat identity 2\n${lines.join('\n')}\nsealed ${hex(sealed)}\n`
}

/** What the text of a key file says; undefined if it is damaged, or of another kind. */
export function readKeyText(text: string, kind: KeyKind): KeyText | undefined {
  return readOpen(text, kind) ?? (kind === 'identity' ? readLocked(text) : undefined)
}

function readOpen(text: string, wanted: KeyKind): KeyText | undefined {
  const [, kind, seed = '', publicKey] = OPEN.exec(text) ?? []
  if (kind !== wanted) return undefined
  const pair = keyPairFromSeed(b4a.from(seed, 'hex'))
  return hex(pair.publicKey) === publicKey ? { isLocked: false, pair } : undefined
}

function readLocked(text: string): KeyText | undefined {
  const found = LOCKED.exec(text)
  if (found === null) return undefined
  const [publicKey, salt, nonce, sealed] = found.slice(1).map(each => b4a.from(each, 'hex'))
  if (!publicKey || !salt || !nonce || !sealed) return undefined
  return { isLocked: true, publicKey, box: { salt, nonce, sealed } }
}

function hex(bytes: Uint8Array): string {
  return b4a.toString(bytes, 'hex')
}
