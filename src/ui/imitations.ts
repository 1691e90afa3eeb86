import { type IdentityKey, shortId } from '../base/ids.js'
import type { Named, Names } from '../base/names.js'
import { Recent } from '../base/recent.js'
import { safeNick } from '../base/safe-text.js'
import type { ViewItem } from '../room/view/room-view.js'

/** Identities that were warned of. Guess: nobody reads more of them. */
const MAX_WARNED = 1_024

/** Who speaks under a nick that we know somebody else by, or comes under that of somebody we have verified. */
export class Imitations {
  readonly #names: Names
  readonly #own: IdentityKey
  // BOUNDED: MAX_WARNED pairs of who imitates whom, the oldest goes first.
  readonly #warned = new Recent<string, true>(MAX_WARNED)

  /** `own`: who we are. */
  constructor(names: Names, own: IdentityKey) {
    this.#names = names
    this.#own = own
  }

  /** What to say before these are shown, once for each pair; never for history, or of who is ignored. */
  warningOf(items: readonly ViewItem[]): string | undefined {
    for (const item of items) {
      const who = speakerOf(item) ?? comingOf(item)
      const known = who && this.#names.imitatedBy(who)
      if (who === undefined || known === undefined || who.identity === this.#own) continue
      // Many come who say nothing: of those it is enough to say it when they speak.
      if (item.type === 'event' && item.event.type !== 'direct' && !this.#names.isVerified(known))
        continue
      const pair = `${who.identity} ${known}`
      if (this.#warned.has(pair)) continue
      this.#warned.set(pair, true)
      return this.#warning(who, known)
    }
    return undefined
  }

  #warning({ identity, nick }: Named, known: IdentityKey): string {
    const shown = safeNick(nick)
    if (!this.#names.isVerified(known))
      return `${shown} (${shortId(identity)}) is not the ${shown} that you know, who is ${shortId(known)}`
    return `WARNING: ${shown} (${shortId(identity)}) is NOT the ${shown} that you verified, who is ${shortId(known)}. It is another key, whoever has it: ask ${shown} in another way before you say anything secret`
  }
}

function speakerOf(item: ViewItem): Named | undefined {
  if (item.type === 'event' && item.event.type === 'direct') {
    const { from, history, nick } = item.event.message
    return history ? undefined : { identity: from, nick }
  }
  if (item.type !== 'line' || item.line.own || item.line.ignored) return undefined
  const { from, history, nick } = item.line.message
  return history ? undefined : { identity: from, nick }
}

function comingOf(item: ViewItem): Named | undefined {
  if (item.type !== 'event') return undefined
  const { event } = item
  return event.type === 'join' || event.type === 'rename' ? event : undefined
}
