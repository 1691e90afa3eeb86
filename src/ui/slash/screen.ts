import type { OnScreen, SlashCommands } from './command.js'

// A password after it must not become a part of the name, which others can see.
const HAS_FLAG = /(^|\s)--\w/
const NO_FLAGS =
  '! /join takes a name alone. With a password: swarmchat join <room> --password, in a shell.'

/** Commands about what is on the screen: also where no room is. */
export const SCREEN: SlashCommands<OnScreen> = {
  join: {
    usage: '/join <room>',
    help: 'go to another (Alt-1)',
    completes: 'room',
    run: ({ screen }, name) => {
      if (HAS_FLAG.test(name)) return [NO_FLAGS]
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
