import type { Topic } from '../base/ids.js'
import type { Millis } from '../base/time.js'
import { Contacts } from '../home/contacts.js'
import type { ComingsShown } from './comings.js'

/** When a terminal rings: never; if somebody names us; for every line. */
export type Bell = 'off' | 'mention' | 'all'

/** How somebody wants one room to be shown. */
export interface RoomHabits {
  readonly bell: Bell
  readonly joins: ComingsShown
  readonly status: boolean
  /** True: others see that we write, and we see who does. */
  readonly typing: boolean
}

/** What is kept of how somebody chats: whom they know and ignore, how far they have read, how they want it to look. */
export interface Habits {
  readonly contacts: Contacts
  /** What counts in a room of this name, asked whenever it is needed. */
  readonly of: (room: string) => RoomHabits
  /** Changes one of them for a room and keeps it; gives what is wrong with it, if something is. */
  readonly set: (key: string, value: string, room: string) => string | undefined
  /** What can be set, and what each may be. */
  readonly choices: Readonly<Record<string, readonly string[]>>
  readonly seen: (topic: Topic) => Millis | undefined
  readonly setSeen: (topic: Topic, time: Millis) => void
}

/** What counts if nothing else is said. */
export const DEFAULT_HABITS: RoomHabits = {
  bell: 'mention',
  joins: 'folded',
  status: true,
  typing: true
}

/** Those of somebody of whom nothing is kept. */
export function noHabits(): Habits {
  return {
    contacts: new Contacts(),
    of: () => DEFAULT_HABITS,
    set: () => 'nothing is kept here',
    choices: {},
    seen: () => undefined,
    setSeen: () => {}
  }
}
