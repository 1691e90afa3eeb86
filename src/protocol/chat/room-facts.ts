import { type MessageId, shortId } from '../../base/ids.js'
import type { RoomCard, RoomSubject } from '../said.js'
import { Newest, type Place } from './newest.js'
import { type Readable, readSaid } from './said.js'

/** What is said of the room itself: whoever says it, the last one counts. */
export type FactType = 'subject' | 'card'

/** What the room is about or what it is, now. Undefined: whoever put the last one has taken it back, and there was none before. */
export type FactChange =
  | { readonly type: 'subject'; readonly subject: RoomSubject | undefined }
  | { readonly type: 'card'; readonly card: RoomCard | undefined }

const NOTHING: readonly FactChange[] = []

/** What members have said of the room itself. `read` gives a message that was added and not removed. */
export class RoomFacts {
  readonly #read: (id: MessageId) => Readable | undefined
  readonly #said: Readonly<Record<FactType, Newest<Place>>> = {
    subject: new Newest(),
    card: new Newest()
  }

  constructor(read: (id: MessageId) => Readable | undefined) {
    this.#read = read
  }

  /** What the room is about; undefined if nobody said, or it was taken back. */
  subject(): RoomSubject | undefined {
    const found = this.#newest('subject')
    if (found?.said.type !== 'subject') return undefined
    return { ...found.by, subject: found.said.subject }
  }

  /** What the room is; likewise. */
  card(): RoomCard | undefined {
    const found = this.#newest('card')
    if (found?.said.type !== 'card') return undefined
    const { description, rules, title } = found.said
    return { ...found.by, title, description, rules }
  }

  /** Takes a message in that says so; what it changed. */
  add({ clock, id }: Readable, type: FactType): readonly FactChange[] {
    this.#said[type].add({ clock, id })
    return this.#said[type].newest?.id === id ? this.#now(type) : NOTHING
  }

  /** Its author has taken it back; what that changed. */
  takeBack({ id }: Readable, type: FactType): readonly FactChange[] {
    const counted = this.#said[type].newest?.id === id
    this.remove(id, type)
    return counted ? this.#now(type) : NOTHING
  }

  /** The message is not kept any more. */
  remove(id: MessageId, type: FactType): void {
    this.#said[type].delete(id)
  }

  #now(type: FactType): readonly FactChange[] {
    if (type === 'card') return [{ type, card: this.card() }]
    return [{ type, subject: this.subject() }]
  }

  #newest(type: FactType) {
    const { newest } = this.#said[type]
    const message = newest && this.#read(newest.id)
    const said = message && readSaid(message)
    if (said?.type !== 'subject' && said?.type !== 'card') return undefined
    const { author: from, clock: time, id } = message as Readable
    return { said, by: { id, from, nick: said.nick || shortId(from), time } }
  }
}

/** True for what is said of the room itself. */
export function isFact<S extends { readonly type: string }>(
  said: S
): said is Extract<S, { readonly type: FactType }> {
  return said.type === 'subject' || said.type === 'card'
}
