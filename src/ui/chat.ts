import type { RoomOptions } from '../room/open.js'
import { Room } from '../room/room.js'
import type { ChatIo } from './chat-io.js'

/** How a chat is shown. */
export interface ChatOptions {
  /** True: NDJSON both ways. */
  readonly json: boolean
  /** True: lines for a pipe begin with what was said before we came. People and programs are told anyway. */
  readonly history: boolean
  /** Hears of the room when it is open. Default: nobody. */
  readonly onopen?: ((room: Room) => void) | undefined
}

type View = (room: Room, io: ChatIo) => Promise<void>

/** Joins a room and stays until it is to be left: with a prompt on a terminal, else with lines or NDJSON. */
export async function chat(options: RoomOptions, io: ChatIo, how: ChatOptions): Promise<void> {
  // The view first: a room that is open tells of others at once.
  const view = await viewOf(io, how)
  const room = await Room.open(options)
  how.onopen?.(room)
  try {
    await view(room, io)
  } finally {
    await room.leave()
  }
}

// Each view is loaded where it is used: a program that reads NDJSON does not wait for a prompt's code.
async function viewOf({ input, obeysEscapes, output }: ChatIo, how: ChatOptions): Promise<View> {
  if (how.json) return (await import('./json-chat.js')).jsonChat
  if (input.isTTY !== true) {
    const { pipeChat } = await import('./pipe-chat.js')
    return (room, io) => pipeChat(room, io, how.history)
  }
  if (output.isTTY === true && obeysEscapes) return (await import('./prompt-chat.js')).promptChat
  const { plainChat } = await import('./plain-chat.js')
  return (room, io) => plainChat(room, io, how.history)
}
