import { badLine, codeOf, hintOf, messageOf } from '../base/errors.js'
import { type IdentityKey, type MessageId, parseId } from '../base/ids.js'
import { replaceUnsafe } from '../base/safe-text.js'
import type { CardTexts } from '../protocol/wire/bodies/room-card.js'
import type { RoomUpdate } from '../room/events.js'
import type { Saying } from '../room/sending/speak.js'

// The NDJSON that scripts read and write; docs/scripting.md is its reference.

/**
 * One line of JSON: an object and a line feed. Exact for whoever parses it; what could act on a terminal that it is shown
 * on is written as `\u` escapes.
 */
export function jsonLine(value: object): string {
  return `${safeJson(value)}\n`
}

/** A value as JSON, without line feed; likewise. */
export function safeJson(value: unknown): string {
  return replaceUnsafe(JSON.stringify(value), escapeAll)
}

// By UTF-16 units, as JSON does.
function escapeAll(text: string): string {
  const units = Array.from({ length: text.length }, (_, i) => text.charCodeAt(i))
  return units.map(unit => `\\u${unit.toString(16).padStart(4, '0')}`).join('')
}

/** An object of ours; `type` comes first. */
export type JsonObject = { readonly type: string; readonly [field: string]: unknown }

/** What a script reads of an event beside what happened. */
export interface EventDetails {
  /** Who joins was there before us. Default false. */
  readonly present?: boolean
  /** Where to go on after it. Default: nowhere. */
  readonly cursor?: string | undefined
}

/** What a script reads for an event; undefined where it reads nothing. Texts and nicks are exact, not made safe. */
export function eventJson(
  event: RoomUpdate,
  { cursor, present = false }: EventDetails = {}
): JsonObject | undefined {
  const json = happened(event, present)
  return json === undefined || cursor === undefined ? json : { ...json, cursor }
}

type EventOf<T extends RoomUpdate['type']> = Extract<RoomUpdate, { type: T }>

/** How each event is told, by its type; undefined: scripts read nothing of it. */
const TOLD: {
  readonly [T in RoomUpdate['type']]: ((event: EventOf<T>, present: boolean) => object) | undefined
} = {
  message: ({ message: { edited, id, from, history, nick, replyTo, text, time } }) => ({
    id,
    from,
    nick,
    text,
    time,
    history,
    replyTo,
    edited
  }),
  edit: only('id', 'by', 'from', 'nick', 'text', 'time', 'history'),
  delete: only('id', 'by', 'from', 'time', 'history'),
  reaction: only('id', 'by', 'from', 'emoji', 'removed', 'time', 'history'),
  subject: only('id', 'from', 'nick', 'subject', 'time', 'history'),
  card: only('id', 'from', 'nick', 'title', 'description', 'rules', 'time', 'history'),
  direct: ({ message: { isRequest: request, ...message } }) => ({
    ...only('id', 'from', 'to', 'nick', 'text', 'time', 'history')(message),
    request
  }),
  'direct-held': only('identity', 'nick', 'count', 'people'),
  join: ({ identity, nick }, present) => ({ identity, nick, present }),
  leave: only('identity', 'nick'),
  rename: only('identity', 'nick', 'previous'),
  status: only('network', 'state', 'text'),
  receipt: only('id', 'have', 'members'),
  'catching-up': only('have', 'total'),
  'clock-ahead': only('identity', 'ahead'),
  'clock-off': only('behind'),
  'device-changed': only('device', 'why'),
  'clock-back': only('by', 'redated'),
  forged: only('identity', 'ids'),
  redated: ({ message: { id, nick, text, time }, previous }) => ({
    previous,
    id,
    nick,
    text,
    time
  }),
  fault: only('count', 'text'),
  unkept: only('code', 'text'),
  kept: only('text'),
  damaged: only('path', 'text'),
  forgotten: only('count', 'text'),
  typing: undefined,
  unsent: undefined,
  peer: undefined,
  refused: undefined,
  unreachable: undefined
}

/** Gives these fields of an object, in this order. */
function only<Field extends string>(...fields: readonly Field[]) {
  return (from: { readonly [F in Field]: unknown }): object =>
    Object.fromEntries(fields.map(field => [field, from[field]]))
}

function happened(event: RoomUpdate, present: boolean): JsonObject | undefined {
  const { type } = event
  const tell = TOLD[type] as ((event: RoomUpdate, present: boolean) => object) | undefined
  return tell && { type, ...tell(event, present) }
}

/** What a script reads for an error. */
export function errorJson(thrown: unknown): JsonObject {
  const code = codeOf(thrown) ?? 'UNKNOWN'
  return { type: 'error', code, message: messageOf(thrown), hint: hintOf(thrown) }
}

/** What a script's line asks for. */
export type Request = Saying | { readonly type: 'leave' }

/** Reads a script's line. `room`: which one it is for, if it says so. Throws BAD_LINE. */
export function parseRequest(line: string): Request & { readonly room?: string | undefined } {
  const value = parseObject(line)
  return { ...requestOf(value), room: roomIn(value) }
}

/** Reads a line that holds a JSON object. Throws BAD_LINE. */
export function parseObject(line: string): Readonly<Record<string, unknown>> {
  const value = parse(line)
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw badLine('it is not a JSON object')
  return value as Record<string, unknown>
}

/** What an object asks for. Throws BAD_LINE. */
export function requestOf(value: Readonly<Record<string, unknown>>): Request {
  switch (value.type) {
    case 'leave':
      return { type: 'leave' }
    case 'say':
      return { type: 'say', text: textIn(value, 'text') }
    case 'reply':
      return { type: 'say', text: textIn(value, 'text'), replyTo: idIn(value) }
    case 'direct':
      return { type: 'direct', to: identityIn(value), text: textIn(value, 'text') }
    case 'edit':
      return { type: 'edit', id: idIn(value), text: textIn(value, 'text') }
    case 'delete':
      return { type: 'delete', id: idIn(value) }
    case 'react': {
      const removed = value.removed === true
      return { type: 'react', id: idIn(value), emoji: textIn(value, 'emoji'), removed }
    }
    case 'subject':
      return { type: 'subject', subject: textIn(value, 'subject') }
    case 'card':
      return { type: 'card', ...cardIn(value) }
    default:
      throw badLine(
        'its "type" is none of say, direct, reply, edit, delete, react, subject, card and leave'
      )
  }
}

function roomIn({ room }: Readonly<Record<string, unknown>>): string | undefined {
  if (room !== undefined && typeof room !== 'string') throw badLine('its "room" is not a string')
  return room
}

function textIn(
  value: Readonly<Record<string, unknown>>,
  field: 'text' | 'emoji' | 'subject' | keyof CardTexts
): string {
  const text = value[field]
  if (typeof text !== 'string') throw badLine(`its "${field}" is not a string`)
  return text
}

// What is left out is empty.
function cardIn(value: Readonly<Record<string, unknown>>): CardTexts {
  const part = (field: keyof CardTexts) => (value[field] === undefined ? '' : textIn(value, field))
  return { title: part('title'), description: part('description'), rules: part('rules') }
}

function identityIn({ to }: Readonly<Record<string, unknown>>): IdentityKey {
  const parsed = typeof to === 'string' ? parseId<IdentityKey>(to) : undefined
  if (parsed === undefined) throw badLine('its "to" is no identity: 64 hex digits')
  return parsed
}

function idIn({ id }: Readonly<Record<string, unknown>>): MessageId {
  const parsed = typeof id === 'string' ? parseId<MessageId>(id) : undefined
  if (parsed === undefined) throw badLine('its "id" is not the id of a message: 64 hex digits')
  return parsed
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    throw badLine('it is not JSON')
  }
}
