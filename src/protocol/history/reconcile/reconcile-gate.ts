import type { Millis } from '../../../base/time.js'
import { TokenBucket } from '../../../base/token-bucket.js'
import type { Link } from '../../links/link.js'
import type { ReconcileFrame } from '../../wire/frames.js'
import { FRESH_LINKS_RECONCILE_RATE } from '../tuning.js'

/**
 * How much work Negentropy messages may make. They are charged for what answering them took, and not for their size or
 * number, so the next one may have to wait. An honest peer waits for the answer, and so is hardly ever over.
 */
export class ReconcileGate {
  /** What all links that are fresh may cost together. Full from the first message on. */
  #freshLinks: TokenBucket | undefined

  /** False if the message is to be passed over: too many exchanges were opened, or too much was spent already. */
  admits(link: Link, step: ReconcileFrame['step'], now: Millis): boolean {
    if (step === 'open' && !link.opens.take(now)) return false
    return link.reconcile.has(now) && (!link.isFresh(now) || this.#shared(now).has(now))
  }

  /** Answering the peer's message took so much work, in fingerprints. */
  charge(link: Link, work: number, now: Millis): void {
    link.reconcile.charge(now, work)
    if (link.isFresh(now)) this.#shared(now).charge(now, work)
  }

  #shared(now: Millis): TokenBucket {
    this.#freshLinks ??= new TokenBucket(FRESH_LINKS_RECONCILE_RATE, now)
    return this.#freshLinks
  }
}
