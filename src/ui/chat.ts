import type { RoomAddress } from '../room/keys.js'
import type { RoomOptions } from '../room/open.js'
import type { OnReady } from '../room/ready-room.js'
import type { Room } from '../room/room.js'
import type { Rooms } from '../room/rooms.js'
import type { ChatIo } from './chat-io.js'
import type { Habits } from './habits.js'

/** How a chat is shown. */
export interface ChatOptions {
  /** True: NDJSON both ways. */
  readonly json: boolean
  /** For NDJSON: the cursor after which a room of this name goes on. Default: what is kept comes first. */
  readonly since?: ((room: string) => string | undefined) | undefined
  /** True: lines for a pipe begin with what was said before we came. People and programs are told anyway. */
  readonly history: boolean
  /** True: lines alone, also on a terminal. */
  readonly plain: boolean
  /** What is kept of how somebody chats. */
  readonly habits: Habits
  /**
   * What we are called in a room of this name, if that differs. `now`: what we are called in the room that is shown, if one
   * was. Default: the nick of the options, everywhere.
   */
  readonly nickIn?: (room: string, now?: string) => string | undefined
  /** Rooms to join as well: where there is a prompt, or NDJSON. */
  readonly more: readonly string[]
  /** What leads to a room of this name. Default: the name alone. */
  readonly addressOf?: (name: string) => RoomAddress
  /** Names of rooms that were joined before. */
  readonly known: readonly string[]
  /** Hears of each room when it is open. Default: nobody. */
  readonly onopen?: ((room: Room) => void) | undefined
}

/** Opens a room, which is to be looked at in the turn in which it is open. */
type Open = (onready?: OnReady) => Promise<Room>

/** Shows a room. */
type View = (open: Open, chat: Chat) => Promise<void>

/** Joins a room and stays until it is to be left: with a prompt on a terminal, else with lines or NDJSON. */
export async function chat(options: RoomOptions, io: ChatIo, how: ChatOptions): Promise<void> {
  // The view first: a room that is open tells of others at once.
  const view = await loadView(io, how)
  const opened = new Chat(options, how)
  try {
    await view(onready => opened.open(options.name, undefined, onready), opened)
  } finally {
    await opened.leave()
  }
}

/** How another room of a chat is opened: as the first, but for a password or a secret, which is that one's alone. */
export function optionsIn(
  first: RoomOptions,
  address: RoomAddress,
  { nick = first.nick, fallbackNick }: Pick<RoomOptions, 'nick' | 'fallbackNick'> = {}
): RoomOptions {
  const { password, secret, ...shared } = first
  return { ...shared, ...address, nick, ...(fallbackNick !== undefined && { fallbackNick }) }
}

/** True if a chat with these streams can be in several rooms. */
export function canBeInSeveral(io: ChatIo, how: HowShown): boolean {
  return how.json || hasPrompt(io, how)
}

/** True if a chat with these streams has a prompt. */
export function hasPrompt({ input, obeysEscapes, output }: ChatIo, how: HowShown): boolean {
  return !how.json && !how.plain && input.isTTY === true && output.isTTY === true && obeysEscapes
}

/** How a chat with these streams is shown. */
export function viewOf(io: ChatIo, how: HowShown): 'json' | 'pipe' | 'prompt' | 'plain' {
  if (how.json) return 'json'
  if (io.input.isTTY !== true) return 'pipe'
  return hasPrompt(io, how) ? 'prompt' : 'plain'
}

type HowShown = Pick<ChatOptions, 'json' | 'plain'>

/** The rooms of one chat, on shared networks. */
class Chat {
  readonly how: ChatOptions
  readonly #options: RoomOptions
  #rooms: Rooms | undefined
  #loading: Promise<Rooms> | undefined

  constructor(options: RoomOptions, how: ChatOptions) {
    this.how = how
    this.#options = options
  }

  /** How each network is. */
  get networks() {
    return this.#rooms?.networks ?? []
  }

  get known(): readonly string[] {
    return this.how.known
  }

  get more(): readonly string[] {
    return this.how.more
  }

  /** `fallbackNick`: what we are called there if we never were called anything. */
  async open(name: string, fallbackNick?: string, onready?: OnReady): Promise<Room> {
    const nick = this.how.nickIn?.(name, fallbackNick)
    const rooms = await this.#load()
    const address = this.#addressOf(name)
    const all = optionsIn(this.#options, address, { nick, fallbackNick })
    const room = await rooms.open(all, onready)
    this.how.onopen?.(room)
    return room
  }

  async leave(): Promise<void> {
    await (await this.#loading)?.leave()
  }

  #addressOf(name: string): RoomAddress {
    const { password, secret } = this.#options
    if (name === this.#options.name) return { name, password, secret }
    return this.how.addressOf?.(name) ?? { name }
  }

  // Networks and all that takes longer to load than a prompt to show itself.
  #load(): Promise<Rooms> {
    this.#loading ??= import('../room/rooms.js').then(({ Rooms }) => {
      this.#rooms = new Rooms({ networks: this.#options.networks })
      return this.#rooms
    })
    return this.#loading
  }
}

// Each view is loaded where it is used: a program that reads NDJSON does not wait for a prompt's code.
async function loadView(io: ChatIo, how: ChatOptions): Promise<View> {
  const { habits, history } = how
  switch (viewOf(io, how)) {
    case 'json': {
      const { jsonChat } = await import('./json-chat.js')
      const { since } = how
      return (open, opened) => {
        const more = opened.more.map(
          (name): Open =>
            onready =>
              opened.open(name, undefined, onready)
        )
        return jsonChat([open, ...more], io, { contacts: habits.contacts, since })
      }
    }
    case 'pipe': {
      const { pipeChat } = await import('./pipe-chat.js')
      return async open => pipeChat(await open(), io, history, habits)
    }
    case 'prompt': {
      const { promptChat } = await import('./prompt-chat.js')
      return (open, opened) => promptChat(open(), io, habits, opened)
    }
    case 'plain': {
      const { plainChat } = await import('./plain-chat.js')
      return async open => plainChat(await open(), io, history, habits)
    }
  }
}
