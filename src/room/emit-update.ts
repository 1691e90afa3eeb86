import type { EventEmitter } from 'node:events'
import { surface } from '../async/surface.js'
import type { RoomUpdate } from './events.js'

/**
 * Tells the listeners of an update: under its own name first, then as `update`. A listener that throws is its owner's bug: it
 * surfaces as one, and ends no link.
 */
export function emitUpdate(emitter: EventEmitter, update: RoomUpdate): void {
  try {
    emitter.emit(update.type, isLine(update) ? update.message : update)
    emitter.emit('update', update)
  } catch (thrown) {
    surface(thrown)
  }
}

function isLine(update: RoomUpdate): update is Extract<RoomUpdate, { type: 'message' | 'direct' }> {
  return update.type === 'message' || update.type === 'direct'
}
