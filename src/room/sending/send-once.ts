import { atMost } from '../../async/at-most.js'
import { untilAborted } from '../../async/until-aborted.js'
import type { Millis } from '../../base/time.js'
import type { CardTexts } from '../../protocol/wire/bodies/room-card.js'
import { Arrival } from '../arrival.js'
import type { RoomOptions } from '../open.js'
import { Room } from '../room.js'
import { checkCard, checkText } from '../text.js'
import { checkDelivery, type DeliverOptions, deliver, deliverSaid } from './deliver.js'

/** Part of the time that is for learning what we are called, at most: the rest is for being heard. Guess. */
const NAMING_SHARE = 0.5

/**
 * Joins, says one thing, waits until it got through (see {@link deliver}), leaves. Gives how many members have it. Without a
 * nick, it is said under the one that another program of this identity has chosen there.
 */
export async function sendOnce(
  options: RoomOptions,
  text: string,
  delivery: DeliverOptions
): Promise<number> {
  checkText(text)
  return within(options, delivery, (room, spent) => deliver(room, text, delivery, spent))
}

/** The same for a card: see `Room.setCard`. */
export async function setCardOnce(
  options: RoomOptions,
  card: CardTexts,
  delivery: Omit<DeliverOptions, 'to'>
): Promise<number> {
  const checked = checkCard(card)
  return within(options, delivery, (room, spent) =>
    deliverSaid(room, () => room.setCard(checked), delivery, spent)
  )
}

async function within(
  options: RoomOptions,
  delivery: Omit<DeliverOptions, 'to'>,
  act: (room: Room, spent: Millis) => Promise<number>
): Promise<number> {
  checkDelivery(delivery)
  const room = await Room.open(options)
  try {
    const began = performance.now()
    if (options.nick === undefined) await knownThere(room, delivery)
    return await act(room, performance.now() - began)
  } finally {
    await room.leave()
  }
}

// Those who are there tell what the other devices of ours are called.
async function knownThere(room: Room, { interrupted, timeout }: DeliverOptions): Promise<void> {
  const { known } = new Arrival(room)
  await atMost(timeout * NAMING_SHARE, untilAborted(interrupted, known))
}
