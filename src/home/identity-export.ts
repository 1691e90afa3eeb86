import b4a from 'b4a'
import {
  CIPHER_NONCE_BYTES,
  type KeyPair,
  keyPairFromSeed,
  SALT_BYTES,
  SEED_BYTES,
  seedOf
} from '../base/crypto.js'
import { SwarmchatError } from '../base/errors.js'
import { normaliseRoomName, ROOM_SECRET_BYTES } from '../protocol/access/room-secret.js'
import { type Contact, contactOf } from './contacts.js'
import { wrongPassphrase } from './identity-lock.js'
import { checkNick } from './nick.js'
import { openBox, type PassphraseBox, sealInBox } from './passphrase-box.js'
import type { KeptSecret } from './room-secret-text.js'

// The file that `swarmchat identity export` writes: one object of JSON, whose content is in a box that a passphrase opens,
// or stands there as it is.

/** BAD_EXPORT: a file is none that `identity export` wrote, or it is damaged. */
export const badExport = (file: string, reason: string) =>
  new SwarmchatError(
    'BAD_EXPORT',
    `The file ${file} is no identity that was exported: ${reason}.`,
    {
      hint: 'Give a file that swarmchat identity export wrote.'
    }
  )

/** What somebody takes along to another machine. */
export interface Belongings {
  readonly pair: KeyPair
  readonly contacts: readonly Contact[]
  /** What they are called, if they have set that. */
  readonly nick?: string | undefined
  /** Private rooms. */
  readonly rooms: readonly KeptSecret[]
}

/** A file that was read, and may want a passphrase. */
export type ExportFile =
  | { readonly isSealed: false; readonly belongings: Belongings }
  | { readonly isSealed: true; readonly file: string; readonly box: PassphraseBox }

const TYPE = 'swarmchat-identity'
const VERSION = 1

/** The text of such a file. Undefined for a passphrase: whoever reads it has the identity. Rejects with BAD_PASSPHRASE. */
export async function exportText(
  belongings: Belongings,
  passphrase: string | undefined
): Promise<string> {
  const content = contentOf(belongings)
  if (passphrase === undefined) return textOf({ content })
  const secret = b4a.from(JSON.stringify(content))
  const { nonce, salt, sealed } = await sealInBox('identity-export', secret, passphrase)
  return textOf({ salt: hex(salt), nonce: hex(nonce), sealed: b4a.toString(sealed, 'base64') })
}

/** Reads the text of such a file. Throws BAD_EXPORT. */
export function readExport(text: string, file: string): ExportFile {
  const { content, nonce, salt, sealed, type, version } = objectIn(text, file)
  if (type !== TYPE) throw badExport(file, 'it is something else')
  if (version !== VERSION) throw badExport(file, 'another version of swarmchat wrote it')
  if (content !== undefined) return { isSealed: false, belongings: belongingsIn(content, file) }
  const box = boxIn(salt, nonce, sealed)
  if (box === undefined) throw badExport(file, 'it is damaged')
  return { isSealed: true, file, box }
}

/** What is in a file that is sealed. Rejects with WRONG_PASSPHRASE, BAD_PASSPHRASE, BAD_EXPORT. */
export async function openExport(
  { box, file }: Extract<ExportFile, { isSealed: true }>,
  passphrase: string
): Promise<Belongings> {
  const secret = await openBox('identity-export', box, passphrase)
  if (secret === undefined) throw wrongPassphrase(file)
  return belongingsIn(objectIn(b4a.toString(secret), file), file)
}

function textOf(fields: object): string {
  return `${JSON.stringify({ type: TYPE, version: VERSION, ...fields }, undefined, 2)}\n`
}

function contentOf({ contacts, nick, pair, rooms }: Belongings): object {
  const secrets = rooms.map(({ name, secret }) => ({ name, secret: hex(secret) }))
  return { seed: hex(seedOf(pair)), public: hex(pair.publicKey), nick, contacts, rooms: secrets }
}

function objectIn(text: string, file: string): Record<string, unknown> {
  try {
    const value = JSON.parse(text)
    if (typeof value === 'object' && value !== null) return value
  } catch {
    // Said below: what JSON.parse says quotes the text.
  }
  throw badExport(file, 'it is not JSON')
}

function boxIn(...[salt, nonce, sealed]: unknown[]): PassphraseBox | undefined {
  const salted = bytesIn(salt, 'hex', SALT_BYTES)
  const nonced = bytesIn(nonce, 'hex', CIPHER_NONCE_BYTES)
  const bytes = bytesIn(sealed, 'base64')
  return salted && nonced && bytes && { salt: salted, nonce: nonced, sealed: bytes }
}

function belongingsIn(value: unknown, file: string): Belongings {
  const content = (value ?? {}) as Record<string, unknown>
  const { contacts, nick, public: publicKey, rooms = [], seed } = content
  const bytes = bytesIn(seed, 'hex', SEED_BYTES)
  const pair = bytes && keyPairFromSeed(bytes)
  const isWhole = Array.isArray(contacts) && Array.isArray(rooms)
  if (pair === undefined || hex(pair.publicKey) !== publicKey || !isWhole)
    throw badExport(file, 'it is damaged')
  const taken = { contacts: contacts.flatMap(contactOf), rooms: rooms.flatMap(roomIn) }
  return { pair, nick: nickIn(nick), ...taken }
}

// A file that somebody else made may name a room as none can be called here.
function roomIn(value: unknown): KeptSecret[] {
  const { name, secret } = (value ?? {}) as Record<string, unknown>
  const bytes = bytesIn(secret, 'hex', ROOM_SECRET_BYTES)
  const normal = typeof name === 'string' ? normaliseRoomName(`#${name}`) : undefined
  return bytes && normal?.ok ? [{ name: normal.name, secret: bytes }] : []
}

function nickIn(value: unknown): string | undefined {
  try {
    return typeof value === 'string' ? checkNick(value) : undefined
  } catch {
    return undefined
  }
}

function bytesIn(value: unknown, encoding: 'hex' | 'base64', length?: number) {
  if (typeof value !== 'string') return undefined
  const bytes = b4a.from(value, encoding)
  return length === undefined || bytes.byteLength === length ? bytes : undefined
}

function hex(bytes: Uint8Array): string {
  return b4a.toString(bytes, 'hex')
}
