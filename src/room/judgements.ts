import type { IdentityKey } from '../base/ids.js'
import { Recent } from '../base/recent.js'
import { MAX_CORRESPONDENTS } from '../protocol/chat/tuning.js'
import type { Input } from '../protocol/events.js'

/** Whatever takes what happens in a room. */
interface Fed {
  feed(input: Input): void
}

/** Of whom words for us alone are shown: a device that takes the place of ours has to be told again. */
export class Judgements {
  // BOUNDED: MAX_CORRESPONDENTS, as many as the room itself remembers.
  readonly #judged = new Recent<IdentityKey, boolean>(MAX_CORRESPONDENTS)

  judge(endpoint: Fed, identity: IdentityKey, accept: boolean | undefined): void {
    if (accept === undefined) {
      this.#judged.delete(identity)
      endpoint.feed({ type: 'judge', identity })
      return
    }
    this.#judged.set(identity, accept)
    endpoint.feed({ type: 'judge', identity, accept })
  }

  repeat(endpoint: Fed): void {
    for (const [identity, accept] of this.#judged.entries())
      endpoint.feed({ type: 'judge', identity, accept })
  }
}
