import type { MessageId, PeerKey } from '../../base/ids.js'
import { Recent } from '../../base/recent.js'
import type { Millis } from '../../base/time.js'
import { IHAVE_MAX, PATIENT_FLUSH_MILLIS } from '../config.js'
import type { HaveEntry } from '../wire/frames.js'
import { isEphemeral } from '../wire/kinds.js'
import type { KnownMessage } from '../wire/message.js'
import type { Outbox } from './outbox.js'
import {
  MESH_CHECK_MILLIS,
  MESH_CHECK_SPREAD_MILLIS,
  MESH_CHECKED_MAX,
  MESH_ROUND_MILLIS
} from './tuning.js'

/** Neighbours that can be told apart in the bits of a number. */
const BITS = 30

/** A message of which it is not sure yet who has it. */
export interface Checked {
  readonly id: MessageId
  /** When those are told whom we go first with, and when the others are. */
  readonly firstAt: Millis
  readonly secondAt: Millis
  /** True for what we have sent to everybody ourselves: nobody is told of it. */
  readonly isOurs: boolean
  /** A bit for each neighbour that is known to have it. */
  shown: number
  // BOUNDED: MAX_PARENTS; those that are checked as well.
  parents: readonly Checked[]
}

/**
 * Messages whose authors say that they have sent them to everybody. That is a claim: who has not shown in time that it has
 * such a message is told of it. It shows that by announcing it, by pushing it, and by signing a message that
 * comes after it. Of two neighbours one goes first, as on the links that are not of the tree.
 */
export class MeshCheck {
  readonly #outbox: Outbox
  readonly #self: PeerKey | undefined
  // BOUNDED: MESH_CHECKED_MAX; beyond, no more is taken on its author's word. In the order in which they came.
  readonly #checked = new Map<MessageId, Checked>()
  // BOUNDED: MESH_CHECKED_MAX, the oldest goes first. Of what is of the moment the newest, by kind, author and who sent it.
  readonly #newest = new Recent<string, MessageId>(MESH_CHECKED_MAX)
  // BOUNDED: one for each neighbour.
  readonly #bits = new Map<PeerKey, number>()
  /** When the timer that counts fires. */
  #alarmAt: Millis = Number.POSITIVE_INFINITY

  constructor(outbox: Outbox, self: PeerKey | undefined) {
    this.#outbox = outbox
    this.#self = self
  }

  /** Messages that are checked. */
  get size(): number {
    return this.#checked.size
  }

  /** True if one more can be checked. */
  get hasRoom(): boolean {
    return this.#checked.size < MESH_CHECKED_MAX && this.#bits.size <= BITS
  }

  /** A neighbour came. It is told otherwise of what came before. */
  neighborUp(peer: PeerKey): void {
    const used = this.#all()
    // The lowest that is not used.
    const bit = ~used & (used + 1)
    this.#bits.set(peer, bit)
    for (const checked of this.#checked.values()) checked.shown |= bit
  }

  /** A neighbour went. */
  neighborDown(peer: PeerKey): void {
    this.#bits.delete(peer)
  }

  /** A message came from this neighbour, and is not passed on. `parents`: those that it names, and that are checked as well. */
  begin({ author, id, kind }: KnownMessage, from: PeerKey, parents: readonly Checked[] = []): void {
    const { now } = this.#outbox
    const shown = this.#bitOf(from)
    if (isEphemeral(kind)) {
      const firstAt = nextRound(now)
      this.#replace(`${kind} ${author} ${from}`, id, firstAt)
      const secondAt = firstAt + PATIENT_FLUSH_MILLIS
      this.#add({ id, firstAt, secondAt, isOurs: false, shown, parents: [] })
      return
    }
    const firstAt = now + MESH_CHECK_MILLIS
    const secondAt = firstAt + MESH_CHECK_MILLIS
    this.#add({ id, firstAt, secondAt, isOurs: false, shown, parents })
  }

  /** We have sent this to everybody: whoever names it shows that it has what that names. */
  own({ id, kind, parents }: KnownMessage): void {
    if (isEphemeral(kind) || !this.hasRoom) return
    const endsAt = this.#outbox.now + 2 * MESH_CHECK_MILLIS
    const times = { firstAt: endsAt, secondAt: endsAt }
    this.#add({ id, ...times, isOurs: true, shown: 0, parents: this.#known(parents) })
  }

  #known(ids: readonly MessageId[]): Checked[] {
    const known: Checked[] = []
    for (const id of ids) {
      const checked = this.#checked.get(id)
      if (checked !== undefined) known.push(checked)
    }
    return known
  }

  #add(checked: Checked): void {
    this.#checked.set(checked.id, checked)
    this.#wakeAt(checked.firstAt)
  }

  // Nobody needs what is no longer true; but each round of checks has one of each author's.
  #replace(which: string, id: MessageId, firstAt: Millis): void {
    const former = this.#newest.get(which)
    const checked = former && this.#checked.get(former)
    if (checked?.firstAt === firstAt) this.#end(checked)
    this.#newest.set(which, id)
  }

  /** The neighbour has this message. */
  shown(peer: PeerKey, id: MessageId): void {
    const checked = this.#checked.get(id)
    if (checked !== undefined) checked.shown |= this.#bitOf(peer)
  }

  /** Those of the messages that this one names that are checked. `signer`: the neighbour that has signed it, if it has: so it has them. */
  named({ parents }: KnownMessage, signer: PeerKey | undefined): readonly Checked[] {
    if (this.#checked.size === 0) return []
    const known = this.#known(parents)
    const bit = signer === undefined ? 0 : this.#bitOf(signer)
    for (const checked of known) checked.shown |= bit
    return known
  }

  /** The timer fired that was to at that time: tells neighbours of what they have not shown. */
  check(at: Millis): void {
    if (at !== this.#alarmAt) return
    const now = Math.max(at, this.#outbox.now)
    this.#alarmAt = Number.POSITIVE_INFINITY
    this.#inherit()
    const lacking = new Map<PeerKey, HaveEntry[]>()
    let next = Number.POSITIVE_INFINITY
    for (const checked of this.#checked.values()) {
      this.#look(checked, now, lacking)
      if (this.#checked.has(checked.id)) next = Math.min(next, dueAt(checked, now))
    }
    for (const [peer, entries] of lacking) this.#announce(peer, entries)
    if (next < Number.POSITIVE_INFINITY)
      this.#wakeAt(Math.max(next, now + MESH_CHECK_SPREAD_MILLIS))
  }

  /** Who has a message has what came before it: parents come first, so one pass from the newest on is enough. */
  #inherit(): void {
    for (const { parents, shown } of [...this.#checked.values()].reverse()) {
      for (const parent of parents) parent.shown |= shown
    }
  }

  #look(checked: Checked, now: Millis, lacking: Map<PeerKey, HaveEntry[]>): void {
    const { firstAt, id, isOurs, secondAt } = checked
    if (now < firstAt) return
    const isLast = now >= secondAt
    for (const [peer, bit] of isOurs ? [] : this.#bits) {
      if ((checked.shown & bit) !== 0 || !(isLast || this.#goesFirst(peer))) continue
      checked.shown |= bit
      const entries = lacking.get(peer)
      if (entries === undefined) lacking.set(peer, [{ id, hops: 2 }])
      else entries.push({ id, hops: 2 })
    }
    if (isLast || (checked.shown & this.#all()) === this.#all()) this.#end(checked)
  }

  // What is over holds nothing of what came before it.
  #end(checked: Checked): void {
    checked.parents = []
    this.#checked.delete(checked.id)
  }

  #announce(peer: PeerKey, entries: readonly HaveEntry[]): void {
    for (let at = 0; at < entries.length; at += IHAVE_MAX) {
      this.#outbox.send(peer, { type: 'ihave', entries: entries.slice(at, at + IHAVE_MAX) })
    }
  }

  #goesFirst(peer: PeerKey): boolean {
    return this.#self === undefined || this.#self > peer
  }

  #bitOf(peer: PeerKey): number {
    return this.#bits.get(peer) ?? 0
  }

  #all(): number {
    let all = 0
    for (const bit of this.#bits.values()) all |= bit
    return all
  }

  #wakeAt(at: Millis): void {
    if (at >= this.#alarmAt) return
    this.#alarmAt = at
    this.#outbox.timer(at, { name: 'mesh-check', at })
  }
}

function dueAt({ firstAt, secondAt }: Checked, now: Millis): Millis {
  return now < firstAt ? firstAt : secondAt
}

/** They are checked together. Not before those who hear of them have had their time. */
function nextRound(now: Millis): Millis {
  return Math.ceil((now + MESH_CHECK_MILLIS) / MESH_ROUND_MILLIS) * MESH_ROUND_MILLIS
}
