import type { Millis } from '../../../base/time.js'
import type { Link } from '../../links/link.js'
import { linkPool } from '../../links/link-pool.js'
import type { ReconcileFrame } from '../../wire/frames.js'
import { LINKS_RECONCILE_RATES } from '../tuning.js'

/**
 * How much work Negentropy messages may make. They are charged for what answering them took, and not for their size or
 * number, so the next one may have to wait. An honest peer waits for the answer, and so is hardly ever over.
 */
export class ReconcileGate {
  readonly #pool = linkPool(LINKS_RECONCILE_RATES)

  /** False if the message is to be passed over: too many exchanges were opened, or too much was spent already. */
  admits(link: Link, step: ReconcileFrame['step'], now: Millis): boolean {
    if (step === 'open' && !link.opens.take(now)) return false
    return link.reconcile.has(now) && this.#pool.has(link, now)
  }

  /** Answering the peer's message took so much work, in fingerprints. */
  charge(link: Link, work: number, now: Millis): void {
    link.reconcile.charge(now, work)
    this.#pool.charge(link, now, work)
  }
}
