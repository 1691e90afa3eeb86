import { SwarmchatError } from '../base/errors.js'
import { errorJson, eventJson, jsonLine, parseRequest } from '../ndjson/codec.js'
import { eachLine } from '../ndjson/lines.js'
import { Arrival } from '../room/arrival.js'
import { LastWords } from '../room/last-words.js'
import type { Room } from '../room/room.js'
import { checkText } from '../room/text.js'
import { type ChatIo, untilQuit } from './chat-io.js'
import { inOrder } from './order/ordered.js'
import { SayQueue } from './say-queue.js'

/** A chat for programs: NDJSON both ways (docs/scripting.md). Ends when it is to be left. */
export function jsonChat(room: Room, { input, interrupted, output }: ChatIo): Promise<void> {
  const write = (value: object | undefined) => void (value && output.write(jsonLine(value)))
  return untilQuit(interrupted, quit => {
    const arrival = new Arrival(room)
    const endLines = inOrder(room, update => write(eventJson(update, arrival.isSettling)))
    room.ready.then(
      ready => ready && write(readyJson(room)),
      thrown => write(errorJson(thrown))
    )
    const requests = new Requests(room, { quit, write, onroom: () => void input.resume() })
    const take = (line: string) => {
      requests.take(line)
      if (requests.areMany) input.pause()
    }
    const lines = eachLine(input, take, reason => {
      if (reason !== undefined) write(errorJson(notText(reason)))
    })
    return () => {
      lines.flush()
      requests.end()
      endLines()
    }
  })
}

interface RequestParts {
  readonly quit: () => void
  readonly write: (value: object) => void
  readonly onroom: () => void
}

/** What a script asks for: said in order, no faster than members take it, and `leave` when somebody has all of it. */
class Requests {
  readonly #parts: RequestParts
  readonly #room: Room
  readonly #queue: SayQueue
  readonly #lastWords: LastWords
  #isLeaving = false

  constructor(room: Room, parts: RequestParts) {
    this.#parts = parts
    this.#room = room
    this.#lastWords = new LastWords(room)
    this.#queue = new SayQueue({
      say: text => void room.say(text),
      onfault: thrown => parts.write(errorJson(thrown)),
      onwaiting: count => parts.write({ type: 'waiting', count }),
      onroom: parts.onroom,
      onempty: () => this.#isLeaving && this.#quit()
    })
  }

  /** True where no more should come now. */
  get areMany(): boolean {
    return this.#queue.isFull
  }

  take(line: string): void {
    if (line.trim() === '' || this.#isLeaving) return
    try {
      const request = parseRequest(line)
      if (request.type === 'say') this.#queue.add(checkText(request.text))
      else if (request.type === 'direct') this.#room.direct(request.to, request.text)
      else this.#leave()
    } catch (thrown) {
      this.#parts.write(errorJson(thrown))
    }
  }

  end(): void {
    const count = this.#queue.end()
    if (count > 0) this.#parts.write({ type: 'unsent', count })
  }

  #leave(): void {
    this.#isLeaving = true
    if (this.#queue.isEmpty) this.#quit()
  }

  #quit(): void {
    void this.#lastWords.heard().then(this.#parts.quit)
  }
}

function readyJson({ device, identity, name, topic }: Room): object {
  return { type: 'ready', room: name, topic, identity, device }
}

function notText(reason: string): SwarmchatError {
  return new SwarmchatError('BAD_INPUT', `Standard input cannot be understood: ${reason}.`, {
    hint: 'It must be text in UTF-8.'
  })
}
