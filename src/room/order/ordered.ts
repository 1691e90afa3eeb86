import type { RoomUpdate } from '../events.js'
import { AuthorOrder } from './author-order.js'
import { HeldChanges } from './held-changes.js'
import { HistoryOrder } from './history-order.js'
import type { Line } from './line.js'

/** Tells of what happens: a room is one. */
export interface Updates {
  on(event: 'update', listener: (update: RoomUpdate) => void): unknown
}

/**
 * Tells of everything that happens in a room, lines in the order in which a person reads them: history by time, and what
 * one author says in that author's order. Gives what shows at once whatever still waits.
 */
export function inOrder(room: Updates, show: (update: RoomUpdate) => void): () => void {
  const changes = new HeldChanges(show)
  const showLine = (message: Line) => changes.shown(message)
  const authors = new AuthorOrder(showLine)
  const history = new HistoryOrder(said => {
    if (said.type === 'direct') return show(said)
    if (!said.message.history) return authors.take(said.message)
    showLine(said.message)
    authors.arrived(said.message.id)
  })
  room.on('update', update => {
    if (update.type === 'message') changes.expect(update.message)
    if (update.type === 'message' || update.type === 'direct') history.take(update)
    else if (!changes.hold(update)) show(update)
  })
  return () => {
    history.end()
    authors.end()
  }
}
