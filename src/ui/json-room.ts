import type { Contacts } from '../home/contacts.js'
import { errorJson, eventJson, type JsonObject } from '../ndjson/codec.js'
import { Arrival } from '../room/arrival.js'
import type { RoomUpdate } from '../room/events.js'
import { Feed } from '../room/feed.js'
import type { Room } from '../room/room.js'
import { LastWords } from '../room/sending/last-words.js'
import { type Saying, speak } from '../room/sending/speak.js'
import { checkText } from '../room/text.js'
import { actorOf } from '../room/view/actor.js'
import { acceptKnown } from './accept-known.js'
import { pacedBy, SayQueue } from './say-queue.js'

/** What a room needs of a chat for programs. */
export interface JsonRoomParts {
  readonly contacts: Contacts
  readonly write: (value: JsonObject) => void
  /** Others can find the room. */
  readonly onready: () => void
  /** There is room again for what the program asks for, where {@link JsonRoom.isFull} was true. */
  readonly onroom: () => void
  /** Its history cannot be gone on with. */
  readonly onfault: (thrown: unknown) => void
}

/** A room of a chat for programs: tells what happens, and does in order, no faster than members take it, what is asked for. */
export class JsonRoom {
  readonly room: Room
  readonly #parts: JsonRoomParts
  readonly #feed: Feed
  readonly #queue: SayQueue
  readonly #lastWords: LastWords
  #left: Promise<void> | undefined
  #onempty: () => void = () => {}

  /** To be made in the turn in which the room was opened. `since`: the cursor after which it goes on. */
  constructor(room: Room, since: string | undefined, parts: JsonRoomParts) {
    const { contacts, onfault, onready, onroom, write } = parts
    this.room = room
    this.#parts = parts
    acceptKnown(room, contacts)
    this.#feed = this.#feedOf(new Arrival(room))
    this.#feed.begin(since).catch(onfault)
    this.#lastWords = new LastWords(room)
    this.#queue = new SayQueue({
      ...pacedBy(room),
      say: saying => void speak(room, saying),
      onfault: thrown => write(errorJson(thrown)),
      onwaiting: count => write({ type: 'waiting', count }),
      onroom,
      onempty: () => this.#onempty()
    })
    room.ready.then(
      isReady => isReady && onready(),
      thrown => write(errorJson(thrown))
    )
  }

  /** True where no more should come now. */
  get isFull(): boolean {
    return this.#queue.isFull
  }

  /** True from {@link leave} on. */
  get isLeaving(): boolean {
    return this.#left !== undefined
  }

  /** Says something in its turn, or nothing more after {@link leave}; tells of what cannot be said. */
  obey(saying: Saying): void {
    if (this.isLeaving) return
    try {
      this.#queue.put('text' in saying ? { ...saying, text: checkText(saying.text) } : saying)
    } catch (thrown) {
      this.#parts.write(errorJson(thrown))
    }
  }

  /** Resolves when somebody has all that was to be said; ten seconds after it was said at the latest. */
  leave(): Promise<void> {
    this.#left ??= this.#allHeard()
    return this.#left
  }

  async #allHeard(): Promise<void> {
    await new Promise<void>(resolve => {
      this.#onempty = resolve
      if (this.#queue.isEmpty) resolve()
    })
    await this.#lastWords.heard()
  }

  /** Says no more, and tells how much was not said. */
  stop(): void {
    const count = this.#queue.end()
    if (count > 0) this.#parts.write({ type: 'unsent', count })
  }

  /** Tells no more, when all that happened is told. */
  end(): Promise<void> {
    return this.#feed.end()
  }

  #feedOf(arrival: Arrival): Feed {
    const { contacts, write } = this.#parts
    return new Feed(this.room, (update, cursor) => {
      const event = eventJson(update, { present: arrival.isSettling, cursor })
      if (event !== undefined)
        write(isOfIgnored(update, contacts) ? { ...event, ignored: true } : event)
    })
  }
}

// Marked, not left out: a program may want to know.
function isOfIgnored(update: RoomUpdate, contacts: Contacts): boolean {
  const actor = actorOf(update)
  return actor !== undefined && contacts.isIgnored(actor)
}
