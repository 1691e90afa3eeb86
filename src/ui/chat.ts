import type { RoomOptions } from '../room/open.js'
import { Room } from '../room/room.js'
import type { ChatIo } from './chat-io.js'

/** Joins a room and stays until it is to be left: with a prompt on a terminal, else with lines or NDJSON. */
export async function chat(options: RoomOptions, io: ChatIo, json: boolean): Promise<void> {
  // The view first: a room that is open tells of others at once.
  const view = await viewOf(io, json)
  const room = await Room.open(options)
  try {
    await view(room, io)
  } finally {
    await room.leave()
  }
}

// Each view is loaded where it is used: a program that reads NDJSON does not wait for a prompt's code.
async function viewOf({ input, output }: ChatIo, json: boolean) {
  if (json) return (await import('./json-chat.js')).jsonChat
  const { pipeChat, promptChat } = await import('./line-chat.js')
  return input.isTTY === true && output.isTTY === true ? promptChat : pipeChat
}
