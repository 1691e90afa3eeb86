import type { Room } from '../room/room.js'
import { type ChatIo, untilQuit } from './chat-io.js'
import { type Habits, noHabits } from './habits.js'
import { type RoomSource, ScreenChat } from './screen/screen-chat.js'

/** A chat for people on a terminal, in one room or several. Ends when all of them are to be left. */
export function promptChat(
  room: Room,
  io: ChatIo,
  habits: Habits = noHabits(),
  source: RoomSource = NO_MORE_ROOMS
): Promise<void> {
  return untilQuit(io.interrupted, quit => {
    const screen = new ScreenChat(io, habits, source, quit)
    screen.add(room)
    for (const name of source.more ?? []) void screen.join(name, false)
    const ignoreResume = io.onresume(() => screen.resume())
    return () => {
      ignoreResume()
      screen.end()
    }
  })
}

const NO_MORE_ROOMS: RoomSource = {
  open: () => Promise.reject(new Error('there are no more rooms here')),
  networks: [],
  known: []
}
