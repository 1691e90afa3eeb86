import { base32crockford } from '@scure/base'
import b4a from 'b4a'
import { domain, equalSecrets, hash } from '../../base/crypto.js'
import type { IdentityKey } from '../../base/ids.js'
import { bareLink, isLink, LINK_PREFIX } from '../../base/links.js'
import type { Millis } from '../../base/time.js'
import { ByteReader, ByteWriter } from '../wire/bytes.js'
import { decodeText, encodeText } from '../wire/text.js'
import { TICKET_SEED_BYTES } from './admission.js'
import { CARD_TARGET_BYTES } from './card-record.js'
import { normaliseRoomName, ROOM_SECRET_BYTES } from './room-secret.js'

// An invitation as people hand it on: `swarmchat:`, and base32 of a header, what it says and a checksum. Whoever reads it has
// the room, so what is wrong with one is said without quoting it.

/** What an invitation says. */
export interface Invitation {
  /** The name of the room in the form that is hashed. */
  readonly name: string
  /** The room secret, 32 bytes. */
  readonly secret: Uint8Array
  /** Under what the DHT has the room's card: see card-record.ts. Undefined: it says nothing of one. */
  readonly card?: Uint8Array
}

/** What an invitation says that admits: whoever made it hands out the secret, or any member does. */
export interface Ticket {
  /** The name of the room in the form that is hashed. */
  readonly name: string
  /** 16 bytes: see admission.ts. */
  readonly seed: Uint8Array
  /** Who made it, and signs the answer. */
  readonly inviter: IdentityKey
  /** ms since 1970. */
  readonly expires: Millis
  /** To the room secret, which any member hands out; undefined: who made it alone does. 32 bytes: see admission.ts. */
  readonly commitment?: Uint8Array | undefined
  /** Under what the DHT has the room's card, which is read by who was let in. Undefined: it says nothing of one. 32 bytes. */
  readonly card?: Uint8Array | undefined
}

/**
 * What is wrong with a link: it is none; characters at its end are missing; some are wrong; or a later version of swarmchat
 * wrote it.
 */
export type LinkFlaw = 'none' | 'cut-off' | 'mistyped' | 'newer'

/** An invitation that was read, or what is wrong with it. */
export type ReadLink =
  | ({ readonly ok: true; readonly type: 'secret' } & Invitation)
  | ({ readonly ok: true; readonly type: 'ticket' } & Ticket)
  | { readonly ok: false; readonly flaw: LinkFlaw }

const VERSION = 1
/** An invitation that carries the room secret. */
const TYPE_SECRET = 1
/** One by which whoever made it lets in. */
const TYPE_TICKET = 2
/** One by which any member lets in. */
const TYPE_ANYONE = 3
const COMMITMENT_BYTES = 32
/** The first one, and it names the room's card. */
const TYPE_CARD = 4
/** Those that admit, and name the room's card. */
const TYPE_TICKET_CARD = 5
const TYPE_ANYONE_CARD = 6

/** What the links that admit have beside what all of them have. */
const TICKETS: ReadonlyMap<number, { readonly anyone: boolean; readonly card: boolean }> = new Map([
  [TYPE_TICKET, { anyone: false, card: false }],
  [TYPE_ANYONE, { anyone: true, card: false }],
  [TYPE_TICKET_CARD, { anyone: false, card: true }],
  [TYPE_ANYONE_CARD, { anyone: true, card: true }]
])
/** Version, type, and how long what follows is (u16) up to the checksum. */
const HEADER_BYTES = 4
const CHECKSUM_BYTES = 4
/** A header, whole, is in so many characters: 40 bits. */
const HEADER_CHARACTERS = 8
const CHECKSUM_DOMAIN = domain('invitation-link')

/** The link, in lower case; it means the same in upper case, which makes a smaller QR code. The name is *normalised*. */
export function writeLink({ card, name, secret }: Invitation): string {
  if (card !== undefined) return linkOf(TYPE_CARD, b4a.concat([secret, card, encodeText(name)]))
  return linkOf(TYPE_SECRET, b4a.concat([secret, encodeText(name)]))
}

/** The link of an invitation that admits; likewise. */
export function writeTicket({ card, commitment, expires, inviter, name, seed }: Ticket): string {
  const terms = new ByteWriter().bytes(seed).id(inviter).uint64(expires)
  if (commitment !== undefined) terms.bytes(commitment)
  if (card !== undefined) terms.bytes(card)
  const [plain, withCard] =
    commitment === undefined ? [TYPE_TICKET, TYPE_TICKET_CARD] : [TYPE_ANYONE, TYPE_ANYONE_CARD]
  const type = card === undefined ? plain : withCard
  return linkOf(type, terms.bytes(encodeText(name)).finish())
}

function linkOf(type: number, said: Uint8Array): string {
  const writer = new ByteWriter().uint8(VERSION).uint8(type).uint16(said.byteLength)
  const checked = writer.bytes(said).finish()
  const bytes = b4a.concat([checked, checksumOf(checked)])
  return `${LINK_PREFIX}${base32crockford.encode(bytes).toLowerCase()}`
}

/**
 * Reads a link as people paste it: in any case, with white space, line breaks, quotes, hyphens and invisible characters in it, O for 0, I
 * and L for 1, and text after it.
 */
export function readLink(text: string): ReadLink {
  if (!isLink(text)) return { ok: false, flaw: 'none' }
  const characters = bareLink(text).slice(LINK_PREFIX.length)
  const [digits] = /^[0-9a-z]*/i.exec(characters) ?? ['']
  if (digits.length < HEADER_CHARACTERS) return { ok: false, flaw: 'cut-off' }
  const header = decode(digits.slice(0, HEADER_CHARACTERS))
  if (header === undefined) return { ok: false, flaw: 'mistyped' }
  const wanted = charactersOf(header)
  if (digits.length < wanted) return { ok: false, flaw: 'cut-off' }
  const bytes = decode(digits.slice(0, wanted))
  return (bytes && open(bytes)) ?? { ok: false, flaw: 'mistyped' }
}

/** Undefined for what is none. */
function open(bytes: Uint8Array): ReadLink | undefined {
  const checked = bytes.subarray(0, bytes.byteLength - CHECKSUM_BYTES)
  const checksum = bytes.subarray(checked.byteLength)
  if (!equalSecrets(checksumOf(checked), checksum)) return undefined
  const reader = new ByteReader(checked)
  const [version, type] = [reader.uint8(), reader.uint8()]
  const said = new ByteReader(reader.bytes(reader.uint16()))
  if (version !== VERSION) return { ok: false, flaw: 'newer' }
  if (type === TYPE_SECRET) return openSecretLink(said)
  if (type === TYPE_CARD) return openCardLink(said)
  const ticket = TICKETS.get(type)
  return ticket === undefined ? { ok: false, flaw: 'newer' } : openTicket(said, ticket)
}

function openSecretLink(said: ByteReader): ReadLink | undefined {
  const secret = Uint8Array.from(said.bytes(ROOM_SECRET_BYTES))
  const name = decodeText(said.rest())
  return isNormal(name) ? { ok: true, type: 'secret', name, secret } : undefined
}

function openCardLink(said: ByteReader): ReadLink | undefined {
  const secret = Uint8Array.from(said.bytes(ROOM_SECRET_BYTES))
  const card = Uint8Array.from(said.bytes(CARD_TARGET_BYTES))
  const name = decodeText(said.rest())
  return isNormal(name) ? { ok: true, type: 'secret', name, secret, card } : undefined
}

function openTicket(
  said: ByteReader,
  has: { readonly anyone: boolean; readonly card: boolean }
): ReadLink | undefined {
  const seed = Uint8Array.from(said.bytes(TICKET_SEED_BYTES))
  const inviter = said.id<IdentityKey>()
  const expires = said.uint64()
  const commitment = has.anyone ? Uint8Array.from(said.bytes(COMMITMENT_BYTES)) : undefined
  const card = has.card ? Uint8Array.from(said.bytes(CARD_TARGET_BYTES)) : undefined
  const name = decodeText(said.rest())
  if (inviter === undefined || !isNormal(name)) return undefined
  const optional = { ...(commitment && { commitment }), ...(card && { card }) }
  return { ok: true, type: 'ticket', name, seed, inviter, expires, ...optional }
}

// Whoever made a link with another name meant to show something else than what is joined. Of a # before it one is taken away.
// The name comes last: if anything is missing before it, it is empty, which none may be.
function isNormal(name: string | undefined): name is string {
  const normal = name === undefined ? undefined : normaliseRoomName(`#${name}`)
  return normal?.ok === true && normal.name === name
}

function charactersOf(header: Uint8Array): number {
  const [high = 0, low = 0] = header.subarray(2)
  return Math.ceil(((HEADER_BYTES + high * 256 + low + CHECKSUM_BYTES) * 8) / 5)
}

function checksumOf(checked: Uint8Array): Uint8Array {
  return hash([CHECKSUM_DOMAIN, checked]).subarray(0, CHECKSUM_BYTES)
}

/** Undefined for a character that is none, and for bits that are left over. */
function decode(characters: string): Uint8Array | undefined {
  try {
    return base32crockford.decode(characters)
  } catch {
    return undefined
  }
}
