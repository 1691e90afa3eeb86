import type { MessageId } from '../../base/ids.js'
import type { Cause } from '../desk.js'
import type { LogFields, LogLevel } from '../log.js'
import type { Pace } from '../outbox.js'
import type { Author, Update } from '../updates.js'

/** What a script's thread starts with. */
export interface WorkerData {
  /** Absolute path of the script. */
  readonly script: string
}

/** From the room's side to the script's thread. */
export type ToWorker =
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
  | { readonly type: 'ping' }
  | { readonly type: 'stop' }

/** From the script's thread to the room's side. */
export type FromWorker =
  | {
      readonly type: 'loaded'
      readonly pace: Partial<Pace> | undefined
      /** Handlers may take so many ms. */
      readonly timeout: number
    }
  | { readonly type: 'failed'; readonly message: string }
  | { readonly type: 'done'; readonly seq: number }
  | {
      readonly type: 'say'
      readonly room: number
      readonly call: number
      readonly text: string
      readonly cause: Cause
    }
  | {
      readonly type: 'log'
      readonly level: LogLevel
      readonly message: string
      readonly fields: LogFields
    }
  | { readonly type: 'pong' }
  | { readonly type: 'stopped' }
