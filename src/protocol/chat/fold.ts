import type { IdentityKey, MessageId } from '../../base/ids.js'
import { Deletions } from './deletions.js'
import { byPlace, Newest, type Place, placeOf } from './newest.js'
import { type FactChange, type FactType, isFact, RoomFacts } from './room-facts.js'
import { type Readable, readSaid, type Said } from './said.js'
import { MAX_SIGNS_PER_AUTHOR } from './tuning.js'

/** A reaction, without what it is about. */
export interface Reaction extends Place {
  readonly author: IdentityKey
  readonly sign: string
  readonly removed: boolean
}

/** How a line reads now. */
export interface FoldedLine extends Place {
  readonly author: IdentityKey
  /** As the author was called then; empty: the short identity stands for it. */
  readonly nick: string
  readonly text: string
  /** The line that it answers. */
  readonly replyTo: MessageId | undefined
  /** The edit that gave it its text. */
  readonly edit: Place | undefined
}

/** What a message changed of what people see. `about`: the line. */
export type Change =
  | { readonly type: 'line'; readonly line: FoldedLine }
  | { readonly type: 'edit'; readonly line: FoldedLine }
  | { readonly type: 'delete'; readonly about: MessageId }
  | { readonly type: 'reaction'; readonly about: MessageId; readonly reaction: Reaction }
  | FactChange

type Line = Extract<Said, { type: 'line' }>
type Edit = Extract<Said, { type: 'edit' }>
/** What changes a line of which only the target is known. */
type Mark = Exclude<Said, { type: 'line' | 'deletion' | FactType }>

/** What was said about one message, which need not be here or be a line. */
interface About {
  /** By author: of whom it is the line is not known yet. */
  readonly edits: Map<IdentityKey, Newest<Place>>
  /** By author and sign. */
  readonly signs: Map<string, Newest<Reaction>>
}

const NOTHING: readonly Change[] = []

/**
 * What people see of a room's messages: lines as they read now, and the signs put to them. It follows from the messages
 * that are here, whatever the order in which they came; only an author's own edits and deletions count.
 *
 * It holds no texts: `read` gives a message that was added and not removed. Each message costs the same, however many
 * there are. BOUNDED: by the owner, who removes what it does not keep any more, and so shares its bound between authors.
 */
export class Fold {
  readonly #read: (id: MessageId) => Readable | undefined
  readonly #authorOf: (id: MessageId) => IdentityKey | undefined
  readonly #isUnread: (id: MessageId) => boolean
  readonly #deletions: Deletions
  readonly #lines = new Set<MessageId>()
  readonly #about = new Map<MessageId, About>()
  /** What the room is about, and what it is. */
  readonly facts: RoomFacts

  /**
   * `authorOf`: whose a message is. To be given if it costs less than to read it: others' messages are named by the dozen.
   * `isUnread`: of a message that was not added, that it is a line if it is anything, and is kept. Default: of none.
   */
  constructor(
    read: (id: MessageId) => Readable | undefined,
    deletions = new Deletions(),
    authorOf: (id: MessageId) => IdentityKey | undefined = id => read(id)?.author,
    isUnread: (id: MessageId) => boolean = () => false
  ) {
    this.#read = read
    this.#authorOf = authorOf
    this.#deletions = deletions
    this.#isUnread = isUnread
    this.facts = new RoomFacts(read)
  }

  /** True if its author has taken this message back: nothing of it is shown, and its body may be dropped. */
  isDeleted({ author, id }: Pick<Readable, 'author' | 'id'>): boolean {
    return this.#deletions.has(id, author)
  }

  /** A deletion by which a message was taken back. */
  deletionOf({ author, id }: Pick<Readable, 'author' | 'id'>): MessageId | undefined {
    return this.#deletions.of(id, author)
  }

  /** How a line reads now; undefined for what is no line, and for one that was taken back. */
  line(id: MessageId): FoldedLine | undefined {
    const message = this.#isLine(id) ? this.#read(id) : undefined
    const said = message && readSaid(message)
    return said?.type === 'line' && message ? this.#folded(message, said) : undefined
  }

  /** Ids of the author's own edits of a line, counting or not. */
  editsOf(id: MessageId, author: IdentityKey): readonly MessageId[] {
    return this.#about.get(id)?.edits.get(author)?.ids() ?? []
  }

  /** The signs put to a line and not taken away, the first first; of one author the newest 16. */
  reactions(id: MessageId): readonly Reaction[] {
    if (!this.#isLine(id)) return []
    const counts = new Map<IdentityKey, number>()
    const put = [...(this.#about.get(id)?.signs.values() ?? [])].flatMap(({ newest }) =>
      newest === undefined || newest.removed ? [] : newest
    )
    const newestFirst = put.sort((a, b) => byPlace(b, a))
    return newestFirst
      .filter(({ author }) => countUp(counts, author) <= MAX_SIGNS_PER_AUTHOR)
      .reverse()
  }

  /** Takes a message in; one that is here must not come again. What it changed, in order. */
  add(message: Readable): readonly Change[] {
    const said = readSaid(message)
    if (said?.type === 'deletion') return this.#delete(message, said.targets)
    if (said === undefined || this.isDeleted(message)) return NOTHING
    if (said.type === 'line') return this.#addLine(message, said)
    if (said.type === 'edit') return this.#addEdit(message, said)
    if (isFact(said)) return this.facts.add(message, said.type)
    return this.#addSign({ ...placeOf(message), author: message.author, ...said }, said.target)
  }

  /** A line is not kept any more. */
  removeLine(id: MessageId): void {
    this.#lines.delete(id)
  }

  /** A message is not kept any more, as it was added. */
  remove(message: Readable): void {
    const said = readSaid(message)
    if (said === undefined) return
    if (said.type === 'deletion') this.#deletions.remove(message, said.targets)
    else if (said.type === 'line') this.removeLine(message.id)
    else if (isFact(said)) this.facts.remove(message.id, said.type)
    else this.#removeAbout(message, said)
  }

  #addLine(message: Readable, said: Line): readonly Change[] {
    const { id } = message
    this.#lines.add(id)
    if (!this.#about.has(id)) return [{ type: 'line', line: this.#folded(message, said) }]
    const signs = this.reactions(id).map(
      reaction => ({ type: 'reaction', about: id, reaction }) as const
    )
    return [{ type: 'line', line: this.#folded(message, said) }, ...signs]
  }

  #addEdit(message: Readable, { target }: Edit): readonly Change[] {
    const { edits } = this.#aboutOf(target)
    const versions = edits.get(message.author) ?? new Newest()
    edits.set(message.author, versions)
    versions.add(placeOf(message))
    const counts = versions.newest?.id === message.id && this.#isLineOf(target, message.author)
    const line = counts ? this.line(target) : undefined
    return line === undefined ? NOTHING : [{ type: 'edit', line }]
  }

  #addSign(reaction: Reaction, target: MessageId): readonly Change[] {
    const { signs } = this.#aboutOf(target)
    const key = signKey(reaction)
    const versions = signs.get(key) ?? new Newest()
    signs.set(key, versions)
    const wasPut = isPut(versions.newest)
    versions.add(reaction)
    if (isPut(versions.newest) === wasPut || !this.#isLine(target)) return NOTHING
    return [{ type: 'reaction', about: target, reaction }]
  }

  // What was taken back before is not read again.
  #delete(message: Readable, targets: readonly MessageId[]): readonly Change[] {
    const { author } = message
    const fresh = targets.filter(id => !this.#deletions.has(id, author))
    const lines = new Set(fresh.filter(id => this.#isLine(id)))
    this.#deletions.add(message, targets)
    return fresh.flatMap(id => {
      const target = this.#authorOf(id) === author ? this.#read(id) : undefined
      return target === undefined ? NOTHING : this.#takeBack(target, lines.delete(id))
    })
  }

  #takeBack(target: Readable, isLine: boolean): readonly Change[] {
    const said = readSaid(target)
    if (said === undefined || said.type === 'deletion' || !this.isDeleted(target)) return NOTHING
    if (said.type === 'line') return this.#takeBackLine(target, isLine)
    if (isFact(said)) return this.facts.takeBack(target, said.type)
    const before = this.#standing(target, said)
    this.remove(target)
    const after = this.#standing(target, said)
    return before === after || !this.#isLine(said.target) ? NOTHING : this.#undone(target, said)
  }

  #takeBackLine({ id }: Readable, isLine: boolean): readonly Change[] {
    this.#lines.delete(id)
    return isLine ? [{ type: 'delete', about: id }] : NOTHING
  }

  /** What counts now of all that is like this: the newest edit, or whether the sign is put. */
  #standing({ author }: Readable, said: Mark): MessageId | boolean | undefined {
    const about = this.#about.get(said.target)
    if (said.type === 'edit') return about?.edits.get(author)?.newest?.id
    return isPut(about?.signs.get(signKey({ author, ...said }))?.newest)
  }

  /** An edit or a reaction was taken back, and did count. */
  #undone({ author, clock, id }: Readable, said: Mark): readonly Change[] {
    const { target } = said
    if (said.type === 'reaction') {
      const reaction = { id, clock, author, sign: said.sign, removed: !said.removed }
      return [{ type: 'reaction', about: target, reaction }]
    }
    const line = this.#isLineOf(target, author) ? this.line(target) : undefined
    return line === undefined ? NOTHING : [{ type: 'edit', line }]
  }

  #removeAbout({ author, id }: Readable, said: Mark): void {
    const about = this.#about.get(said.target)
    if (about === undefined) return
    if (said.type === 'edit') drop(about.edits, author, id)
    else drop(about.signs, signKey({ author, ...said }), id)
    if (about.edits.size + about.signs.size === 0) this.#about.delete(said.target)
  }

  #folded({ author, clock, id }: Readable, { nick, target, text }: Line): FoldedLine {
    const edit = this.#about.get(id)?.edits.get(author)?.newest
    if (edit === undefined) return { id, clock, author, nick, text, replyTo: target, edit }
    const message = this.#read(edit.id)
    const said = message && readSaid(message)
    const newest = said?.type === 'edit' ? { nick: said.nick, text: said.text } : { nick, text }
    return { id, clock, author, ...newest, replyTo: target, edit: said && edit }
  }

  #isLineOf(id: MessageId, author: IdentityKey): boolean {
    return this.#isLine(id) && this.#authorOf(id) === author
  }

  #isLine(id: MessageId): boolean {
    return this.#lines.has(id) || this.#isUnread(id)
  }

  #aboutOf(target: MessageId): About {
    const about = this.#about.get(target) ?? { edits: new Map(), signs: new Map() }
    this.#about.set(target, about)
    return about
  }
}

function isPut(reaction: Reaction | undefined): boolean {
  return reaction !== undefined && !reaction.removed
}

function signKey({ author, sign }: Pick<Reaction, 'author' | 'sign'>): string {
  return `${author} ${sign}`
}

function drop<K>(of: Map<K, Newest<Place>>, key: K, id: MessageId): void {
  const versions = of.get(key)
  versions?.delete(id)
  if (versions?.isEmpty) of.delete(key)
}

function countUp(counts: Map<IdentityKey, number>, author: IdentityKey): number {
  const count = (counts.get(author) ?? 0) + 1
  counts.set(author, count)
  return count
}
