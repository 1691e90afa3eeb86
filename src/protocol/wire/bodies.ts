import { ID_BYTES, type IdentityKey, type PeerKey, type RelayKey } from '../../base/ids.js'
import type { Millis } from '../../base/time.js'
import { MAX_NICK_BYTES, MAX_TEXT_BYTES } from '../config.js'
import { ByteReader, ByteWriter } from './bytes.js'
import { capNick, decodeText, encodeText } from './text.js'

/** The body of a message of kind 1. */
export interface TextBody {
  readonly nick: string
  readonly text: string
}

/** The body of a message of kind 2. */
export interface PresenceBody {
  readonly device: PeerKey
  /** The device leaves the room now. */
  readonly leaving: boolean
  /** A program, not a person. */
  readonly bot: boolean
  /** Sent because it was time to, and not because there is news. */
  readonly routine: boolean
  /** The next presence comes within this. */
  readonly interval: Millis
  readonly nick: string
  /** The key of the relay that this device runs for the members, where it does. */
  readonly relay?: RelayKey | undefined
}

/** The body of a message of kind 128: the newest presence of this device that the author knows of, and the device is silent. */
export interface SuspicionBody {
  readonly identity: IdentityKey
  readonly device: PeerKey
  readonly clock: Millis
}

const LEAVING = 1
const BOT = 2
const RELAY = 4
const ROUTINE = 8

export function encodeTextBody(body: TextBody): Uint8Array {
  return writeNick(new ByteWriter(), body.nick).bytes(encodeText(body.text)).finish()
}

/** Undefined for what cannot be shown: a body cut short, a nick or text too long, text that is not UTF-8. */
export function decodeTextBody(body: Uint8Array): TextBody | undefined {
  const reader = new ByteReader(body)
  const nick = readNick(reader)
  const bytes = reader.rest()
  const text = bytes.byteLength > MAX_TEXT_BYTES ? undefined : decodeText(bytes)
  if (reader.failed || nick === undefined || text === undefined) return undefined
  return { nick, text }
}

export function encodePresenceBody(body: PresenceBody): Uint8Array {
  const writer = new ByteWriter().id(body.device).uint8(flagsOf(body)).uint32(body.interval)
  writeNick(writer, body.nick)
  if (body.relay !== undefined) writer.id(body.relay)
  return writer.finish()
}

/** Undefined for what is no presence. Flags and bytes that a later version may add are passed over. */
export function decodePresenceBody(body: Uint8Array): PresenceBody | undefined {
  const reader = new ByteReader(body)
  const device = reader.id<PeerKey>()
  const flags = reader.uint8()
  const interval = reader.uint32()
  const nick = readNick(reader)
  const relay = flags & RELAY ? reader.id<RelayKey>() : undefined
  if (reader.failed || device === undefined || nick === undefined) return undefined
  const [leaving, bot] = [(flags & LEAVING) !== 0, (flags & BOT) !== 0]
  const routine = (flags & ROUTINE) !== 0
  return { device, leaving, bot, routine, interval, nick, ...(relay && { relay }) }
}

export function encodeSuspicionBody({ clock, device, identity }: SuspicionBody): Uint8Array {
  return new ByteWriter().id(identity).id(device).uint64(clock).finish()
}

/** Undefined for what is no suspicion. Bytes that a later version may add are passed over. */
export function decodeSuspicionBody(body: Uint8Array): SuspicionBody | undefined {
  const reader = new ByteReader(body)
  const identity = reader.id<IdentityKey>()
  const device = reader.id<PeerKey>()
  const clock = reader.uint64()
  if (reader.failed || identity === undefined || device === undefined) return undefined
  return { identity, device, clock }
}

/** True for the body of a presence that was sent because it was time to; cheaper than reading all of it. */
export function isRoutine(body: Uint8Array): boolean {
  return ((body[ID_BYTES] ?? 0) & ROUTINE) !== 0
}

function flagsOf({ bot, leaving, relay, routine }: PresenceBody): number {
  const named = (leaving ? LEAVING : 0) | (bot ? BOT : 0) | (relay === undefined ? 0 : RELAY)
  return named | (routine ? ROUTINE : 0)
}

function writeNick(writer: ByteWriter, nick: string): ByteWriter {
  const bytes = encodeText(capNick(nick))
  return writer.uint8(bytes.byteLength).bytes(bytes)
}

function readNick(reader: ByteReader): string | undefined {
  const length = reader.uint8()
  if (length > MAX_NICK_BYTES) return undefined
  return decodeText(reader.bytes(length))
}
