import type { IdentityKey } from '../../base/ids.js'
import type { Member } from '../../protocol/presence/roster.js'
import type { RoomUpdate } from '../events.js'

/**
 * Members whom we knew before we took another device key: to our new device they come one by one,
 * and to our owner they have never been away.
 */
export class Returning {
  // BOUNDED: by the roster that they come from.
  readonly #awaited: Map<IdentityKey, Member>

  constructor(members: readonly Member[]) {
    this.#awaited = new Map(members.map(member => [member.identity, member]))
  }

  /** What to tell instead of this: nothing of who only comes back. */
  filter(update: RoomUpdate): RoomUpdate | undefined {
    if (update.type !== 'join') return update
    const { identity, nick } = update
    const before = this.#awaited.get(identity)
    this.#awaited.delete(identity)
    if (before === undefined) return update
    if (before.nick === nick) return undefined
    return { type: 'rename', identity, nick, previous: before.nick }
  }

  /** Everybody present, those included who are still expected. */
  among(present: readonly Member[]): Member[] {
    const here = new Set(present.map(({ identity }) => identity))
    return [
      ...present,
      ...[...this.#awaited.values()].filter(({ identity }) => !here.has(identity))
    ]
  }

  /** Nobody is waited for any longer: what to tell of those who have not come back. */
  giveUp(): RoomUpdate[] {
    const gone = [...this.#awaited.values()]
    this.#awaited.clear()
    return gone.map(({ identity, nick }) => ({ type: 'leave', identity, nick }))
  }
}
