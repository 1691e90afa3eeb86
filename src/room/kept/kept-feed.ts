import { sleep } from '../../async/sleep.js'
import { codeOf } from '../../base/errors.js'
import type { Millis } from '../../base/time.js'
import type { RoomUpdate } from '../events.js'
import { keptLog } from './kept-log.js'
import type { LogPlace } from './room-log.js'

/** Hears everything. `cursor`: where to go on after this; undefined where nothing can be gone on with. */
export type Tell = (update: RoomUpdate, cursor?: string) => void

/** What could not be read is tried again after this. Guess: a disk that wakes up. */
const AGAIN_MILLIS: Millis = 1_000

/** Tells of what is kept of a room, whoever keeps it: this program, another one, or first one and then the other. */
export class KeptFeed {
  readonly #place: LogPlace
  readonly #tell: Tell
  readonly #ending = new AbortController()
  #since: string | undefined

  constructor(place: LogPlace, tell: Tell) {
    this.#place = place
    this.#tell = tell
  }

  /** Tells of all that came after a cursor, and goes on with what comes. Throws what `keptLog` does. */
  async begin(since: string): Promise<void> {
    this.#since = since
    await this.#read(false)
    void this.#follow()
  }

  end(): void {
    this.#ending.abort()
  }

  async #read(follow: boolean): Promise<void> {
    const { home, identity, keys } = this.#place
    const { signal } = this.#ending
    const options = { home, identity, since: this.#since, follow, signal }
    for await (const { cursor, event } of keptLog(keys, options)) {
      if (signal.aborted) return
      this.#since = cursor
      this.#tell(event, cursor)
    }
  }

  async #follow(): Promise<void> {
    const { signal } = this.#ending
    while (!signal.aborted) {
      try {
        await this.#read(true)
      } catch (thrown) {
        // A history that was deleted begins anew.
        if (codeOf(thrown) === 'CURSOR_UNKNOWN') this.#since = undefined
        await sleep(AGAIN_MILLIS, signal)
      }
    }
  }
}
