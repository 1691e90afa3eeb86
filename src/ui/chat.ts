import type { RoomOptions } from '../room/open.js'
import type { Room } from '../room/room.js'
import { Rooms } from '../room/rooms.js'
import type { ChatIo } from './chat-io.js'
import type { Habits } from './habits.js'

/** How a chat is shown. */
export interface ChatOptions {
  /** True: NDJSON both ways. */
  readonly json: boolean
  /** True: lines for a pipe begin with what was said before we came. People and programs are told anyway. */
  readonly history: boolean
  /** True: lines alone, also on a terminal. */
  readonly plain: boolean
  /** What is kept of how somebody chats. */
  readonly habits: Habits
  /** What we are called in a room of this name, if that differs. Default: the nick of the options, everywhere. */
  readonly nickIn?: (room: string) => string | undefined
  /** Rooms to join as well: where there is a prompt. */
  readonly more: readonly string[]
  /** Names of rooms that were joined before. */
  readonly known: readonly string[]
  /** Hears of each room when it is open. Default: nobody. */
  readonly onopen?: ((room: Room) => void) | undefined
}

type View = (room: Room, io: ChatIo, chat: Chat) => Promise<void>

/** Joins a room and stays until it is to be left: with a prompt on a terminal, else with lines or NDJSON. */
export async function chat(options: RoomOptions, io: ChatIo, how: ChatOptions): Promise<void> {
  // The view first: a room that is open tells of others at once.
  const view = await viewOf(io, how)
  const opened = new Chat(options, how)
  try {
    await view(await opened.open(options.name), io, opened)
  } finally {
    await opened.leave()
  }
}

/** True if a chat with these streams has a prompt: then it can be in several rooms. */
export function hasPrompt({ input, obeysEscapes, output }: ChatIo, how: HowShown): boolean {
  return !how.json && !how.plain && input.isTTY === true && output.isTTY === true && obeysEscapes
}

type HowShown = Pick<ChatOptions, 'json' | 'plain'>

/** The rooms of one chat, on shared networks. */
class Chat {
  readonly how: ChatOptions
  readonly #options: RoomOptions
  readonly #rooms: Rooms

  constructor(options: RoomOptions, how: ChatOptions) {
    this.how = how
    this.#options = options
    this.#rooms = new Rooms({ networks: options.networks })
  }

  /** How each network is. */
  get networks() {
    return this.#rooms.networks
  }

  get known(): readonly string[] {
    return this.how.known
  }

  get more(): readonly string[] {
    return this.how.more
  }

  async open(name: string): Promise<Room> {
    const nick = this.how.nickIn?.(name) ?? this.#options.nick
    const room = await this.#rooms.open({ ...this.#options, name, nick })
    this.how.onopen?.(room)
    return room
  }

  leave(): Promise<void> {
    return this.#rooms.leave()
  }
}

// Each view is loaded where it is used: a program that reads NDJSON does not wait for a prompt's code.
async function viewOf(io: ChatIo, how: ChatOptions): Promise<View> {
  const { habits, history } = how
  if (how.json) {
    const { jsonChat } = await import('./json-chat.js')
    return room => jsonChat(room, io, habits.contacts)
  }
  if (io.input.isTTY !== true) {
    const { pipeChat } = await import('./pipe-chat.js')
    return room => pipeChat(room, io, history, habits)
  }
  if (hasPrompt(io, how)) {
    const { promptChat } = await import('./prompt-chat.js')
    return (room, _, opened) => promptChat(room, io, habits, opened)
  }
  const { plainChat } = await import('./plain-chat.js')
  return room => plainChat(room, io, history, habits)
}
