import type { Room } from '../room/room.js'
import { type ChatIo, untilQuit } from './chat-io.js'
import { type Habits, noHabits } from './habits.js'
import { type RoomSource, ScreenChat } from './screen/screen-chat.js'

/**
 * A chat for people on a terminal, in one room or several. Ends when all of them are to be left. The prompt is there at once,
 * also while the room is being opened. Rejects with what that does.
 */
export async function promptChat(
  room: Room | Promise<Room>,
  io: ChatIo,
  habits: Habits = noHabits(),
  source: RoomSource = NO_MORE_ROOMS
): Promise<void> {
  let opening = Promise.resolve()
  await untilQuit(io.interrupted, quit => {
    const screen = new ScreenChat(io, habits, source, quit)
    const begin = (opened: Room) => {
      screen.begin(opened)
      for (const name of source.more ?? []) void screen.join(name, false)
    }
    if (room instanceof Promise) {
      opening = room.then(begin)
      opening.catch(quit)
    } else begin(room)
    const ignoreResume = io.onresume(() => screen.resume())
    return () => {
      ignoreResume()
      screen.end()
    }
  })
  await opening
}

const NO_MORE_ROOMS: RoomSource = {
  open: () => Promise.reject(new Error('there are no more rooms here')),
  networks: [],
  known: []
}
