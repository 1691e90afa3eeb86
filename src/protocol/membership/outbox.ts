import type { PeerKey } from '../../base/ids.js'
import { jitter } from '../../base/pick.js'
import type { Random } from '../../base/random.js'
import type { Millis } from '../../base/time.js'
import type { MembershipOutput, MembershipTimer } from '../events.js'
import type { MembershipFrame } from '../wire/frames.js'

/** What one input leads to, in order. */
export class Outbox {
  readonly #random: Random
  // BOUNDED: the outputs of one input.
  #outputs: MembershipOutput[] = []

  constructor(random: Random) {
    this.#random = random
  }

  begin(): void {
    this.#outputs = []
  }

  end(): MembershipOutput[] {
    return this.#outputs
  }

  push(output: MembershipOutput): void {
    this.#outputs.push(output)
  }

  send(to: PeerKey, frame: MembershipFrame): void {
    this.push({ type: 'send', to, frame })
  }

  close(peer: PeerKey): void {
    this.push({ type: 'close', peer, reason: 'not-needed' })
  }

  timer(after: Millis, timer: MembershipTimer): void {
    this.push({ type: 'timer', after, timer })
  }

  /** A timer of which the members of a room are not to have the same at once. */
  schedule(span: Millis, timer: MembershipTimer): void {
    this.timer(jitter(span, this.#random), timer)
  }
}
