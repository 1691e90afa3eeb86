import { messageOf } from '../base/errors.js'
import { eachLine } from '../ndjson/lines.js'
import type { Room } from '../room/room.js'
import { speak } from '../room/sending/speak.js'
import { acceptKnown } from './accept-known.js'
import { type ChatIo, untilQuit } from './chat-io.js'
import { type Habits, noHabits } from './habits.js'
import { showLines } from './line-view.js'
import { pinContacts } from './names.js'
import { pacedBy, SayQueue } from './say-queue.js'
import { sending, unsent } from './tell.js'
import { viewOf } from './view-of.js'

/**
 * A chat for pipes: every line of input is a message, and the end of input is not the end. Output is what is said from now
 * on, with `history` also what was said before; what else there is to tell goes to the errors.
 */
export function pipeChat(
  room: Room,
  io: ChatIo,
  history: boolean,
  habits: Habits = noHabits()
): Promise<void> {
  const { errors, input, interrupted, output } = io
  const tell = (text: string) => void errors.write(`swarmchat: ${text}\n`)
  return untilQuit(interrupted, () => {
    const queue = new SayQueue({
      ...pacedBy(room),
      say: saying => void speak(room, saying),
      onfault: thrown => tell(messageOf(thrown)),
      onwaiting: count => tell(sending(count)),
      onroom: () => void input.resume()
    })
    const print = (line: string) => void output.write(`${line}\n`)
    const view = viewOf(room, habits)
    const unpin = pinContacts(room, habits.contacts)
    acceptKnown(room, habits.contacts)
    const endLines = showLines({ room, view, print, greet: tell, history, markers: false })
    const take = (line: string) => {
      queue.add(line)
      if (queue.isFull) input.pause()
    }
    const lines = eachLine(input, take, reason => {
      if (reason !== undefined) tell(`Standard input cannot be understood: ${reason}.`)
    })
    return () => {
      lines.flush()
      const count = queue.end()
      endLines()
      unpin()
      if (count > 0) tell(unsent(count))
    }
  })
}
