import type { MessageId, PeerKey } from '../../base/ids.js'
import type { Millis } from '../../base/time.js'
import {
  GRAFT_RETRY_MILLIS,
  GRAFT_SOON_MILLIS,
  GRAFT_SPREAD_MILLIS,
  IHAVE_MAX,
  MEND_PAUSE_MILLIS
} from '../config.js'
import { GraftDelay, type GraftTime } from './graft-delay.js'
import { Missing, type Wait } from './missing.js'
import type { Outbox } from './outbox.js'
import type { Announcer, Asked } from './promises.js'
import type { Delivery, Tree } from './tree.js'

/** What came no longer before an answer has not taken its place. Measured in the simulator: with twice as long, a twentieth more copies where everybody is busy. */
const JUST_BEFORE_MILLIS: Millis = 50

/** Asks for what was announced and does not come: not before its time, and the next one if need be. */
export class Grafting {
  readonly #outbox: Outbox
  readonly #tree: Tree
  readonly #missing = new Missing()
  readonly #delay = new GraftDelay()
  /** When the timer that counts fires. */
  #alarmAt: Millis = Number.POSITIVE_INFINITY
  /** Something may be asked for sooner than was known. */
  #sooner = false
  // True if a link of the tree was lost: the next graft is to replace it.
  #mending = false
  #mendedAt: Millis = 0
  /** Since then nothing that was asked for came by itself as well. */
  #brokenSince: Millis | undefined

  constructor(outbox: Outbox, tree: Tree) {
    this.#outbox = outbox
    this.#tree = tree
  }

  /** Messages that are waited for. */
  get size(): number {
    return this.#missing.size
  }

  /** True if nothing was asked for in vain of late. */
  get isCalm(): boolean {
    return this.#delay.isCalm(this.#outbox.now)
  }

  /** A link of the tree is gone. */
  broken(): void {
    this.#mending = true
  }

  /** A neighbour is gone. */
  drop(peer: PeerKey): void {
    this.#delay.drop(peer)
  }

  /** A neighbour has this message, which is not here. */
  announced(id: MessageId, announcer: Announcer): void {
    const dueAt = this.#missing.announce(id, announcer, this.#time(announcer).at)
    if (dueAt !== undefined) this.#wakeAt(dueAt)
  }

  /** A message that is new was pushed to us; what was known of it, if it was waited for. */
  pushed(id: MessageId, from: PeerKey): Wait | undefined {
    const { now } = this.#outbox
    const wait = this.#missing.take(id)
    this.#missing.promises.came(from, id, wait?.asked, now)
    // What was asked for may have come because of that: it tells more when it comes again.
    if (wait?.asked === undefined) {
      if (wait !== undefined) this.#delay.late(now - wait.since, now)
    } else this.#answered(from, wait.asked, true)
    return wait
  }

  #answered(peer: PeerKey, { announcers, at }: Asked, isFirst: boolean): void {
    const { now } = this.#outbox
    if (!announcers.some(each => each.peer === peer)) return
    if (!this.#delay.answered(peer, { millis: now - at, isFirst }, now)) return
    this.#sooner = true
    this.#wakeAt(now + GRAFT_SPREAD_MILLIS)
  }

  /** The tree brings something again. */
  mended(): void {
    this.#mending = false
  }

  /** The message is here by other means. */
  obtained(id: MessageId): void {
    this.#missing.take(id)
  }

  /**
   * A message came again, maybe one that somebody was asked for. Whoever was asked has answered, even if another one was
   * sooner: else somebody who sends it just then could hide that asking helps.
   */
  cameAgain(from: PeerKey, { asked, askedSince, at }: Delivery): void {
    if (asked !== undefined) {
      this.#answered(from, asked, this.#outbox.now - at < JUST_BEFORE_MILLIS)
    }
    if (askedSince !== undefined) this.#inVain(at, askedSince)
  }

  /** What somebody was asked for came by itself as well; `at` is when it came first, `since` when it was announced. */
  #inVain(at: Millis, since: Millis): void {
    const { now } = this.#outbox
    this.#brokenSince = undefined
    // If it came much sooner for being asked for, that was not in vain.
    if (now - at < at - since) this.#delay.askedInVain(now - since, now)
  }

  /**
   * True if the way of a message that was asked for may mend the tree though it may not shape it: one a second, because
   * each of those behind a break sees it. The first one may just be late: it does if a later one had to be asked for as well.
   */
  mayMend(wait: Wait | undefined): boolean {
    const { now } = this.#outbox
    if (wait?.asked === undefined || now - this.#mendedAt < MEND_PAUSE_MILLIS) return false
    this.#brokenSince ??= now
    if (now - this.#brokenSince < this.#delay.first(now)) return false
    this.#brokenSince = undefined
    this.#mendedAt = now
    return true
  }

  /** The timer fired. */
  overdue(): void {
    const { now } = this.#outbox
    // Timers can fire a little early.
    if (now + GRAFT_SPREAD_MILLIS >= this.#alarmAt) this.#alarmAt = Number.POSITIVE_INFINITY
    const { ids, nextAt } = this.#missing.due(now, {
      timeOf: announcer => this.#time(announcer),
      again: this.#delay.again(now),
      sooner: this.#sooner,
      onearly: peer => this.#delay.askedEarly(peer, now)
    })
    this.#sooner = false
    const againAt = now + this.#delay.again(now)
    const asked = this.#byPeer(ids, againAt)
    for (const [peer, theirs] of asked) this.#ask(peer, theirs)
    const next = asked.size > 0 ? Math.min(nextAt, now + GRAFT_RETRY_MILLIS) : nextAt
    if (next < Number.POSITIVE_INFINITY) this.#wakeAt(Math.max(next, now + GRAFT_SPREAD_MILLIS))
  }

  #time({ at, isHearsay, peer }: Announcer): GraftTime {
    const { now } = this.#outbox
    if (this.#mending) return { at: at + GRAFT_SOON_MILLIS, isEarly: false }
    // Who passes on what names much that nobody has is to be asked for what it announces itself.
    if (isHearsay) return { at: at + this.#delay.first(now), isEarly: false }
    return this.#delay.time(peer, at, now)
  }

  /** What is due, by whom to ask for it, and then again at that time; what nobody is left to ask for is given up. */
  #byPeer(due: readonly MessageId[], againAt: Millis): Map<PeerKey, MessageId[]> {
    const asked = new Map<PeerKey, MessageId[]>()
    for (const id of due) {
      const peers = this.#nextAnnouncers(id, againAt)
      if (peers.length === 0) this.#missing.take(id)
      for (const peer of peers) {
        const theirs = asked.get(peer) ?? []
        asked.set(peer, theirs)
        theirs.push(id)
      }
    }
    return asked
  }

  /** An eager announcer first: one graft has mended the tree for all messages that were under way. */
  #nextAnnouncers(id: MessageId, againAt: Millis): PeerKey[] {
    const choice = {
      mayAsk: (peer: PeerKey) => this.#tree.has(peer),
      prefers: (peer: PeerKey) => this.#tree.eager.has(peer)
    }
    return this.#missing.ask(id, choice, this.#outbox.now, againAt)
  }

  #ask(peer: PeerKey, ids: readonly MessageId[]): void {
    for (let at = 0; at < ids.length; at += IHAVE_MAX) {
      this.#outbox.send(peer, { type: 'graft', ids: ids.slice(at, at + IHAVE_MAX) })
    }
    if (this.#mending) this.#tree.makeEager(peer)
    // Whether the link is to stay is seen when the message comes.
    else if (this.#tree.lazy.has(peer)) this.#outbox.send(peer, { type: 'prune' })
    this.#mending = false
  }

  /** One timer for all that is waited for, and a new one only if it has to fire notably earlier. */
  #wakeAt(at: Millis): void {
    if (at + GRAFT_SPREAD_MILLIS > this.#alarmAt) return
    this.#alarmAt = at
    this.#outbox.timer(at, { name: 'graft' })
  }
}
