import { ID_BYTES, type IdentityKey, type PeerKey, type RelayKey } from '../../base/ids.js'
import type { Millis } from '../../base/time.js'
import {
  INSTANCE_BYTES,
  MAX_COMMAND_BYTES,
  MAX_COMMANDS,
  MAX_NICK_BYTES,
  MAX_PRESENCE_BODY_BYTES,
  MAX_TEXT_BYTES
} from '../config.js'
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
  /** The key of the relay that this device runs for the members, if it does. */
  readonly relay?: RelayKey | undefined
  /** 8 random bytes, drawn anew by every running program: two that share a device key notice it. */
  readonly instance?: Uint8Array | undefined
  /** What a bot obeys: names in lower case, without the slash. See {@link commandNames}. */
  readonly commands?: readonly string[] | undefined
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
const INSTANCE = 16
const COMMANDS = 32
/** Device, flags and interval. */
const PRESENCE_HEAD_BYTES = ID_BYTES + 1 + 4

const COMMAND_NAME = /^[\p{L}\p{N}_-]+$/u

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

/** At most 512 bytes: commands that do not fit are left out, the last first. */
export function encodePresenceBody(body: PresenceBody): Uint8Array {
  const { instance, relay } = body
  const writer = writeNick(new ByteWriter(), body.nick)
  if (relay !== undefined) writer.id(relay)
  if (instance !== undefined) writer.bytes(checkInstance(instance))
  const tail = writer.finish()
  const room = MAX_PRESENCE_BODY_BYTES - PRESENCE_HEAD_BYTES - tail.byteLength
  const commands = encodeCommands(commandNames(body.commands ?? []), room)
  const flags = flagsOf(body) | (commands.byteLength > 0 ? COMMANDS : 0)
  const head = new ByteWriter().id(body.device).uint8(flags).uint32(body.interval)
  return head.bytes(tail).bytes(commands).finish()
}

/** Undefined for what is no presence. Flags and bytes that a later version may add are passed over. */
export function decodePresenceBody(body: Uint8Array): PresenceBody | undefined {
  if (body.byteLength > MAX_PRESENCE_BODY_BYTES) return undefined
  const reader = new ByteReader(body)
  const device = reader.id<PeerKey>()
  const flags = reader.uint8()
  const interval = reader.uint32()
  const nick = readNick(reader)
  const relay = flags & RELAY ? reader.id<RelayKey>() : undefined
  const instance = flags & INSTANCE ? Uint8Array.from(reader.bytes(INSTANCE_BYTES)) : undefined
  const commands = flags & COMMANDS ? readCommands(reader) : undefined
  if (reader.failed || device === undefined || nick === undefined) return undefined
  const [leaving, bot] = [(flags & LEAVING) !== 0, (flags & BOT) !== 0]
  const routine = (flags & ROUTINE) !== 0
  const more = { ...(relay && { relay }), ...(instance && { instance }) }
  return { device, leaving, bot, routine, interval, nick, ...more, ...(commands && { commands }) }
}

/** The names as they can be announced: lower case, each once, 1 to 32 bytes of letters, digits, `_` and `-`; 32 at most. */
export function commandNames(names: Iterable<string>): string[] {
  const fit = new Set<string>()
  for (const name of names) {
    const lower = name.toLowerCase()
    if (fit.size < MAX_COMMANDS && isCommandName(lower)) fit.add(lower)
  }
  return [...fit]
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

function flagsOf({ bot, instance, leaving, relay, routine }: PresenceBody): number {
  const named = (leaving ? LEAVING : 0) | (bot ? BOT : 0) | (relay === undefined ? 0 : RELAY)
  return named | (routine ? ROUTINE : 0) | (instance === undefined ? 0 : INSTANCE)
}

function isCommandName(name: string): boolean {
  return COMMAND_NAME.test(name) && encodeText(name).byteLength <= MAX_COMMAND_BYTES
}

function checkInstance(instance: Uint8Array): Uint8Array {
  if (instance.byteLength === INSTANCE_BYTES) return instance
  throw new RangeError(`an instance has ${INSTANCE_BYTES} bytes`)
}

/** Nothing where none fits into so many bytes. */
function encodeCommands(names: readonly string[], room: number): Uint8Array {
  const writer = new ByteWriter()
  let [count, bytes] = [0, 1]
  for (const name of names.map(encodeText)) {
    bytes += 1 + name.byteLength
    if (bytes > room) break
    writer.uint8(name.byteLength).bytes(name)
    count += 1
  }
  return count === 0
    ? new Uint8Array()
    : new ByteWriter().uint8(count).bytes(writer.finish()).finish()
}

/** A name that nobody could type is left out; a count or length over its cap fails the reader. */
function readCommands(reader: ByteReader): string[] {
  const names: string[] = []
  const count = reader.uint8()
  if (count > MAX_COMMANDS) reader.fail()
  for (let n = 0; n < count && !reader.failed; n++) {
    const length = reader.uint8()
    if (length > MAX_COMMAND_BYTES) reader.fail()
    else names.push(decodeText(reader.bytes(length)) ?? '')
  }
  return commandNames(names)
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
