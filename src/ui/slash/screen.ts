import type { OnScreen, SlashCommands } from './command.js'

/** Commands about what is on the screen: also where no room is. */
export const SCREEN: SlashCommands<OnScreen> = {
  join: {
    usage: '/join <room>',
    help: 'go to another (Alt-1)',
    completes: 'room',
    run: ({ screen }, name) => {
      screen.join(name)
      return []
    }
  },
  rooms: { usage: '/rooms', help: 'where you are', run: ({ screen }) => screen.rooms() },
  clear: {
    usage: '/clear',
    help: 'an empty screen',
    run: ({ screen }) => {
      screen.clear()
      return []
    }
  }
}
