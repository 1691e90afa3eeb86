import type { Input, Timer } from '../../src/protocol/events.js'
import type { Frame } from '../../src/protocol/wire/frames.js'
import type { Connection, End } from './connection.js'
import type { Member } from './member.js'

/** What can happen in the simulated world. `life` tells an event of an earlier life of a member. */
export type Happening =
  | { readonly what: 'start'; readonly member: Member }
  | {
      readonly what: 'timer'
      readonly member: Member
      readonly life: number
      readonly timer: Timer
    }
  | {
      readonly what: 'frame'
      readonly connection: Connection
      readonly to: End
      readonly frame: Frame
    }
  | {
      readonly what: 'dialled'
      readonly member: Member
      readonly life: number
      readonly peer: Member
    }
  | {
      readonly what: 'dial-failed'
      readonly member: Member
      readonly life: number
      readonly peer: Member
    }
  | { readonly what: 'ended'; readonly connection: Connection; readonly end: End }
  | { readonly what: 'lookup'; readonly member: Member; readonly life: number }
  | {
      readonly what: 'input'
      readonly member: Member
      readonly life: number
      readonly input: Input
    }
  | { readonly what: 'call'; readonly call: () => void }

/** Numbers for the trace. */
export const CODES: Readonly<Record<Happening['what'], number>> = {
  start: 1,
  timer: 2,
  frame: 3,
  dialled: 4,
  'dial-failed': 5,
  ended: 6,
  lookup: 7,
  input: 8,
  call: 9
}
