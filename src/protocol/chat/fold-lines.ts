import type { MessageId } from '../../base/ids.js'
import { Fold, type FoldedLine } from './fold.js'
import { byPlace } from './newest.js'
import type { RoomFacts } from './room-facts.js'
import type { Readable } from './said.js'

/** The lines of these messages as they read now, in the room's order. BOUNDED: by the caller. */
export function foldLines(messages: Iterable<Readable>): FoldedLine[] {
  const { fold, kept } = foldAll(messages)
  const lines = [...kept.keys()].flatMap(id => fold.line(id) ?? [])
  return lines.sort(byPlace)
}

/** What these messages say of the room itself. BOUNDED: by the caller. */
export function foldFacts(messages: Iterable<Readable>): RoomFacts {
  return foldAll(messages).fold.facts
}

function foldAll(messages: Iterable<Readable>) {
  const kept = new Map<MessageId, Readable>()
  const fold = new Fold(id => kept.get(id))
  for (const message of messages) {
    kept.set(message.id, message)
    fold.add(message)
  }
  return { fold, kept }
}
