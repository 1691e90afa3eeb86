import { messageOf } from '../../base/errors.js'
import { Contacts } from '../../home/contacts.js'
import { ensureDirectory, homeDirectory } from '../../home/directory.js'
import { readSeen, writeSeen } from '../../home/seen.js'
import { valuesOf } from '../../home/setting-kinds.js'
import type { Settings } from '../../home/settings.js'
import { DEFAULT_HABITS, type Habits, type RoomHabits } from '../../ui/habits.js'

/** What can be set while one chats. */
const KEYS = Object.keys(DEFAULT_HABITS) as (keyof RoomHabits)[]

/** What is kept in the home of how somebody chats; nothing of a room if `isEphemeral`. Throws what the home throws. */
export function keptHabits(settings: Settings, isEphemeral: boolean): Habits {
  const home = ensureDirectory(homeDirectory())
  return {
    contacts: Contacts.in(home),
    of: room => roomHabits(settings, room),
    set: (key, value, room) => {
      if (!(KEYS as string[]).includes(key)) return `here can be set: ${KEYS.join(', ')}`
      try {
        return void settings.set(key, value, room)
      } catch (thrown) {
        return messageOf(thrown)
      }
    },
    choices: Object.fromEntries(KEYS.map(key => [key, valuesOf(key)])),
    seen: topic => (isEphemeral ? undefined : readSeen(home, topic)),
    setSeen: (topic, time) => {
      if (!isEphemeral) writeSeen(home, topic, time)
    }
  }
}

function roomHabits(settings: Settings, room: string): RoomHabits {
  const found = KEYS.map(key => [key, settings.get(key, room).value] as const)
  return { ...DEFAULT_HABITS, ...Object.fromEntries(found) }
}
