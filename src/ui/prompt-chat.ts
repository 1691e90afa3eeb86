import { messageOf } from '../base/errors.js'
import { safeNick, safeText } from '../base/safe-text.js'
import type { Room } from '../room/room.js'
import type { Saying } from '../room/speak.js'
import { speak } from '../room/speak.js'
import { type ChatIo, untilQuit } from './chat-io.js'
import { showLines } from './line-view.js'
import { notice } from './notice.js'
import { Prompt } from './prompt/prompt.js'
import { SayQueue } from './say-queue.js'
import { sending, tellOfTwin, unsent } from './tell.js'
import { obeyTyped } from './typed.js'

/** A chat for people: a line per event above a prompt. Ends when it is to be left. */
export function promptChat(room: Room, io: ChatIo): Promise<void> {
  return untilQuit(io.interrupted, quit => {
    const prompt = new Prompt(io, {
      online: text => obeyTyped(parts, text).forEach(print),
      oninterrupt: io.interrupt,
      onsuspend: io.suspend,
      onclose: quit
    })
    const print = (line: string) => prompt.print(line)
    const tell = (text: string) => print(notice(Date.now(), text))
    const queue = new SayQueue({
      say: saying => void speak(room, saying),
      onfault: thrown => print(`! ${messageOf(thrown)}`),
      onwaiting: count => tell(sending(count))
    })
    const put = (saying: Saying) => queue.put(saying)
    const parts = { room, quit, say: (text: string) => queue.add(text), put }
    print(`Joining ${safeText(room.name)} as ${safeNick(room.nick)}. /help lists the commands.`)
    const endLines = showLines({ room, print, greet: tell, history: true })
    tellOfTwin(room, tell)
    const ignoreResume = io.onresume(() => prompt.resume())
    return () => {
      ignoreResume()
      endLines()
      const count = queue.end()
      if (count > 0) tell(unsent(count))
      prompt.close()
    }
  })
}
