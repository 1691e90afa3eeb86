import type { MessageId } from '../../base/ids.js'
import type { Millis } from '../../base/time.js'
import type { Saying } from '../../room/sending/speak.js'
import type { Cause } from '../desk.js'
import type { LogFields, LogLevel } from '../log.js'
import type { Pace } from '../outbox.js'
import type { Author, Update } from '../updates.js'

/** From the room's side to the script's process. */
export type ToScript =
  | {
      readonly type: 'enter'
      readonly room: number
      readonly name: string
      readonly me: Author
      readonly members: readonly Author[]
      readonly stateFile: string
    }
  | {
      readonly type: 'update'
      readonly room: number
      readonly seq: number
      readonly update: Update
    }
  | { readonly type: 'said'; readonly call: number; readonly id: MessageId }
  | {
      readonly type: 'unsaid'
      readonly call: number
      readonly code: string
      readonly message: string
      readonly hint: string
    }
  | { readonly type: 'stop' }

/** From the script's process to the room's side. */
export type FromScript =
  | {
      readonly type: 'loaded'
      readonly pace: Partial<Pace> | undefined
      readonly commands: readonly string[]
    }
  /** The script cannot run. A sentence, and what to do about it, if we know. */
  | { readonly type: 'failed'; readonly message: string; readonly hint: string }
  /** The process ends, for this reason. */
  | { readonly type: 'crashed'; readonly reason: string }
  | { readonly type: 'done'; readonly seq: number }
  | {
      readonly type: 'say'
      readonly room: number
      readonly call: number
      readonly saying: Saying
      readonly cause: Cause
    }
  | {
      readonly type: 'log'
      readonly level: LogLevel
      readonly message: string
      readonly fields: LogFields
    }
  | { readonly type: 'stopped' }

/** Where the watchdog's pipe is in a script's process: after standard input, output, error, and Node's own channel. */
export const WATCHDOG_FD = 4

/** What the watchdog starts with. */
export interface WatchdogData {
  /** Absolute path of the script. */
  readonly script: string
  /** How often the main thread has counted on; how much processor time it may use without doing so, in ms. */
  readonly counters: Int32Array
}

/** What the watchdog says, once, on its pipe: the script has not yielded for so long. */
export interface WatchdogReport {
  readonly millis: Millis
  /** File and line where it is, if that can be told. */
  readonly place?: string
}
