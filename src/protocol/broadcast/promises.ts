import type { MessageId, PeerKey } from '../../base/ids.js'
import { Recent } from '../../base/recent.js'
import type { Millis } from '../../base/time.js'
import { TokenBucket } from '../../base/token-bucket.js'

/** Who was asked for a message last, one or several at once. */
export interface Asked {
  readonly announcers: readonly Announcer[]
  readonly at: Millis
}

/** A neighbour that says it has a message, and over how many links we would get it. */
export interface Announcer {
  readonly peer: PeerKey
  readonly hops: number
  /** When it said so. */
  readonly at: Millis
  /** True where it only sent something that names the message, and may not have it. */
  readonly isHearsay?: boolean
}

/** True where this one was asked for a message that it had announced. */
function hadPromised(peer: PeerKey, { announcers }: Asked): boolean {
  return announcers.some(each => each.peer === peer && each.isHearsay !== true)
}

/** Announced messages that may not come from whom we asked: at once, and over time. Guess: more than an honest neighbour forgets. */
const BROKEN_PROMISES_RATE = { perSecond: 0.1, burst: 128 } as const
/** What a message makes good that came when it was asked for, in time. Guess: who fails with one of nine tries is not worth waiting for. */
const SERVED_CREDIT = 1 / 8
/** Peers whose account is kept, also while they are away: coming back clears nobody. Guess: some for each link there can be. */
const MAX_ACCOUNTS = 1_024
/** Messages that did not come in time and may yet. Guess: some seconds of a busy room. */
const MAX_OVERDUE = 4_096

/**
 * Who announces messages and does not send them when it is asked: to wait for it in vain is what it costs us. Each has an
 * account of what it may cost over time. What it is asked for and sends fills it again, and nothing else: to send what
 * nobody waits for, or what everybody has, proves nothing. Whoever has used it up is not believed: it is asked when nobody
 * else is left, and nobody waits for it. It may be honest, for others can make it announce what is gone when it is asked for it.
 */
export class Promises {
  // BOUNDED: MAX_ACCOUNTS, the oldest goes first.
  readonly #accounts = new Recent<PeerKey, TokenBucket>(MAX_ACCOUNTS)
  // BOUNDED: MAX_OVERDUE, the oldest goes first: from whom each of these did not come in time, the last of them.
  readonly #overdue = new Recent<MessageId, PeerKey>(MAX_OVERDUE)

  /** These were asked for a message, and it did not come in time. Who is not believed owes nothing: nobody waited for it. */
  broken({ announcers }: Asked, id: MessageId, now: Millis): void {
    for (const { isHearsay, peer } of announcers) {
      if (isHearsay || !this.believes(peer, now)) continue
      this.#overdue.set(id, peer)
      this.#charge(peer, 1, now)
    }
  }

  /**
   * A message that was new here came from this one. `asked`: who was asked for it last. What was asked for and comes late
   * makes good what it cost.
   */
  came(peer: PeerKey, id: MessageId, asked: Asked | undefined, now: Millis): void {
    if (asked !== undefined && hadPromised(peer, asked)) this.#charge(peer, -SERVED_CREDIT, now)
    else if (this.#overdue.get(id) === peer) this.#charge(peer, -1, now)
    this.#overdue.delete(id)
  }

  /** False if what it announces is not worth waiting for. */
  believes(peer: PeerKey, now: Millis): boolean {
    return this.#accounts.get(peer)?.has(now) ?? true
  }

  #charge(peer: PeerKey, cost: number, now: Millis): void {
    const account = this.#accounts.get(peer) ?? new TokenBucket(BROKEN_PROMISES_RATE, now)
    this.#accounts.set(peer, account)
    account.charge(now, cost)
  }
}
