import { ID_BYTES, type PeerKey, type RelayKey } from '../../../base/ids.js'
import type { Millis } from '../../../base/time.js'
import {
  HEADS_DIGEST_BYTES,
  INSTANCE_BYTES,
  MAX_COMMAND_BYTES,
  MAX_COMMANDS,
  MAX_PRESENCE_BODY_BYTES
} from '../../config.js'
import { ByteReader, ByteWriter } from '../bytes.js'
import { decodeText, encodeText } from '../text.js'
import { readNick, writeNick } from './nick-field.js'

/** The body of a presence, kind 2: a device says that it is here. */
export interface PresenceBody {
  readonly device: PeerKey
  /** The device leaves the room now. */
  readonly leaving: boolean
  /** A program, not a person. */
  readonly bot: boolean
  /** Sent because it was time to, and not because there is news. */
  readonly routine: boolean
  /** The device stores what it is handed: an invitation that is counted can be. Default: it does not. */
  readonly keeps?: boolean | undefined
  /** The next presence comes within this. */
  readonly interval: Millis
  readonly nick: string
  /** The key of the relay that this device runs for the members, if it does. */
  readonly relay?: RelayKey | undefined
  /** 8 random bytes, drawn anew by every running program: two that share a device key notice it. */
  readonly instance: Uint8Array
  /** When the nick was chosen on this device, in ms since 1970; 0: it was not, it is the default. */
  readonly nickSince?: Millis | undefined
  /** 8 bytes that are the same for whoever has the same heads: a message names 8 of them at most. */
  readonly headsDigest?: Uint8Array | undefined
  /** What a bot obeys: names in lower case, without the slash. See {@link commandNames}. */
  readonly commands?: readonly string[] | undefined
}

const LEAVING = 1
const BOT = 2
const RELAY = 4
const ROUTINE = 8
const COMMANDS = 16
const NICK_SINCE = 32
const HEADS = 64
const KEEPS = 128
/** Device, instance, flags and interval. */
const PRESENCE_HEAD_BYTES = ID_BYTES + INSTANCE_BYTES + 1 + 4
/** Where a presence has its flags. */
const FLAGS_AT = ID_BYTES + INSTANCE_BYTES

const COMMAND_NAME = /^[\p{L}\p{N}_-]+$/u

/** At most 512 bytes: commands that do not fit are left out, the last first. */
export function encodePresenceBody(body: PresenceBody): Uint8Array {
  const middle = encodeNames(body)
  const end = encodeEnd(body)
  const room = MAX_PRESENCE_BODY_BYTES - PRESENCE_HEAD_BYTES - middle.byteLength - end.byteLength
  const commands = encodeCommands(commandNames(body.commands ?? []), room)
  const flags = flagsOf(body) | (commands.byteLength > 0 ? COMMANDS : 0)
  const head = new ByteWriter().id(body.device).bytes(checkLength(body.instance, INSTANCE_BYTES))
  head.uint8(flags).uint32(body.interval)
  return head.bytes(middle).bytes(commands).bytes(end).finish()
}

/** Undefined for what is no presence. Flags and bytes that a later version may add are passed over. */
export function decodePresenceBody(body: Uint8Array): PresenceBody | undefined {
  if (body.byteLength > MAX_PRESENCE_BODY_BYTES) return undefined
  const reader = new ByteReader(body)
  const device = reader.id<PeerKey>()
  const instance = Uint8Array.from(reader.bytes(INSTANCE_BYTES))
  const flags = reader.uint8()
  const interval = reader.uint32()
  const nick = readNick(reader)
  const relay = flags & RELAY ? reader.id<RelayKey>() : undefined
  const commands = flags & COMMANDS ? readCommands(reader) : undefined
  const nickSince = flags & NICK_SINCE ? reader.uint64() : undefined
  const headsDigest = flags & HEADS ? Uint8Array.from(reader.bytes(HEADS_DIGEST_BYTES)) : undefined
  if (reader.failed || device === undefined || nick === undefined) return undefined
  const [leaving, bot] = [(flags & LEAVING) !== 0, (flags & BOT) !== 0]
  const routine = (flags & ROUTINE) !== 0
  const more = {
    ...(flags & KEEPS && { keeps: true }),
    ...(relay && { relay }),
    ...(commands && { commands }),
    ...(nickSince !== undefined && { nickSince }),
    ...(headsDigest && { headsDigest })
  }
  return { device, instance, leaving, bot, routine, interval, nick, ...more }
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

/** True for the body of a presence that was sent because it was time to; cheaper than reading all of it. */
export function isRoutine(body: Uint8Array): boolean {
  return ((body[FLAGS_AT] ?? 0) & ROUTINE) !== 0
}

function flagsOf(body: PresenceBody): number {
  const { bot, headsDigest, keeps, leaving, nickSince, relay, routine } = body
  const named = (leaving ? LEAVING : 0) | (bot ? BOT : 0) | (relay === undefined ? 0 : RELAY)
  const timed = nickSince === undefined ? 0 : NICK_SINCE
  const kept = (keeps ? KEEPS : 0) | (headsDigest === undefined ? 0 : HEADS)
  return named | (routine ? ROUTINE : 0) | timed | kept
}

function encodeNames({ nick, relay }: PresenceBody): Uint8Array {
  const writer = writeNick(new ByteWriter(), nick)
  if (relay !== undefined) writer.id(relay)
  return writer.finish()
}

function encodeEnd({ headsDigest, nickSince }: PresenceBody): Uint8Array {
  const writer = new ByteWriter()
  if (nickSince !== undefined) writer.uint64(nickSince)
  if (headsDigest !== undefined) writer.bytes(checkLength(headsDigest, HEADS_DIGEST_BYTES))
  return writer.finish()
}

function isCommandName(name: string): boolean {
  return COMMAND_NAME.test(name) && encodeText(name).byteLength <= MAX_COMMAND_BYTES
}

function checkLength(bytes: Uint8Array, length: number): Uint8Array {
  if (bytes.byteLength === length) return bytes
  throw new RangeError(`these have ${length} bytes`)
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
