import { messageOf } from '../base/errors.js'
import { safeNick, safeText } from '../base/safe-text.js'
import { eachLine } from '../ndjson/lines.js'
import type { Room } from '../room/room.js'
import { type ChatIo, untilQuit } from './chat-io.js'
import { Comings } from './comings.js'
import { eventLine, notice } from './lines.js'
import { namesOf } from './names.js'
import { Prompt } from './prompt/prompt.js'
import { obeyTyped } from './typed.js'

/** A chat for people: a line per event above a prompt. Ends when it is to be left. */
export async function promptChat(room: Room, io: ChatIo): Promise<void> {
  let end = () => {}
  await untilQuit(io.interrupted, resolve => {
    // At once: what was typed after it is not said.
    const quit = () => {
      prompt.close()
      resolve()
    }
    const prompt = new Prompt(io, {
      online: line => obeyTyped(room, line, quit).forEach(print),
      oninterrupt: io.interrupt,
      onsuspend: io.suspend,
      onclose: quit
    })
    const print = (line: string) => prompt.print(line)
    const ignoreResume = io.onresume(() => prompt.resume())
    end = () => {
      ignoreResume()
      prompt.close()
    }
    print(`Joining ${safeText(room.name)} as ${safeNick(room.nick)}. /help lists the commands.`)
    showEvents(room, print)
    tellOfTwin(room, print)
    room.ready.then(
      ready => ready && print(notice(Date.now(), greeting(room))),
      thrown => print(`! ${messageOf(thrown)}`)
    )
  })
  end()
}

/** A chat for pipes: every line of input is a message, and the end of input is not the end. */
export function pipeChat(
  room: Room,
  { errors, input, interrupted, output }: ChatIo
): Promise<void> {
  showEvents(room, line => output.write(`${line}\n`))
  return untilQuit(interrupted, () => eachLine(input, line => sayLine(room, line, errors)))
}

function sayLine(room: Room, line: string, errors: ChatIo['errors']): void {
  if (line.trim() === '') return
  try {
    room.say(line)
  } catch (thrown) {
    errors.write(`swarmchat: ${messageOf(thrown)}\n`)
  }
}

function showEvents(room: Room, print: (line: string) => void): void {
  const names = namesOf(room)
  const comings = new Comings(print)
  room.on('update', update => {
    comings.show(update, () => eventLine(update, names, Date.now()))
  })
}

// Two terminals with one home are one member, which would otherwise look like nobody being there. Said once.
function tellOfTwin(room: Room, print: (line: string) => void): void {
  const onPeer = (peer: { readonly identity?: string; readonly state: string }) => {
    if (peer.identity !== room.identity || peer.state !== 'present') return
    room.off('peer', onPeer)
    print(
      notice(Date.now(), 'you are here on another terminal or device, too: one member to others')
    )
  }
  room.on('peer', onPeer)
}

function greeting(room: Room): string {
  const others = room.members().filter(({ identity }) => identity !== room.identity).length
  if (others === 0) return 'in the room; nobody else is here yet'
  return `in the room with ${others} ${others === 1 ? 'other' : 'others'}`
}
