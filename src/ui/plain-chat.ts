import { messageOf } from '../base/errors.js'
import { safeNick, safeText } from '../base/safe-text.js'
import { eachLine } from '../ndjson/lines.js'
import type { Room } from '../room/room.js'
import type { Saying } from '../room/speak.js'
import { speak } from '../room/speak.js'
import { type ChatIo, untilQuit } from './chat-io.js'
import { showLines } from './line-view.js'
import { notice } from './notice.js'
import { SayQueue } from './say-queue.js'
import { sending, tellOfTwin, unsent } from './tell.js'
import { obeyTyped } from './typed.js'

/**
 * A chat for people without a prompt: they type on a terminal that obeys no escape sequences, or whose output goes elsewhere.
 * Then it is like that of a pipe, and what is said to the person goes to the errors. The end of input is the end.
 */
export function plainChat(room: Room, io: ChatIo, history: boolean): Promise<void> {
  const { errors, input, interrupted, output } = io
  const print = (line: string) => void output.write(`${line}\n`)
  const answer = output.isTTY === true ? print : (line: string) => void errors.write(`${line}\n`)
  const tell = (text: string) => answer(notice(Date.now(), text))
  return untilQuit(interrupted, quit => {
    const queue = new SayQueue({
      say: saying => void speak(room, saying),
      onfault: thrown => answer(`! ${messageOf(thrown)}`),
      onwaiting: count => tell(sending(count))
    })
    const put = (saying: Saying) => queue.put(saying)
    const parts = { room, quit, say: (text: string) => queue.add(text), put }
    answer(`Joining ${safeText(room.name)} as ${safeNick(room.nick)}. /help lists the commands.`)
    const endLines = showLines({
      room,
      print,
      greet: tell,
      history: history || output.isTTY === true
    })
    tellOfTwin(room, tell)
    let isOver = false
    eachLine(input, text => !isOver && obeyTyped(parts, text).forEach(answer), quit)
    return () => {
      isOver = true
      endLines()
      const count = queue.end()
      if (count > 0) tell(unsent(count))
    }
  })
}
