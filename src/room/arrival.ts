import type { PeerKey } from '../base/ids.js'
import type { Millis } from '../base/time.js'
import type { RoomUpdate } from './events.js'
import type { Room } from './room.js'

/** Who is told within this time after we came was there before us. Guess: presences are handed on with every new link. */
export const SETTLE_MILLIS: Millis = 2_000
/** A first census takes so long at least. Guess: a handshake and a presence, from everybody who is near. */
export const CENSUS_MILLIS: Millis = 500

/** What is asked of a room: `Room` is one. */
export type ArrivalRoom = Pick<Room, 'identity' | 'members' | 'ready' | 'on' | 'off'>

/** Tells those who were in a room before us from those who come after us. */
export class Arrival {
  /**
   * Resolves true when it is known who was here: half a second after we came, and up to two while nobody is but somebody
   * was found. False where we left before.
   */
  readonly known: Promise<boolean>
  readonly #room: ArrivalRoom
  // BOUNDED: what is found until we settle, which the room bounds.
  readonly #pending = new Set<PeerKey>()
  readonly #onUpdate = (update: RoomUpdate) => this.#take(update)
  #settledAt: Millis = Number.POSITIVE_INFINITY
  #changed = () => {}

  /** To be made in the turn in which the room was opened. */
  constructor(room: ArrivalRoom) {
    this.#room = room
    room.on('update', this.#onUpdate)
    this.known = this.#census().finally(() => room.off('update', this.#onUpdate))
  }

  /** True while those who are told of were here before us. */
  get isSettling(): boolean {
    return performance.now() < this.#settledAt
  }

  async #census(): Promise<boolean> {
    if (!(await this.#room.ready)) return false
    this.#settledAt = performance.now() + SETTLE_MILLIS
    await sleep(CENSUS_MILLIS)
    while (this.#isAlone() && this.#pending.size > 0 && this.isSettling) await this.#nextChange()
    return true
  }

  #take(update: RoomUpdate): void {
    if (update.type === 'unreachable') this.#pending.delete(update.device)
    if (update.type === 'peer' && update.state === 'present') this.#pending.delete(update.device)
    if (update.type === 'peer' && update.state !== 'present') this.#pending.add(update.device)
    this.#changed()
  }

  #isAlone(): boolean {
    return this.#room.members().every(({ identity }) => identity === this.#room.identity)
  }

  // Something happened, or the time is up.
  async #nextChange(): Promise<void> {
    const changed = new Promise<void>(resolve => {
      this.#changed = resolve
    })
    await Promise.race([changed, sleep(Math.max(0, this.#settledAt - performance.now()))])
  }
}

function sleep(millis: Millis): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, millis))
}
