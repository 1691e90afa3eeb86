import { type IdentityKey, shortId } from '../base/ids.js'
import type { Names } from '../base/names.js'
import { Recent } from '../base/recent.js'
import { safeNick } from '../base/safe-text.js'
import type { ViewItem } from '../room/view/room-view.js'

/** Identities that were warned of. Guess: nobody reads more of them. */
const MAX_WARNED = 1_024

/** Who speaks for the first time under a nick that we know somebody else by. */
export class Imitations {
  readonly #names: Names
  // BOUNDED: MAX_WARNED, the oldest goes first.
  readonly #heard = new Recent<IdentityKey, true>(MAX_WARNED)

  constructor(names: Names) {
    this.#names = names
  }

  /** What to say before these are shown, once for each identity; never for history, or of who is ignored. */
  warningOf(items: readonly ViewItem[]): string | undefined {
    const item = items.find(each => each.type === 'line')
    if (item?.type !== 'line' || item.line.own || item.line.ignored) return undefined
    const { from, history, nick } = item.line.message
    if (history || this.#heard.has(from)) return undefined
    this.#heard.set(from, true)
    const known = this.#names.imitatedBy({ identity: from, nick })
    if (known === undefined) return undefined
    const shown = safeNick(nick)
    return `${shown} (${shortId(from)}) is not the ${shown} that you know, who is ${shortId(known)}`
  }
}
