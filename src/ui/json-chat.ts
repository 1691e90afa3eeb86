import { errorJson, eventJson, jsonLine, parseRequest } from '../ndjson/codec.js'
import { eachLine } from '../ndjson/lines.js'
import type { Room } from '../room/room.js'
import { type ChatIo, untilQuit } from './chat-io.js'

/** A chat for programs: NDJSON both ways (docs/scripting.md). Ends when it is to be left. */
export function jsonChat(room: Room, { input, interrupted, output }: ChatIo): Promise<void> {
  const write = (value: object | undefined) => value && output.write(jsonLine(value))
  room.on('update', update => write(eventJson(update)))
  room.ready.then(
    ready => ready && write(readyJson(room)),
    thrown => write(errorJson(thrown))
  )
  return untilQuit(interrupted, quit => eachLine(input, line => obey(room, line, quit, write)))
}

function obey(room: Room, line: string, quit: () => void, write: (value: object) => void): void {
  if (line.trim() === '') return
  try {
    const request = parseRequest(line)
    if (request.type === 'say') room.say(request.text)
    else quit()
  } catch (thrown) {
    write(errorJson(thrown))
  }
}

function readyJson({ device, identity, name, topic }: Room): object {
  return { type: 'ready', room: name, topic, identity, device }
}
