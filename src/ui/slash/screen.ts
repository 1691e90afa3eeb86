import { safeText } from '../../base/safe-text.js'
import type { SlashCommand, Talk } from './command.js'

/** Commands about what is on the screen. */
export const SCREEN: Readonly<Record<string, SlashCommand>> = {
  join: {
    usage: '/join <room>',
    help: 'go to another (Alt-1)',
    completes: 'room',
    needsScreen: true,
    run: ({ screen }, name) => {
      screen?.join(name)
      return []
    }
  },
  part: {
    usage: '/part',
    help: 'leave this room',
    needsScreen: true,
    run: ({ screen }) => {
      screen?.part()
      return []
    }
  },
  rooms: {
    usage: '/rooms',
    help: 'where you are',
    needsScreen: true,
    run: ({ screen }) => screen?.rooms() ?? []
  },
  clear: {
    usage: '/clear',
    help: 'an empty screen',
    needsScreen: true,
    run: ({ screen }) => {
      screen?.clear()
      return []
    }
  },
  set: {
    usage: '/set [key value]',
    help: 'how it looks',
    completes: 'setting',
    run: set
  }
}

function set({ habits, room }: Talk, rest: string): string[] {
  const [key = '', ...words] = rest.split(/\s+/)
  const now = Object.entries(habits.of(room.name))
  if (key === '') return now.map(([name, value]) => `${name} = ${value}`)
  if (words.length === 0)
    return now.filter(([name]) => name === key).map(([name, value]) => `${name} = ${value}`)
  const wrong = habits.set(key, words.join(' '), room.name)
  if (wrong !== undefined) return [`! ${safeText(wrong)}`]
  return [`${safeText(key)} = ${safeText(words.join(' '))}, in this room from now on.`]
}
