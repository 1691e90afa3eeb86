import type { PeerKey } from '../../base/ids.js'
import type { Millis } from '../../base/time.js'
import type { BroadcastOutput, BroadcastTimer } from '../events.js'
import type { BroadcastFrame } from '../wire/frames.js'

/** What one input to broadcast leads to, in order, and when that input came. */
export class Outbox {
  #now: Millis = 0
  // BOUNDED: the outputs of one input.
  #outputs: BroadcastOutput[] = []

  get now(): Millis {
    return this.#now
  }

  begin(now: Millis): void {
    this.#now = now
    this.#outputs = []
  }

  end(): BroadcastOutput[] {
    return this.#outputs
  }

  send(to: PeerKey, frame: BroadcastFrame): void {
    this.#outputs.push({ type: 'send', to, frame })
  }

  timer(at: Millis, timer: BroadcastTimer): void {
    this.#outputs.push({ type: 'timer', after: at - this.#now, timer })
  }
}
