import { messageOf } from '../base/errors.js'
import type { Millis } from '../base/time.js'
import { eachLine } from '../ndjson/lines.js'
import type { Room } from '../room/room.js'
import type { Saying } from '../room/sending/speak.js'
import { acceptKnown } from './accept-known.js'
import { type ChatIo, untilQuit } from './chat-io.js'
import { type Habits, noHabits } from './habits.js'
import { showLines } from './line-view.js'
import { pinContacts } from './names.js'
import { notice } from './notice.js'
import { pacedBy, SayQueue } from './say-queue.js'
import type { Talk } from './slash/command.js'
import { speakingIn } from './speaking.js'
import { joining, sending, tellOfTwin, unsent } from './tell.js'
import { obeyTyped } from './typed.js'
import { GRACE_MILLIS, noteSeen, viewOf } from './view-of.js'

/** How often it is looked whether the shell is still there that this was started in. */
const LOOK_MILLIS: Millis = 1_000

/**
 * A chat for people without a prompt: they type on a terminal that obeys no escape sequences, or whose output goes elsewhere.
 * Then it is like that of a pipe, and what is said to the person goes to the errors. The end of input is the end.
 */
export function plainChat(
  room: Room,
  io: ChatIo,
  history: boolean,
  habits: Habits = noHabits()
): Promise<void> {
  const { errors, input, interrupted, output } = io
  const print = (line: string) => void output.write(`${line}\n`)
  const answer = output.isTTY === true ? print : (line: string) => void errors.write(`${line}\n`)
  const tell = (text: string) => answer(notice(Date.now(), text))
  return untilQuit(interrupted, quit => {
    const view = viewOf(room, habits)
    const queue = new SayQueue({
      ...pacedBy(room),
      say: speakingIn(room, view),
      onfault: thrown => answer(`! ${messageOf(thrown)}`),
      onwaiting: count => tell(sending(count))
    })
    const waiting = () => queue.length + view.deliveries.waiting(Date.now(), GRACE_MILLIS)
    const say = (text: string) => queue.add(text)
    const put = (saying: Saying) => queue.put(saying)
    const talk: Talk = { room, view, habits, say, put, quit, waiting }
    const unpin = pinContacts(room, habits.contacts)
    acceptKnown(room, habits.contacts)
    answer(joining(room))
    const endLines = showLines({
      room,
      view,
      print,
      markers: output.isTTY === true,
      comings: () => habits.of(room.name).joins,
      greet: tell,
      history: history || output.isTTY === true
    })
    tellOfTwin(room, tell)
    let isOver = false
    const leaving = setInterval(() => io.isOrphan?.() && quit(), LOOK_MILLIS).unref()
    eachLine(input, text => !isOver && obeyTyped(talk, text).forEach(answer), quit)
    return () => {
      isOver = true
      clearInterval(leaving)
      const count = queue.end()
      endLines()
      unpin()
      if (count > 0) tell(unsent(count))
      noteSeen(room, view, habits)
    }
  })
}
