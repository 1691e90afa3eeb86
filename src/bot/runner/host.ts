import type { Pace } from '../outbox.js'
import type { RoomDesk } from '../room-desk.js'
import type { Update } from '../updates.js'

/** One of the rooms that a bot is in. */
export interface Slot {
  readonly index: number
  readonly desk: RoomDesk
  /** What a program is told when it is in the room. */
  readonly ready: { readonly topic: string; readonly identity: string; readonly device: string }
  /** Where the bot's state of this room is kept. */
  readonly stateFile: string
}

/** How a host ended by itself. `done`: as it wanted to. `hasActed`: it had done something before, so it can run. */
export type Ending =
  | { readonly type: 'done' }
  | { readonly type: 'crash'; readonly reason: string; readonly hasActed?: boolean }

/** Where a bot's code runs: a thread, or a child process. It can end at any time without taking the rooms with it. */
export interface Host {
  /** The pace that the code asked for. */
  readonly pace: Partial<Pace> | undefined
  /** The commands that the code obeys; undefined if it tells them by itself. */
  readonly commands: readonly string[] | undefined
  /** Resolves when it ended without having been asked to. */
  readonly ended: Promise<Ending>
  /** The code serves this room from now on. */
  enter(slot: Slot): void
  /** Hands over an update; resolves when the next may come: true, or false if this one was not taken. Never rejects. */
  dispatch(slot: Slot, update: Update): Promise<boolean>
  /** Lets it finish, for so many ms at most, then ends it. Never rejects. */
  stop(grace: number): Promise<void>
}
