import { type DeliverOptions, deliver } from './deliver.js'
import type { RoomOptions } from './open.js'
import { Room } from './room.js'
import { checkText } from './text.js'

/** Joins, says one thing, waits until it got through (see {@link deliver}), leaves. Gives how many members have it. */
export async function sendOnce(
  options: RoomOptions,
  text: string,
  delivery: DeliverOptions
): Promise<number> {
  checkText(text)
  const room = await Room.open(options)
  try {
    return await deliver(room, text, delivery)
  } finally {
    await room.leave()
  }
}
