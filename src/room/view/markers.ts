import type { Millis } from '../../base/time.js'
import type { ChatMessage } from '../../protocol/events.js'

/** What stands between lines: another day begins; what follows was said after we left. */
export type Marker =
  | { readonly type: 'day'; readonly time: Millis }
  | { readonly type: 'unseen'; readonly since: Millis }

/** Which markers come before which lines. */
export class Markers {
  readonly #seen: Millis | undefined
  #day: number
  #isTold = false

  /** `now`: when we came. `seen`: the time of the last line that was shown before; undefined if none was. */
  constructor(now: Millis, seen: Millis | undefined) {
    this.#day = dayOf(now)
    this.#seen = seen
  }

  /** Those that come before this line. */
  before({ history, time }: Pick<ChatMessage, 'history' | 'time'>, own: boolean): Marker[] {
    const markers: Marker[] = []
    if (this.#isUnseen(time, history && !own)) {
      this.#isTold = true
      markers.push({ type: 'unseen', since: this.#seen ?? time })
    }
    if (dayOf(time) === this.#day) return markers
    this.#day = dayOf(time)
    return [...markers, { type: 'day', time }]
  }

  #isUnseen(time: Millis, isOthersHistory: boolean): boolean {
    return !this.#isTold && isOthersHistory && this.#seen !== undefined && time > this.#seen
  }
}

/** Midnight of its day, in the local time zone. */
function dayOf(time: Millis): number {
  return new Date(time).setHours(0, 0, 0, 0)
}
