import { type Saying, type Speaks, speak } from '../room/sending/speak.js'
import type { RoomView } from '../room/view/room-view.js'

/** What says things in a room; who gets a line is counted from then on. It throws what `speak` does. */
export const speakingIn =
  (room: Speaks, view: RoomView) =>
  (saying: Saying): void => {
    const id = speak(room, saying)
    if (saying.type === 'say') view.deliveries.said(id, Date.now())
  }
