import b4a from 'b4a'
import type { MessageId, PeerKey } from '../../../base/ids.js'
import { jitter, pick } from '../../../base/pick.js'
import type { Random } from '../../../base/random.js'
import type { Millis } from '../../../base/time.js'
import { MAX_WANT_IDS } from '../../config.js'
import type { SyncTimer } from '../../events.js'
import type { Link } from '../../links/link.js'
import type { OfferFrame, ReconcileFrame, WantFrame } from '../../wire/frames.js'
import { LASTING_FROM } from '../lasting.js'
import type { Timeline } from '../timeline.js'
import type { HistoryTuning } from '../tuning.js'
import { Asking } from './asking.js'
import { ObtainedHistory } from './obtained.js'
import { type ReconcileFault, Reconciler } from './reconcile.js'
import { ReconcileGate } from './reconcile-gate.js'
import { Serving, type ServingParts } from './serving.js'
import { newSession, type Session } from './session.js'
import { SoonPause } from './soon-pause.js'

/** What history needs of the room. */
export interface SyncParts extends ServingParts {
  readonly timeline: Timeline
  readonly random: Random
  readonly tuning: HistoryTuning
  /** What the peer has told us of its heads; undefined where it has not. */
  readonly headsOf: (link: Link) => TheirHeads | undefined
  /** Hears of each answer in an exchange that we opened. */
  readonly oncompared: (peer: PeerKey) => void
}

/** What a member says of its heads. */
export interface TheirHeads {
  /** Some of them, 8 at most. */
  readonly named: readonly MessageId[]
  /** The same as ours if all of them are ours as well. */
  readonly digest?: Uint8Array | undefined
}

/** Faults that an honest peer may show. */
const HONEST: ReadonlySet<ReconcileFault> = new Set(['unsupported-version', 'too-many-rounds'])

/** History: what a neighbour has and we lack, and the other way round. */
export class Sync {
  readonly #parts: SyncParts
  readonly #asking: Asking
  readonly #gate = new ReconcileGate()
  readonly #serving: Serving
  // BOUNDED: MAX_LINKS.
  readonly #sessions = new Map<PeerKey, Session>()
  readonly #obtained = new ObtainedHistory()
  readonly #soonPause: SoonPause

  constructor(parts: SyncParts) {
    this.#parts = parts
    this.#asking = new Asking(parts)
    this.#serving = new Serving(parts)
    this.#soonPause = new SoonPause(parts.tuning)
  }

  /** How many links have an exchange. */
  get size(): number {
    return this.#sessions.size
  }

  start(): void {
    this.#schedule()
  }

  /** The side that dialled opens the first exchange. Who is new here is told everything, others hear by broadcast what is under way. */
  linkUp(link: Link): void {
    this.#asking.linkUp(link)
    const isNew = this.#sessions.size === 0 || this.#parts.headsOf(link) === undefined
    this.#sessions.set(link.peer, newSession(this.#parts.tuning))
    if (link.initiator) this.#open(link, isNew ? undefined : this.#underWaySince)
  }

  linkDown(peer: PeerKey): void {
    this.#asking.linkDown(peer)
    this.#sessions.delete(peer)
  }

  /** Asks a peer for messages, except those that somebody was asked for in the last 5 s. */
  ask(link: Link, ids: readonly MessageId[]): void {
    this.#asking.ask(link, ids)
  }

  /** The peer sends a message of history: true if it was asked for it. */
  came(link: Link, id: MessageId): boolean {
    return this.#asking.came(link, id)
  }

  /** Asks the peer for what waits, if most of what it was asked for has come. */
  askOn(link: Link): void {
    this.#asking.askOn(link)
    this.#goOn(link)
  }

  /** A message that came with history is kept: other neighbours may lack it. `isUntold`: it is under way, and nobody was told. */
  obtained(link: Link, id: MessageId, isUntold = false): void {
    const { peer: from } = link
    this.#asking.kept(link, id)
    this.#sessions.get(from)?.pause.brought()
    if (!this.#obtained.note(from, isUntold)) return
    const after = jitter(this.#soonPause.next(this.#parts.turn.now), this.#parts.random)
    this.#parts.turn.timer(after, { name: 'reconcile-soon' })
  }

  /** The peer asks for messages. */
  wanted(link: Link, { ids }: WantFrame): void {
    const session = this.#sessions.get(link.peer)
    if (session === undefined) return
    session.queue.want(ids)
    session.pause.brought()
    this.#serving.drain(link, session.queue)
  }

  /** The peer has messages that we seem to lack. */
  offered(link: Link, { ids }: OfferFrame): void {
    this.#asking.ask(link, ids)
  }

  /** The peer has answered a ping. */
  pong(link: Link): void {
    const session = this.#sessions.get(link.peer)
    session?.queue.pong()
    if (session !== undefined) this.#serving.drain(link, session.queue)
  }

  reconcile(link: Link, frame: ReconcileFrame): void {
    const session = this.#sessions.get(link.peer)
    if (session === undefined || (frame.step === 'answer' && !session.asking)) return
    if (!this.#gate.admits(link, frame.step, this.#parts.turn.now)) {
      this.#parts.links.tolerate(link)
      return
    }
    if (frame.step === 'answer') this.#answered(link, session, frame)
    else this.#answer(link, session, frame)
  }

  /** One of our timers is over. */
  timer(timer: SyncTimer): void {
    if (timer.name === 'reconcile') this.#periodic()
    if (timer.name === 'reconcile-soon') this.#obtainedSome()
    if (timer.name === 'serve' && this.#serving.resumed(timer.at)) this.sendOn()
  }

  /** Every 10 s or so: one neighbour whose heads are not ours, or anyone where we know of something missing. */
  #periodic(): void {
    const { random, timeline, turn } = this.#parts
    timeline.expire(turn.wall)
    for (const link of this.#parts.links.up()) this.askOn(link)
    const hasHoles = timeline.hasHoles(turn.now)
    const heads = timeline.headsDigest(turn.wall)
    const due = this.#idle().filter(each =>
      this.#isDue(each, hasHoles || this.#differs(each, heads))
    )
    const link = pick(due, random)
    // What was said just now is still under way to one of the two, and broadcast sees to it.
    const since = timeline.underWay.announcedSince(turn.wall, turn.now)
    if (link !== undefined) this.#open(link, since)
    this.#schedule()
  }

  /** After history arrived: every neighbour that not all of it came from. */
  #obtainedSome(): void {
    const obtained = this.#obtained.take()
    if (obtained === undefined) return
    const others = this.#idle().filter(link => link.peer !== obtained.source)
    const until = obtained.isUntold ? undefined : this.#underWaySince
    for (const link of others) this.#open(link, until)
  }

  #schedule(): void {
    const { random, tuning, turn } = this.#parts
    const after = jitter(tuning.reconcileIntervalMillis, random)
    turn.timer(after, { name: 'reconcile' })
  }

  /** Members' links on which we have no exchange open, or one that came to nothing. */
  #idle(): Link[] {
    const { links, turn } = this.#parts
    return links.up().filter(({ peer }) => {
      const session = this.#sessions.get(peer)
      if (session === undefined) return false
      return (
        !session.asking || turn.now - session.askedAt >= this.#parts.tuning.reconcileIntervalMillis
      )
    })
  }

  #isDue(link: Link, differs: boolean): boolean {
    const session = this.#sessions.get(link.peer)
    if (session === undefined || !differs) return false
    const unknown = this.#unknownHead(link)
    const pressing = unknown !== undefined && unknown !== session.unknownHead
    return session.pause.isDue(pressing, this.#parts.turn.now)
  }

  #differs(link: Link, ours: Uint8Array): boolean {
    const theirs = this.#parts.headsOf(link)
    if (theirs === undefined) return true
    const { digest } = theirs
    return digest === undefined ? this.#unknownHead(link) !== undefined : !b4a.equals(digest, ours)
  }

  #unknownHead(link: Link): MessageId | undefined {
    const { headsOf, timeline } = this.#parts
    return headsOf(link)?.named.find(id => !timeline.knows(id))
  }

  get #underWaySince(): Millis {
    const { timeline, turn } = this.#parts
    return timeline.underWay.since(turn.wall, turn.now)
  }

  #open(link: Link, until?: Millis): void {
    const session = this.#sessions.get(link.peer)
    if (session === undefined) return
    const { links, timeline, turn } = this.#parts
    const since = timeline.since(turn.wall)
    const span = { since, until, resume: LASTING_FROM }
    session.asking = new Reconciler(timeline.items, { initiator: true, ...span })
    session.askedAt = turn.now
    session.held = undefined
    session.unknownHead = this.#unknownHead(link)
    session.pause.opened(turn.now)
    links.send(link, { type: 'reconcile', step: 'open', payload: session.asking.open() })
  }

  #answered(link: Link, session: Session, { payload }: ReconcileFrame): void {
    const answer = session.asking?.answer(payload)
    if (answer === undefined) return
    this.#gate.charge(link, answer.work, this.#parts.turn.now)
    if (!answer.ok) {
      session.asking = undefined
      this.#blame(link, answer.reason)
      return
    }
    this.#parts.oncompared(link.peer)
    const { have, need, reply } = answer
    session.held = reply
    if (reply === undefined) this.#ended(session)
    this.ask(link, need)
    this.#goOn(link)
    this.#offer(link, session.queue.offer(have))
  }

  // What is found while too much waits to be asked for would be found in vain.
  #goOn(link: Link): void {
    const session = this.#sessions.get(link.peer)
    if (session === undefined || this.#asking.isFull(link)) return
    if (session.asking === undefined && this.#asking.takeShortage(link)) this.#open(link)
    const { held: payload } = session
    if (payload === undefined) return
    session.held = undefined
    session.askedAt = this.#parts.turn.now
    this.#parts.links.send(link, { type: 'reconcile', step: 'ask', payload })
  }

  #ended(session: Session): void {
    session.asking = undefined
    session.pause.ended()
  }

  #offer(link: Link, ids: readonly MessageId[]): void {
    for (let at = 0; at < ids.length; at += MAX_WANT_IDS) {
      const frame: OfferFrame = { type: 'offer', ids: ids.slice(at, at + MAX_WANT_IDS) }
      this.#parts.links.send(link, frame)
    }
  }

  #answer(link: Link, session: Session, { payload, step }: ReconcileFrame): void {
    const { links, timeline, turn } = this.#parts
    if (step === 'open' || session.answering === undefined) {
      const since = timeline.since(turn.wall)
      session.answering = new Reconciler(timeline.items, { initiator: false, since })
    }
    const answer = session.answering.answer(payload)
    this.#gate.charge(link, answer.work, turn.now)
    if (!answer.ok) {
      this.#blame(link, answer.reason)
      return
    }
    if (answer.reply === undefined) return
    links.send(link, { type: 'reconcile', step: 'answer', payload: answer.reply })
  }

  #blame(link: Link, fault: ReconcileFault): void {
    if (!HONEST.has(fault)) this.#parts.links.close(link, 'protocol-error')
  }

  /** Sends what peers have asked for and there was no time for. */
  sendOn(): void {
    const links = this.#parts.links.up()
    this.#serving.drainAll(links, ({ peer }) => this.#sessions.get(peer)?.queue)
  }
}
