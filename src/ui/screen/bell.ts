import { TokenBucket } from '../../base/token-bucket.js'
import type { ViewItem } from '../../room/view/room-view.js'
import type { Bell } from '../habits.js'

/** Nobody can make a terminal ring all the time. Guess: a ring is noticed. */
const RING_RATE = { perSecond: 0.2, burst: 2 } as const
const RING = '\u0007'

/** Rings a terminal for what somebody wants to be called for; words for them alone are a mention. Never for history, for our own lines, or for who is ignored. */
export class BellRinger {
  readonly #write: (text: string) => void
  readonly #rings = new TokenBucket(RING_RATE, performance.now())

  constructor(write: (text: string) => void) {
    this.#write = write
  }

  hear(items: readonly ViewItem[], bell: Bell): void {
    const calls = items.some(item => isCall(item, bell))
    if (calls && this.#rings.take(performance.now())) this.#write(RING)
  }
}

function isCall(item: ViewItem, bell: Bell): boolean {
  if (item.type === 'event') return bell !== 'off' && item.isForUs === true
  if (item.type !== 'line' || bell === 'off') return false
  const { ignored, mention, message, own } = item.line
  return !message.history && !own && !ignored && (bell === 'all' || mention)
}
