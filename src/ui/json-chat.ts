import { SwarmchatError } from '../base/errors.js'
import { Contacts } from '../home/contacts.js'
import { errorJson, eventJson, jsonLine, parseRequest } from '../ndjson/codec.js'
import { eachLine } from '../ndjson/lines.js'
import { Arrival } from '../room/arrival.js'
import type { RoomUpdate } from '../room/events.js'
import { Feed } from '../room/feed.js'
import { LastWords } from '../room/last-words.js'
import type { Room } from '../room/room.js'
import { speak } from '../room/speak.js'
import { checkText } from '../room/text.js'
import { actorOf } from '../room/view/actor.js'
import { acceptKnown } from './accept-known.js'
import { type ChatIo, untilQuit } from './chat-io.js'
import { pacedBy, SayQueue } from './say-queue.js'

/** Who reads, and from where on. */
export interface JsonChatOptions {
  /** Who is ignored. Default: nobody. */
  readonly contacts?: Contacts | undefined
  /** The cursor after which it goes on. Default: the newest 1,000 messages that are kept come first. */
  readonly since?: string | undefined
}

/**
 * A chat for programs: NDJSON both ways (docs/scripting.md). Ends when it is to be left. Rejects with BAD_CURSOR,
 * CURSOR_UNKNOWN, NO_CURSOR, STORE_FAILED.
 */
export async function jsonChat(
  room: Room,
  { input, interrupted, output }: ChatIo,
  { contacts = new Contacts(), since }: JsonChatOptions = {}
): Promise<void> {
  const write = (value: object | undefined) => void (value && output.write(jsonLine(value)))
  acceptKnown(room, contacts)
  const unfollow = contacts.follow()
  const arrival = new Arrival(room)
  const feed = new Feed(room, (update, cursor) => {
    const event = eventJson(update, { present: arrival.isSettling, cursor })
    write(event && isOfIgnored(update, contacts) ? { ...event, ignored: true } : event)
  })
  let failed: Promise<void> | undefined
  await untilQuit(interrupted, quit => {
    feed.begin(since).catch(thrown => {
      failed = Promise.reject(thrown)
      quit()
    })
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
    }
  })
  await feed.end()
  unfollow()
  await failed
}

// Marked, not left out: a program may want to know.
function isOfIgnored(update: RoomUpdate, contacts: Contacts): boolean {
  const actor = actorOf(update)
  return actor !== undefined && contacts.isIgnored(actor)
}

interface RequestParts {
  readonly quit: () => void
  readonly write: (value: object) => void
  readonly onroom: () => void
}

/** What a script asks for: said in order, no faster than members take it, and `leave` when somebody has all of it. */
class Requests {
  readonly #parts: RequestParts
  readonly #queue: SayQueue
  readonly #lastWords: LastWords
  #isLeaving = false

  constructor(room: Room, parts: RequestParts) {
    this.#parts = parts
    this.#lastWords = new LastWords(room)
    this.#queue = new SayQueue({
      ...pacedBy(room),
      say: saying => void speak(room, saying),
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
      if (request.type === 'leave') this.#leave()
      else this.#queue.put('text' in request ? withText(request) : request)
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

function readyJson({ access, device, identity, name, topic }: Room): object {
  return { type: 'ready', room: name, access, topic, identity, device }
}

function withText<S extends { readonly text: string }>(saying: S): S {
  return { ...saying, text: checkText(saying.text) }
}

function notText(reason: string): SwarmchatError {
  return new SwarmchatError('BAD_INPUT', `Standard input cannot be understood: ${reason}.`, {
    hint: 'It must be text in UTF-8.'
  })
}
