import type { LogFields, LogLevel } from '../bot/log.js'

/** A line of a bot's log. */
export interface LogEntry {
  readonly level: LogLevel
  readonly message: string
  readonly fields: LogFields
}
