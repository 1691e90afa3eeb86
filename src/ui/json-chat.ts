import { badLine, SwarmchatError } from '../base/errors.js'
import { Contacts } from '../home/contacts.js'
import { errorJson, type JsonObject, jsonLine, parseRequest } from '../ndjson/codec.js'
import { eachLine } from '../ndjson/lines.js'
import { normaliseRoomName } from '../protocol/access/room-secret.js'
import type { OnReady, ReadyRoom } from '../room/ready-room.js'
import type { Room } from '../room/room.js'
import { type ChatIo, untilQuit } from './chat-io.js'
import { gathered } from './gathered.js'
import { JsonRoom } from './json-room.js'

/** Who reads, and from where on. */
export interface JsonChatOptions {
  /** Who is ignored. Default: nobody. */
  readonly contacts?: Contacts | undefined
  /** The cursor after which a room of this name goes on. Default: the newest 1,000 messages that are kept come first. */
  readonly since?: ((room: string) => string | undefined) | undefined
}

/** A room, or one that is being opened, which tells when others find it. */
type Opening = Room | Promise<Room> | ((onready: OnReady) => Promise<Room>)

/**
 * A chat for programs: NDJSON both ways (docs/scripting.md). With several rooms each object says of which one it is. Ends when
 * it is to be left, or when the last room was. Rejects with what opening a room does, and with BAD_CURSOR, CURSOR_UNKNOWN,
 * NO_CURSOR, STORE_FAILED.
 */
export async function jsonChat(
  opening: readonly Opening[],
  io: ChatIo,
  options: JsonChatOptions = {}
): Promise<void> {
  const chat = new JsonChat(io, opening.length > 1, options)
  try {
    const add = async (each: Opening) => {
      const room = typeof each === 'function' ? each(ready => chat.ready(ready)) : each
      chat.add(room instanceof Promise ? await room : room)
    }
    await Promise.all(opening.map(add))
    await untilQuit(io.interrupted, quit => chat.begin(quit))
  } finally {
    await chat.end()
  }
}

/** The rooms of a program that reads and writes NDJSON. */
class JsonChat {
  readonly #io: ChatIo
  readonly #print: (text: string) => void
  /** True: objects say of which room they are. */
  readonly #areSeveral: boolean
  readonly #contacts: Contacts
  readonly #since: (room: string) => string | undefined
  readonly #unfollow: () => void
  // BOUNDED: by whoever started the program, and names them.
  readonly #rooms = new Map<string, JsonRoom>()
  // BOUNDED: likewise.
  readonly #ready = new Set<string>()
  #faults: unknown[] = []
  #quit: () => void = () => {}
  #isLeaving = false

  constructor(io: ChatIo, areSeveral: boolean, options: JsonChatOptions) {
    const { contacts = new Contacts(), since = () => undefined } = options
    this.#io = io
    this.#print = gathered(io.output)
    this.#areSeveral = areSeveral
    this.#contacts = contacts
    this.#since = since
    this.#unfollow = contacts.follow()
  }

  /** Others find this room: told once. */
  ready(room: ReadyRoom): void {
    if (this.#ready.has(room.name)) return
    this.#ready.add(room.name)
    this.#write(readyJson(room), room.name)
  }

  /** To be called in the turn in which the room was opened. */
  add(room: Room): void {
    const { name } = room
    const parts = {
      contacts: this.#contacts,
      write: (value: JsonObject) => this.#write(value, name),
      onready: () => this.ready(room),
      onroom: () => this.#resume(),
      onfault: (thrown: unknown) => this.#fail(thrown)
    }
    this.#rooms.set(name, new JsonRoom(room, this.#since(name), parts))
  }

  /** Reads what the program asks for; gives what ends that. */
  begin(quit: () => void): () => void {
    this.#quit = quit
    if (this.#faults.length > 0) quit()
    const lines = eachLine(
      this.#io.input,
      line => this.#take(line),
      reason => reason !== undefined && this.#write(errorJson(notText(reason)))
    )
    return () => {
      lines.flush()
      for (const room of this.#rooms.values()) room.stop()
    }
  }

  /** Tells no more. Rejects with what kept a room from going on. */
  async end(): Promise<void> {
    await Promise.all([...this.#rooms.values()].map(room => room.end()))
    this.#unfollow()
    for (const thrown of this.#faults) throw thrown
  }

  #take(line: string): void {
    if (line.trim() === '' || this.#isLeaving) return
    try {
      this.#obey(parseRequest(line))
    } catch (thrown) {
      this.#write(errorJson(thrown))
    }
    if (this.#isFull) this.#io.input.pause()
  }

  #obey(request: ReturnType<typeof parseRequest>): void {
    if (request.type === 'leave' && request.room === undefined) {
      this.#isLeaving = true
      void Promise.all([...this.#rooms.values()].map(room => room.leave())).then(this.#quit)
      return
    }
    const room = this.#named(request.room)
    if (request.type === 'leave') void this.#leave(room)
    else room.obey(request)
  }

  #named(name: string | undefined): JsonRoom {
    if (name === undefined && this.#areSeveral) throw badLine('it has no "room"')
    const [only] = this.#rooms.values()
    const room = name === undefined ? only : this.#rooms.get(nameAsHashed(name))
    if (room === undefined)
      throw badLine(`its "room" is none that we are in: ${[...this.#rooms.keys()].join(', ')}`)
    return room
  }

  async #leave(room: JsonRoom): Promise<void> {
    if (room.isLeaving) return
    const { name } = room.room
    await room.leave()
    await room.end()
    this.#rooms.delete(name)
    this.#resume()
    await room.room.leave()
    this.#write({ type: 'left' }, name)
    if (this.#rooms.size === 0) this.#quit()
  }

  get #isFull(): boolean {
    return [...this.#rooms.values()].some(({ isFull }) => isFull)
  }

  #resume(): void {
    if (!this.#isFull) this.#io.input.resume()
  }

  #fail(thrown: unknown): void {
    this.#faults.push(thrown)
    this.#quit()
  }

  #write(value: JsonObject, room?: string): void {
    const { type, ...rest } = value
    const named = this.#areSeveral && room !== undefined ? { type, room, ...rest } : value
    this.#print(jsonLine(named))
  }
}

function readyJson({ access, device, identity, name, topic }: ReadyRoom): JsonObject {
  return { type: 'ready', room: name, access, topic, identity, device }
}

function nameAsHashed(name: string): string {
  const normal = normaliseRoomName(name)
  return normal.ok ? normal.name : name
}

function notText(reason: string): SwarmchatError {
  return new SwarmchatError('BAD_INPUT', `Standard input cannot be understood: ${reason}.`, {
    hint: 'It must be text in UTF-8.'
  })
}
