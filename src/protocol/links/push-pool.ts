import type { Sources } from '../../base/in-common.js'
import type { Millis } from '../../base/time.js'
import type { Budget } from '../../base/token-bucket.js'
import { ByAge } from './by-age.js'
import type { Link } from './link.js'
import { atOnce, budgetOf, type Traffic } from './traffic.js'

const NOTHING = { messages: 0, bytes: 0 }

/**
 * What all links may bring together that nobody has asked for, and each whatever the others bring: whoever brings most is not all that
 * is heard, and who has many links gains little with each.
 */
export class PushPool {
  readonly #sources: Readonly<Record<Traffic, Sources<Link, Budget>>> = {
    chat: sourcesOf('chat'),
    presence: sourcesOf('presence'),
    brief: sourcesOf('brief')
  }

  /** The budget that a message of so many bytes over this link draws on. */
  drawnBy(link: Link, traffic: Traffic, bytes: number, now: Millis): Budget {
    const { all, own } = this.#sources[traffic].of(link, now)
    return all.has(bytes, now) ? all : own
  }
}

function sourcesOf(traffic: Traffic): Sources<Link, Budget> {
  return new ByAge({
    all: now => budgetOf(traffic, 'links', now),
    fresh: (now, isFull) => budgetOf(traffic, 'freshPart', now, isFull ? undefined : NOTHING),
    grown: now => budgetOf(traffic, 'linkPart', now, atOnce(traffic, 'freshPart'))
  })
}
