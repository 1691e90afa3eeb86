import { atMost } from '../../async/at-most.js'
import { deferred } from '../../async/deferred.js'
import { untilAborted } from '../../async/until-aborted.js'
import { nobodyGotIt, offlineEverywhere } from '../../base/errors.js'
import type { IdentityKey, MessageId } from '../../base/ids.js'
import { aSignal, aString, type Checks, checkOptions, numberFrom } from '../../base/options.js'
import type { Millis } from '../../base/time.js'
import type { RoomUpdate } from '../events.js'
import type { Room } from '../room.js'

/** How sure a delivery is to be. */
export interface DeliverOptions {
  /** Wait until so many other members have it; at least 1. */
  readonly wanted: number
  readonly timeout: Millis
  /** For this identity alone: see `Room.direct`. Default: for everybody. */
  readonly to?: IdentityKey | undefined
  /** Ends early with what there is; if it has fired before, nothing is said. */
  readonly interrupted?: AbortSignal
}

/** Another program of this home may have the database, and end in a moment as well. Guess: what leaving a room takes. */
const PATIENCE_MILLIS: Millis = 3_000

const CHECKS: Checks<DeliverOptions> = {
  wanted: numberFrom(1),
  timeout: numberFrom(0),
  to: aString,
  interrupted: aSignal
}

/** Throws BAD_OPTION. */
export function checkDelivery(options: DeliverOptions): void {
  checkOptions('deliver', options, CHECKS, ['wanted', 'timeout'])
}

type Receipt = Extract<RoomUpdate, { type: 'receipt' }>
type Redated = Extract<RoomUpdate, { type: 'redated' }>

/**
 * Says something and waits until that many other members have it; `spent` of the timeout has gone. Gives how many do. Throws
 * BAD_OPTION, BAD_TEXT, NOT_SENT, and NOBODY_GOT_IT or OFFLINE (exit code 1) when the time is up: if it is kept on the disk, `facts.kept` is
 * true, and others get it when somebody of this home is next in the room with them.
 */
export async function deliver(
  room: Room,
  text: string,
  delivery: DeliverOptions,
  spent: Millis = 0
): Promise<number> {
  checkDelivery(delivery)
  const { to, ...options } = delivery
  const say = () => (to === undefined ? room.say(text) : room.direct(to, text))
  return deliverSaid(room, say, options, spent)
}

/** The same for whatever `say` says, of which it gives the id. */
export async function deliverSaid(
  room: Room,
  say: () => MessageId,
  options: Omit<DeliverOptions, 'to'>,
  spent: Millis = 0
): Promise<number> {
  const { interrupted, timeout, wanted } = options
  if (interrupted?.aborted) return 0
  const delivered = deferred()
  let id = say()
  let most = 0
  const hear = (receipt: Receipt) => {
    if (receipt.id === id) most = Math.max(most, receipt.have)
    if (most >= wanted) delivered.resolve()
  }
  const follow = ({ message, previous }: Redated) => {
    if (previous === id) id = message.id
  }
  room.on('receipt', hear)
  room.on('redated', follow)
  await atMost(Math.max(0, timeout - spent), untilAborted(interrupted, delivered.promise))
  room.off('receipt', hear)
  room.off('redated', follow)
  if (most >= wanted || interrupted?.aborted) return most
  const kept = await isKept(room)
  if (!room.online) throw offlineEverywhere(room.problems, kept)
  throw nobodyGotIt({ have: most, wanted, kept }, timeout / 1000, room.access)
}

async function isKept(room: Room): Promise<boolean> {
  await room.written(PATIENCE_MILLIS)
  return room.log?.isKept === true
}
