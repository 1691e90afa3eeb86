import type { Writable } from 'node:stream'
import { safeText } from '../../base/safe-text.js'
import { safeJson } from '../../ndjson/codec.js'
import type { LogFields, LogLevel, LogSink } from '../log.js'

/** What a person who sees one bot's log knows already. */
const KNOWN: ReadonlySet<string> = new Set(['bot', 'room', 'stream'])
/** How much of an id a person sees, as elsewhere. */
const SHORT_ID_DIGITS = 8
const ID = /^[0-9a-f]{64}$/

/** Writes a log to a stream: one JSON object per line, or a line for a person. */
export function logSink(output: Writable, json: boolean, now: () => number = Date.now): LogSink {
  return (level, message, fields) => {
    const write = json ? jsonLine : textLine
    output.write(`${write(level, message, fields, new Date(now()))}\n`)
  }
}

function jsonLine(level: LogLevel, message: string, fields: LogFields, time: Date): string {
  return safeJson({ time: time.toISOString(), level, ...plain(fields), message })
}

function textLine(level: LogLevel, message: string, fields: LogFields, time: Date): string {
  const details = Object.entries(plain(fields))
    .filter(([key]) => !KNOWN.has(key))
    .map(([key, value]) => `${key}=${shown(value)}`)
  const clock = time.toTimeString().slice(0, 8)
  const place = fields.room === undefined ? [] : [`${fields.room}:`]
  return safeText([clock, level.padEnd(5), ...place, message, ...details].join(' '))
}

function shown(value: unknown): string {
  const isId = typeof value === 'string' && ID.test(value)
  return isId ? value.slice(0, SHORT_ID_DIGITS) : JSON.stringify(value)
}

function plain(fields: LogFields): Record<string, unknown> {
  const entries = Object.entries(fields).map(([key, value]) => [
    key,
    value instanceof Error ? value.message : value
  ])
  return Object.fromEntries(entries)
}
