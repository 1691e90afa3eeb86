import type { RoomUpdate } from '../events.js'
import type { Line } from './line.js'

type Show = (update: RoomUpdate) => void

/** What is said about a line that waits to be shown waits with it, whatever order they came in. */
export class HeldChanges {
  readonly #show: Show
  // BOUNDED: by the lines that wait.
  readonly #held = new Map<string, RoomUpdate[]>()

  constructor(show: Show) {
    this.#show = show
  }

  /** A line will be shown, maybe at once. */
  expect({ id }: Line): void {
    this.#held.set(id, [])
  }

  /** True if it waits from now on. */
  hold(update: RoomUpdate): boolean {
    const held = isAbout(update) ? this.#held.get(update.id) : undefined
    held?.push(update)
    return held !== undefined
  }

  /** It is the line's turn, and that of what waited for it. */
  shown(message: Line): void {
    const held = this.#held.get(message.id) ?? []
    this.#held.delete(message.id)
    this.#show({ type: 'message', message })
    for (const update of held) this.#show(update)
  }
}

function isAbout(
  update: RoomUpdate
): update is Extract<RoomUpdate, { type: 'edit' | 'delete' | 'reaction' }> {
  return update.type === 'edit' || update.type === 'delete' || update.type === 'reaction'
}
