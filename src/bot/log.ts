/** How much a line of a log matters. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

/** What goes with a line of a log: JSON. Nothing secret. */
export type LogFields = Readonly<Record<string, unknown>>

/** Where a line of a log goes. */
export type LogSink = (level: LogLevel, message: string, fields: LogFields) => void

/** A bot's log: one line per call. */
export interface Log {
  debug(message: string, fields?: LogFields): void
  info(message: string, fields?: LogFields): void
  warn(message: string, fields?: LogFields): void
  error(message: string, fields?: LogFields): void
}

/** A log that ends in `sink`; every line carries `fields`. */
export function logTo(sink: LogSink, fields: LogFields = {}): Log {
  const at =
    (level: LogLevel) =>
    (message: string, more: LogFields = {}) =>
      sink(level, message, { ...fields, ...more })
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
}
