import { randomBytes } from 'node:crypto'
import b4a from 'b4a'
import {
  CIPHER_NONCE_BYTES,
  domain,
  hash,
  type KeyPair,
  openSecret,
  sealSecret,
  seedOf
} from '../base/crypto.js'
import type { Topic } from '../base/ids.js'
import { topicOf } from '../protocol/access/room-secret.js'

// The file of a private room is lines of text. Version 1: what it is, the secret, the topic that the secret must give (so that
// a changed digit is damage, and not another room), and its name. Version 2, of a locked identity: instead of the secret
// whose identity opens it, and the secret sealed by a key that this identity's seed gives. So whoever opens the
// identity opens its rooms, and a new passphrase changes no file of a room.

/** A private room, as it is kept. */
export interface KeptSecret {
  /** The name in the form that is hashed. */
  readonly name: string
  /** 32 bytes. */
  readonly secret: Uint8Array
}

/** A private room whose secret only an identity opens. */
export interface LockedSecret {
  readonly name: string
  readonly topic: Topic
  /** The public key of that identity, 32 bytes. */
  readonly identity: Uint8Array
  /** 24 bytes. */
  readonly nonce: Uint8Array
  /** 48 bytes. */
  readonly sealed: Uint8Array
}

/** What the file of a private room says. */
export type SecretText =
  | ({ readonly isLocked: false } & KeptSecret)
  | ({ readonly isLocked: true } & LockedSecret)

const OPEN = /^swarmchat room 1\nsecret ([0-9a-f]{64})\ntopic ([0-9a-f]{64})\nname (.+)\n$/
const LOCKED =
  /^swarmchat room 2\nidentity ([0-9a-f]{64})\ntopic ([0-9a-f]{64})\nnonce ([0-9a-f]{48})\nsealed ([0-9a-f]{96})\nname (.+)\n$/
const DOMAIN = domain('locked-room')

/** The text of a file whose secret is to be read. */
export function openSecretText({ name, secret }: KeptSecret): string {
  return textOf(1, [`secret ${hex(secret)}`, `topic ${topicOf(secret)}`, `name ${name}`])
}

/** The text of a file whose secret this identity alone opens. */
export function lockedSecretText({ name, secret }: KeptSecret, identity: KeyPair): string {
  const [topic, nonce] = [topicOf(secret), randomBytes(CIPHER_NONCE_BYTES)]
  const sealed = sealSecret(secret, boundTo(topic, name), nonce, keyOf(identity))
  const whose = [`identity ${hex(identity.publicKey)}`, `topic ${topic}`]
  return textOf(2, [...whose, `nonce ${hex(nonce)}`, `sealed ${hex(sealed)}`, `name ${name}`])
}

/** What the text of a file says; undefined if it is damaged. */
export function readSecretText(text: string): SecretText | undefined {
  return readOpen(text) ?? readLocked(text)
}

/** The secret, by the identity that it is locked with; undefined if it was altered. */
export function unlockSecret(
  { name, nonce, sealed, topic }: LockedSecret,
  identity: KeyPair
): KeptSecret | undefined {
  const secret = openSecret(sealed, boundTo(topic, name), nonce, keyOf(identity))
  return secret && topicOf(secret) === topic ? { name, secret } : undefined
}

function readOpen(text: string): SecretText | undefined {
  const [, digits = '', topic, name] = OPEN.exec(text) ?? []
  const secret = b4a.from(digits, 'hex')
  if (name === undefined || topicOf(secret) !== topic) return undefined
  return { isLocked: false, name, secret }
}

function readLocked(text: string): SecretText | undefined {
  const [, identity = '', topic, nonce = '', sealed = '', name] = LOCKED.exec(text) ?? []
  if (name === undefined) return undefined
  const [whose, once, bytes] = [identity, nonce, sealed].map(each => b4a.from(each, 'hex'))
  if (!whose || !once || !bytes) return undefined
  const locked = { identity: whose, nonce: once, sealed: bytes }
  return { isLocked: true, name, topic: topic as Topic, ...locked }
}

function textOf(version: number, lines: readonly string[]): string {
  return `swarmchat room ${version}\n${lines.join('\n')}\n`
}

function keyOf(identity: KeyPair): Uint8Array {
  return hash([DOMAIN], seedOf(identity))
}

function boundTo(topic: Topic, name: string): Uint8Array {
  return b4a.concat([DOMAIN, b4a.from(topic, 'hex'), b4a.from(name)])
}

function hex(bytes: Uint8Array): string {
  return b4a.toString(bytes, 'hex')
}
