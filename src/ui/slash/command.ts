import { messageOf, SwarmchatError } from '../../base/errors.js'
import type { Room } from '../../room/room.js'
import type { Saying } from '../../room/sending/speak.js'
import type { RoomView } from '../../room/view/room-view.js'
import type { Habits } from '../habits.js'

/** What a screen with several rooms can do; a chat of lines alone cannot. */
export interface ScreenActs {
  clear(): void
  /** Ends the program. */
  quit(): void
  /** Joins another room and shows it. */
  join(name: string): void
  /** Leaves the room that is shown; without another one, the screen is in none. */
  part(): void
  /** The rooms, a line each. */
  rooms(): string[]
}

/** What typed texts act on. */
export interface Talk {
  readonly room: Room
  readonly view: RoomView
  readonly habits: Habits
  readonly say: (text: string) => void
  /** Says something about a line, in its turn. */
  readonly put: (saying: Saying) => void
  readonly quit: () => void
  /** Lines of ours that nobody is known to have. */
  readonly waiting: () => number
  /** Undefined where there is none. */
  readonly screen?: ScreenActs | undefined
}

/** Where there is a screen; a room may be shown there or not. */
export type OnScreen = { readonly screen: ScreenActs }

/** A room that is shown on a screen. */
export type ScreenTalk = Talk & OnScreen

/** A command: what makes `/help`, what Tab completes, and what it does where it can be given. */
export interface SlashCommand<Place = Talk> {
  /** As it is typed. What it needs stands in angle brackets, what it may have in square ones. */
  readonly usage: string
  /** A few words: usage and help fit a row of 40 columns. */
  readonly help: string
  /** What comes after it first. Default: a text for the room. */
  readonly completes?: 'person' | 'setting' | 'room'
  /** Does it; gives the lines to show for it. May throw what a room throws. */
  readonly run: (place: Place, rest: string) => readonly string[]
}

/** Commands by their names, without the slash. */
export type SlashCommands<Place = Talk> = Readonly<Record<string, SlashCommand<Place>>>

/** What is said where a command was typed in a way that it cannot be meant. `why`: a sentence, safe for a terminal. */
export function usageLine(
  { help, usage }: Pick<SlashCommand, 'usage' | 'help'>,
  why = 'Something is missing.'
): string {
  return `! ${why} ${usage}: ${help}`
}

/** What is said where something cannot be done: why, and what to do. Safe for a terminal as far as its error is. */
export function refusal(thrown: unknown): string {
  const hint = thrown instanceof SwarmchatError ? ` ${thrown.hint}` : ''
  return `! ${messageOf(thrown)}${hint}`
}
