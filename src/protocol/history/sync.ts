import type { MessageId, PeerKey } from '../../base/ids.js'
import { jitter, pick } from '../../base/pick.js'
import type { Random } from '../../base/random.js'
import { Recent } from '../../base/recent.js'
import type { Millis } from '../../base/time.js'
import {
  ANNOUNCE_WINDOW_MILLIS,
  MAX_WANT_IDS,
  MAX_WANTED_IDS,
  RECONCILE_INTERVAL_MILLIS,
  RECONCILE_SOON_MILLIS,
  WANT_RETRY_MILLIS
} from '../config.js'
import type { Link } from '../links/link.js'
import type { Links } from '../links/links.js'
import type { Turn } from '../turn.js'
import type { ReconcileFrame, WantFrame } from '../wire/frames.js'
import type { VerifiedMessage } from '../wire/message.js'
import { HistoryQueue } from './history-queue.js'
import { type ReconcileFault, Reconciler } from './reconcile.js'
import type { Timeline } from './timeline.js'

/** What history needs of the room. */
export interface SyncParts {
  readonly turn: Turn
  readonly links: Links
  readonly timeline: Timeline
  readonly random: Random
  /** A message that we have, stored or recent. */
  readonly recall: (id: MessageId) => VerifiedMessage | undefined
  /** The heads that the peer has told us; undefined where it has not. */
  readonly headsOf: (link: Link) => readonly MessageId[] | undefined
}

/** The exchanges of one link: one that we opened, one that the other side did, and what we owe it. */
interface Session {
  asking: Reconciler | undefined
  askedAt: Millis
  answering: Reconciler | undefined
  readonly queue: HistoryQueue
}

/** Faults that an honest peer may show. */
const HONEST: ReadonlySet<ReconcileFault> = new Set(['unsupported-version', 'too-many-rounds'])

/** History: what a neighbour has and we lack, and the other way round. */
export class Sync {
  readonly #parts: SyncParts
  // BOUNDED: MAX_LINKS.
  readonly #sessions = new Map<PeerKey, Session>()
  // BOUNDED: MAX_WANTED_IDS: when each was asked for last.
  readonly #wanted = new Recent<MessageId, Millis>(MAX_WANTED_IDS)
  /** Who sent all of what is new, and so need not be told; of several, each may lack what came from the others. */
  #source: PeerKey | 'several' | undefined
  #soon = false

  constructor(parts: SyncParts) {
    this.#parts = parts
  }

  start(): void {
    this.#schedule()
  }

  /** The side that dialled opens the first exchange. */
  linkUp(link: Link): void {
    const queue = new HistoryQueue()
    const session = { asking: undefined, askedAt: 0, answering: undefined, queue }
    this.#sessions.set(link.peer, session)
    if (link.initiator) this.#open(link)
  }

  linkDown(peer: PeerKey): void {
    this.#sessions.delete(peer)
  }

  /** Asks a peer for messages, except those that were asked for in the last 5 s. */
  ask(link: Link, ids: readonly MessageId[]): void {
    const { timeline, turn } = this.#parts
    const due = ids.filter(id => !timeline.has(id) && this.#isDue(id))
    for (const id of due) this.#wanted.set(id, turn.now)
    for (let at = 0; at < due.length; at += MAX_WANT_IDS) {
      const frame: WantFrame = { type: 'want', ids: due.slice(at, at + MAX_WANT_IDS) }
      this.#parts.links.send(link, frame)
    }
  }

  /** A message came with history: it need not be asked for again, and other neighbours may lack it. */
  obtained(id: MessageId, from: PeerKey): void {
    this.#wanted.delete(id)
    this.#source = this.#source === undefined || this.#source === from ? from : 'several'
    if (this.#soon) return
    this.#soon = true
    const after = jitter(RECONCILE_SOON_MILLIS, this.#parts.random)
    this.#parts.turn.timer(after, { name: 'reconcile-soon' })
  }

  wanted(link: Link, { ids }: WantFrame): void {
    this.#sessions.get(link.peer)?.queue.want(ids)
    this.#drain(link)
  }

  /** The peer has read what it was sent. */
  pong(link: Link): void {
    this.#sessions.get(link.peer)?.queue.refresh()
    this.#drain(link)
  }

  reconcile(link: Link, frame: ReconcileFrame): void {
    const session = this.#sessions.get(link.peer)
    if (session === undefined || !link.reconcile.take(this.#parts.turn.now)) return
    if (frame.step === 'answer') this.#answered(link, session, frame)
    else this.#answer(link, session, frame)
  }

  /** Every 10 s or so: one neighbour whose heads are not ours, or anyone where we know of something missing. */
  periodic(): void {
    const { hasHoles } = this.#parts.timeline
    const others = this.#idle().filter(link => hasHoles || this.#differs(link))
    const link = pick(others, this.#parts.random)
    // What was said just now is still under way to one of the two, and broadcast sees to it.
    if (link !== undefined) this.#open(link, this.#parts.turn.wall - ANNOUNCE_WINDOW_MILLIS)
    this.#schedule()
  }

  /** After history arrived: every neighbour that not all of it came from. */
  soon(): void {
    this.#soon = false
    const others = this.#idle().filter(link => link.peer !== this.#source)
    this.#source = undefined
    for (const link of others) this.#open(link)
  }

  #isDue(id: MessageId): boolean {
    const at = this.#wanted.get(id)
    return at === undefined || this.#parts.turn.now - at >= WANT_RETRY_MILLIS
  }

  #schedule(): void {
    const after = jitter(RECONCILE_INTERVAL_MILLIS, this.#parts.random)
    this.#parts.turn.timer(after, { name: 'reconcile' })
  }

  /** Members' links on which we have no exchange open, or one that came to nothing. */
  #idle(): Link[] {
    const { links, turn } = this.#parts
    return links.up().filter(({ peer }) => {
      const session = this.#sessions.get(peer)
      if (session === undefined) return false
      return !session.asking || turn.now - session.askedAt >= RECONCILE_INTERVAL_MILLIS
    })
  }

  #differs(link: Link): boolean {
    const theirs = this.#parts.headsOf(link)
    if (theirs === undefined) return true
    const ours = this.#parts.timeline.heads()
    return theirs.length !== ours.length || !ours.every(id => theirs.includes(id))
  }

  #open(link: Link, until?: Millis): void {
    const session = this.#sessions.get(link.peer)
    if (session === undefined) return
    const { links, timeline, turn } = this.#parts
    const since = timeline.since(turn.wall)
    session.asking = new Reconciler(timeline.items, { initiator: true, since, until })
    session.askedAt = turn.now
    links.send(link, { type: 'reconcile', step: 'open', payload: session.asking.open() })
  }

  #answered(link: Link, session: Session, { payload }: ReconcileFrame): void {
    if (session.asking === undefined) return
    const answer = session.asking.answer(payload)
    if (!answer.ok) {
      session.asking = undefined
      this.#blame(link, answer.reason)
      return
    }
    const { have, need, reply } = answer
    if (reply === undefined) session.asking = undefined
    else this.#parts.links.send(link, { type: 'reconcile', step: 'ask', payload: reply })
    this.ask(link, need)
    session.queue.offer(have)
    this.#drain(link)
  }

  #answer(link: Link, session: Session, { payload, step }: ReconcileFrame): void {
    if (step === 'open' || session.answering === undefined) {
      session.answering = new Reconciler(this.#parts.timeline.items, { initiator: false })
    }
    const answer = session.answering.answer(payload)
    if (!answer.ok) {
      this.#blame(link, answer.reason)
      return
    }
    if (answer.reply === undefined) return
    this.#parts.links.send(link, { type: 'reconcile', step: 'answer', payload: answer.reply })
  }

  #blame(link: Link, fault: ReconcileFault): void {
    if (!HONEST.has(fault)) this.#parts.links.close(link, 'protocol-error')
  }

  #drain(link: Link): void {
    const next = this.#sessions.get(link.peer)?.queue.next(this.#parts.recall)
    if (next === undefined) return
    for (const { sealed } of next.batch) this.#parts.links.send(link, { type: 'stored', sealed })
    if (next.ping) this.#parts.links.send(link, { type: 'ping' })
  }
}
