import type { Writable } from 'node:stream'
import { safeText } from '../../base/safe-text.js'
import { safeJson } from '../../ndjson/codec.js'
import type { LogFields, LogLevel, LogSink } from '../log.js'

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
  const details = Object.entries(plain(fields)).map(
    ([key, value]) => `${key}=${JSON.stringify(value)}`
  )
  const clock = time.toTimeString().slice(0, 8)
  return safeText([clock, level.padEnd(5), message, ...details].join(' '))
}

function plain(fields: LogFields): Record<string, unknown> {
  const entries = Object.entries(fields).map(([key, value]) => [
    key,
    value instanceof Error ? value.message : value
  ])
  return Object.fromEntries(entries)
}
