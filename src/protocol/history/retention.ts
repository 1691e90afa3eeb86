import type { IdentityKey } from '../../base/ids.js'
import { Shares } from '../../base/shares.js'
import type { Envelope } from '../wire/message.js'
import { NEWCOMER_SHARE, TIMELINE_ROOMS } from './tuning.js'

/** What matters of a message for whether it is kept. */
export type Keepable = Pick<Envelope, 'author' | 'clock' | 'id' | 'sealed'>

/** Room for messages of some size. */
interface Room {
  readonly maxBytes: number
  readonly max: number
  // BOUNDED: max, and one more for a moment.
  readonly shares: Shares<IdentityKey, Keepable>
  /** How many of them are newcomers'. */
  newcomers: number
}

/**
 * Which messages are kept, if not all can be: a function of the messages alone, whatever the order in which they came, so
 * that members with one bound keep one set. Over the bound the oldest message of whoever has most goes ({@link Shares}).
 * Messages of different sizes do not contend with each other: each room counts messages, and so bounds bytes as well.
 *
 * Whom the messages push out is not asked, but a newcomer's is not admitted if it would push out a settled author's and
 * newcomers have their quarter. As long as all are newcomers, and as long as there is room, nothing is refused.
 */
export class Retention {
  readonly #isSettled: (author: IdentityKey) => boolean
  readonly #rooms: readonly Room[]

  /** Keeps at most `max` messages of all sizes; at least one of each. */
  constructor(max: number, isSettled: (author: IdentityKey) => boolean) {
    this.#isSettled = isSettled
    this.#rooms = roomsFor(max)
  }

  /** False for a newcomer's message that would take more from settled authors than newcomers may. */
  admits(message: Keepable): boolean {
    const room = this.#roomFor(message)
    if (room.shares.size < room.max || room.newcomers < room.max * NEWCOMER_SHARE) return true
    const { author } = message
    return this.#isSettled(author) || !this.#isSettled(room.shares.firstWith(author, message))
  }

  /** Takes in a message that is not here; gives what goes for it, which may be that very message. */
  add(message: Keepable): Keepable | undefined {
    const room = this.#roomFor(message)
    room.shares.add(message.author, message)
    room.newcomers += this.#weight(message)
    const gone = room.shares.size > room.max ? room.shares.takeFirst() : undefined
    if (gone !== undefined) room.newcomers -= this.#weight(gone)
    return gone
  }

  /** An author's messages count among the newcomers', or no longer do. */
  settle(author: IdentityKey, isSettled: boolean): void {
    for (const room of this.#rooms) {
      const count = room.shares.countOf(author)
      room.newcomers += isSettled ? -count : count
    }
  }

  /** What a message adds to the newcomers' count. */
  #weight({ author }: Keepable): number {
    return this.#isSettled(author) ? 0 : 1
  }

  #roomFor({ sealed }: Keepable): Room {
    const room = this.#rooms.find(({ maxBytes }) => sealed.byteLength <= maxBytes)
    if (room === undefined) throw new RangeError('no room for a message of any size')
    return room
  }
}

/** The rooms' bounds: their parts of all messages, and what is left over for the short ones. */
function roomsFor(max: number): Room[] {
  const parts = TIMELINE_ROOMS.reduce((sum, room) => sum + room.parts, 0)
  const bounds = TIMELINE_ROOMS.map(room => Math.max(1, Math.floor((max * room.parts) / parts)))
  const left = Math.max(0, max - bounds.reduce((sum, bound) => sum + bound, 0))
  return TIMELINE_ROOMS.map(({ maxBytes }, at) => {
    const bound = (bounds[at] ?? 1) + (at === 0 ? left : 0)
    return { maxBytes, max: bound, shares: new Shares(), newcomers: 0 }
  })
}
