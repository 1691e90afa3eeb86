import type { IdentityKey, MessageId } from '../../base/ids.js'
import type { Millis } from '../../base/time.js'
import { MAX_CLOCK_AHEAD_MILLIS, MAX_DELETED_MESSAGES } from '../config.js'
import type { ChatMessage, Inviting, Saying } from '../events.js'
import type { Author } from '../history/author.js'
import type { MessageNode, ShelvedMessage } from '../history/shelf.js'
import type { Timeline } from '../history/timeline.js'
import type { Verifier } from '../history/verifier.js'
import type { Roster } from '../presence/roster.js'
import type { Turn } from '../turn.js'
import { traitsOf } from '../wire/kinds.js'
import type { KnownMessage, VerifiedMessage } from '../wire/message.js'
import { bodyAnew } from './anew.js'
import { changeEvent } from './change-event.js'
import { chatMessageFrom, chatMessageOf } from './chat-message.js'

import type { Directs } from './directs.js'
import { aboutOf, draftOf, objection, type SaidToAll } from './draft.js'
import { type Change, Fold, type FoldedLine } from './fold.js'
import { LineSearch } from './line-search.js'
import { ownAhead } from './own-ahead.js'
import { ReceiptTeller } from './receipt-teller.js'
import { Receipts } from './receipts.js'
import type { RoomFacts } from './room-facts.js'
import { isLineKind, isMarkKind, isReadAtOnce, isUnreadLine } from './said.js'
import type { LineQuery } from './search.js'
import { TakenBack } from './taken-back.js'
import { MAX_TOLD_MESSAGES } from './tuning.js'

/** What chatting needs of the room. */
export interface ChatParts {
  readonly turn: Turn
  readonly author: Author
  readonly timeline: Timeline
  readonly verifier: Verifier
  readonly roster: Roster
  readonly directs: Directs
  readonly publish: (message: VerifiedMessage) => void
}

/** Lines of chat: said, shown, and who has ours. */
export class Chat {
  readonly #parts: ChatParts
  readonly #receipts = new Receipts()
  /** Who has ours, for whoever is told. */
  readonly receipts: ReceiptTeller
  // BOUNDED: by the timeline, of whose messages it is the view.
  readonly #fold: Fold
  readonly lines: LineSearch
  readonly takenBack: TakenBack
  #startedAt: Millis = Number.NEGATIVE_INFINITY
  // BOUNDED: by the timeline, which has the same messages; empty once the room has started.
  #untold: MessageId[] = []
  /** What a message of ours was called that is being said anew. */
  #former: MessageId | undefined

  constructor(parts: ChatParts) {
    this.#parts = parts
    this.receipts = new ReceiptTeller(parts.turn)
    const { timeline } = parts
    const authorOf = (id: MessageId) => timeline.node(id)?.author
    const isUnread = (id: MessageId) => isUnreadLine(timeline.node(id), this.#fold)
    this.#fold = new Fold(id => timeline.get(id), undefined, authorOf, isUnread)
    this.takenBack = new TakenBack({ ...parts, fold: this.#fold })
    const all = () => timeline.idsBetween(0, Number.POSITIVE_INFINITY)
    this.lines = new LineSearch(this.#fold, all)
  }

  /** What was said before now is history; the newest of what was restored, and not told yet, is told as it reads now. */
  start(): void {
    const { turn } = this.#parts
    const untold = this.#untold.slice(-MAX_TOLD_MESSAGES)
    this.#untold = []
    for (const id of untold) this.#tellKept(id)
    const [subject, card] = [this.#fold.facts.subject(), this.#fold.facts.card()]
    if (untold.length > 0 && subject) turn.emit({ type: 'subject', history: true, ...subject })
    if (untold.length > 0 && card) turn.emit({ type: 'card', history: true, ...card })
    this.#startedAt = turn.wall
  }

  /** A line as it reads now; undefined if it is not here, was taken back, or is none. */
  line(id: MessageId): FoldedLine | undefined {
    return this.#fold.line(id)
  }

  /** What the room is about now, and what it is. */
  get facts(): RoomFacts {
    return this.#fold.facts
  }

  /** A line as people see it now. */
  lineShown(id: MessageId): ChatMessage | undefined {
    const line = this.#fold.line(id)
    return line && chatMessageFrom(line, line.clock < this.#startedAt)
  }

  /** The newest lines that fit, the newest first. */
  search(query: LineQuery, limit: number): ChatMessage[] {
    const lines = this.lines.find(query, limit)
    return lines.map(line => chatMessageFrom(line, line.clock < this.#startedAt))
  }

  /** Says something. What is about a line that is not here, or about somebody else's and must be about ours, is not said. */
  say(nick: string, saying: Saying | Inviting): void {
    if ('text' in saying && this.#objects(saying.text)) return
    if (saying.type === 'direct') this.#sayTo(saying.to, nick, saying.text)
    else this.#sayAll(nick, saying)
  }

  #sayAll(nick: string, saying: SaidToAll): void {
    const about = aboutOf(saying)
    const line = about && this.#fold.line(about)
    if (about !== undefined && line === undefined) return
    const isOwn = line?.author === this.#parts.author.key
    if ((saying.type === 'edit' || saying.type === 'delete') && !isOwn) return
    const { body, kind } = draftOf(nick, saying, id => this.#allOf(id))
    this.#publish(kind, body)
  }

  // What a line once read is taken back with it.
  #allOf(id: MessageId): MessageId[] {
    const edits = this.#fold.editsOf(id, this.#parts.author.key)
    return [id, ...edits.slice(-(MAX_DELETED_MESSAGES - 1))]
  }

  #objects(text: string): boolean {
    const why = objection(text)
    if (why !== undefined) this.#parts.turn.emit({ type: 'unsent', text, why })
    return why !== undefined
  }

  #publish(kind: number, body: Uint8Array): VerifiedMessage {
    const { author, publish, turn } = this.#parts
    const message = author.write(kind, body, turn.wall)
    this.#receipts.track(message)
    publish(message)
    return message
  }

  #sayTo(to: IdentityKey, nick: string, text: string): void {
    const { directs, publish } = this.#parts
    const message = directs.write(to, nick, text)
    if (message === undefined) return
    this.#receipts.track(message)
    publish(message)
  }

  /** Takes a message that we had in this room before: it may still be received. */
  restore(message: KnownMessage, isUntold: boolean): void {
    this.#parts.directs.restore(message)
    this.#fold.add(message)
    this.takenBack.take(message)
    this.#noteRestored(message, isUntold)
  }

  /** The same for one that the store has, whose author was met: a line is not read before somebody wants to see it. */
  restoreShelved(message: ShelvedMessage, isUntold: boolean): void {
    const { author, timeline } = this.#parts
    const whole = isReadAtOnce(message, author.key) ? timeline.get(message.id) : undefined
    if (whole !== undefined) {
      this.restore(whole, isUntold)
      return
    }
    if (this.takenBack.has(message)) this.takenBack.dropBody(message.id)
    this.#noteRestored(message, isUntold)
  }

  #noteRestored(message: MessageNode, isUntold: boolean): void {
    if (isUntold) this.#untold.push(message.id)
    this.#noteOwn(message)
    if (message.author === this.#parts.author.key) this.#receipts.track(message)
    else this.#receipts.note(message)
  }

  /**
   * Our clock was set back: what we said by the former one, dated so that everybody refuses it, is
   * signed anew with the right date and said once more. Gives how many.
   */
  redate(): number {
    const { author, timeline, turn } = this.#parts
    const isTaken = (id: MessageId) => this.#receipts.isTaken(id)
    const ahead = ownAhead(timeline, author.key, turn.wall, isTaken)
    for (const message of ahead) timeline.drop(message)
    // BOUNDED: those messages.
    const renamed = new Map<MessageId, MessageId>()
    for (const { body, id, kind } of ahead) {
      if (body === undefined) continue
      this.#former = id
      renamed.set(id, this.#publish(kind, bodyAnew(kind, body, renamed)).id)
      this.#former = undefined
    }
    return ahead.length
  }

  /**
   * Takes a message that is new here, and kept or not: tells of it, where people see it, and of what its author is now
   * known to have. `missing`: those of its parents that are not here. `bearer`: whose link it came over, if any.
   */
  hear(
    message: KnownMessage,
    kept: boolean,
    missing: readonly MessageId[],
    bearer?: IdentityKey
  ): void {
    this.#noteOwn(message)
    const history = message.clock < this.#startedAt
    this.#parts.directs.meet(message)
    const isTold = kept || !this.#isOld(message)
    if (isTold && this.#former === undefined) this.#parts.directs.hear(message, history, bearer)
    if (kept) {
      for (const change of this.#fold.add(message)) this.#tell(change, message, missing)
      this.takenBack.take(message)
    } else if (isTold) this.#showLine(chatMessageOf(message, history), missing)
    const cover = kept ? this.#receipts.note(message) : undefined
    this.#seen(message, cover)
  }

  // What was just said is told though there is no room for it. Of what is older nobody knows any more whether it was taken back.
  #isOld({ clock }: KnownMessage): boolean {
    return clock < this.#parts.turn.wall - MAX_CLOCK_AHEAD_MILLIS
  }

  /** A message is not kept any more. */
  forget(message: MessageNode): void {
    this.#receipts.forget(message)
    this.#foldAway(message)
    this.lines.forget(message.id)
  }

  #foldAway({ id, kind }: MessageNode): void {
    if (isLineKind(kind)) this.#fold.removeLine(id)
    const mark = isMarkKind(kind) ? this.#parts.timeline.get(id) : undefined
    if (mark !== undefined) this.#fold.remove(mark)
  }

  // Our next message vouches for it.
  #noteOwn(message: MessageNode): void {
    if (message.isVerified) this.#parts.author.note(message)
  }

  /** True for a message that people see as a line. */
  shows(message: KnownMessage): boolean {
    return chatMessageOf(message, false) !== undefined
  }

  #tellKept(id: MessageId): void {
    const { directs, timeline } = this.#parts
    const message = timeline.get(id)
    if (message !== undefined) directs.hear(message, true)
    const line = this.#fold.line(id)
    if (line === undefined) return
    this.#showLine(chatMessageFrom(line, true), [])
    for (const reaction of this.#fold.reactions(id)) {
      this.#parts.turn.emit(changeEvent({ type: 'reaction', about: id, reaction }, reaction, true))
    }
  }

  #tell(change: Change, message: KnownMessage, missing: readonly MessageId[]): void {
    this.lines.take(change)
    const history = message.clock < this.#startedAt
    if (change.type === 'line') this.#showLine(chatMessageFrom(change.line, history), missing)
    else this.#parts.turn.emit(changeEvent(change, message, history))
  }

  #showLine(line: ChatMessage | undefined, missing: readonly MessageId[]): void {
    if (line === undefined) return
    const shown = missing.length === 0 ? line : { ...line, missing }
    const { turn } = this.#parts
    if (this.#former === undefined) turn.emit({ type: 'message', message: shown })
    else turn.emit({ type: 'redated', previous: this.#former, message: shown })
  }

  // Nobody was told of the others.
  #isShown(id: MessageId): boolean {
    const node = this.#parts.timeline.node(id)
    return node === undefined || traitsOf(node.kind).shown
  }

  #seen({ author: member, parents }: KnownMessage, cover: number | undefined): void {
    const { author, roster } = this.#parts
    if (member === author.key) return
    const receipts = this.#receipts
      .seen(member, parents, cover)
      .filter(({ id }) => this.#isShown(id))
    if (receipts.length > 0) this.receipts.note(receipts, roster.countOthers(member))
  }
}
