import type { IdentityKey, MessageId } from '../../base/ids.js'
import type { Millis } from '../../base/time.js'
import {
  SHAPING_HEARTBEAT_HOLD_MILLIS,
  SHAPING_HOLD_MILLIS,
  SHAPING_QUICK_WINDOW_MILLIS,
  SHAPING_RATE,
  SHAPING_RATE_MAX,
  SHAPING_SWITCH_MILLIS,
  SHAPING_TRIAL_MILLIS,
  SHAPING_WINDOW_MILLIS
} from '../config.js'
import { isEphemeral } from '../wire/kinds.js'
import type { VerifiedMessage } from '../wire/message.js'

interface Turn {
  readonly author: IdentityKey
  readonly ephemeral: boolean
  readonly since: Millis
  readonly until: Millis
  readonly messages: number
  readonly rate: Rate
}

/**
 * Whose messages may change the broadcast tree: one author's at a time. A cycle shows itself as a duplicate, and
 * messages of different authors show the same cycle at different links: with two of them under way at once both links
 * are pruned, the tree falls apart, and mending it makes new cycles. Plumtree was made for one source.
 *
 * The turn passes when its author has been silent for a while. It goes to a message whose id is rare enough that no other
 * such message is under way, so that all members see it pass to the same author; should they not, the lower key takes over.
 * Chat takes it over from heartbeats, with an author's second message: many that begin to talk at once leave a tree that
 * works alone. While many talk there are no turns; then rare messages, whoever wrote them, are the only ones that count.
 */
export class ShapingTurn {
  readonly #chat = new Rate()
  readonly #heartbeats = new Rate()
  #turn: Turn | undefined
  #candidate: { readonly author: IdentityKey; readonly at: Millis } | undefined

  /**
   * Takes note of a new message; `busy`: messages take long already. How many messages its author has had in this turn: 0
   * where the message may not change the tree.
   */
  note({ author, id, kind }: VerifiedMessage, busy: boolean, now: Millis): number {
    const ephemeral = isEphemeral(kind)
    const rate = ephemeral ? this.#heartbeats : this.#chat
    const perSecond = rate.note(now)
    const rare = isRare(id, perSecond, SHAPING_RATE)
    if (!ephemeral && perSecond > SHAPING_RATE_MAX) return rare && !busy ? 1 : 0
    const turn = this.#turn
    if (turn?.author === author && now < turn.until) return this.#goOn(turn, id, ephemeral, now)
    if (turn !== undefined && !this.#yields(turn, author, ephemeral, now)) return 0
    if (!rare) return 0
    const until = now + holdOf(ephemeral)
    this.#turn = { author, ephemeral, since: now, until, messages: 1, rate: new Rate() }
    return 1
  }

  // With two messages under way, even of one author, both may show one cycle, each at another link.
  #goOn(turn: Turn, id: MessageId, ephemeral: boolean, now: Millis): number {
    if (!isRare(id, turn.rate.note(now), SHAPING_RATE_MAX)) return 0
    const until = now + holdOf(ephemeral)
    const messages = turn.messages + 1
    this.#turn = { ...turn, ephemeral: ephemeral && turn.ephemeral, until, messages }
    return messages
  }

  #yields(turn: Turn, author: IdentityKey, ephemeral: boolean, now: Millis): boolean {
    if (now >= turn.until) return true
    if (turn.ephemeral !== ephemeral) return turn.ephemeral && this.#speaksAgain(author, now)
    return author < turn.author && now - turn.since >= SHAPING_SWITCH_MILLIS
  }

  #speaksAgain(author: IdentityKey, now: Millis): boolean {
    const candidate = this.#candidate
    if (candidate === undefined || now - candidate.at >= SHAPING_HOLD_MILLIS) {
      this.#candidate = { author, at: now }
      return false
    }
    return candidate.author === author && now - candidate.at >= SHAPING_TRIAL_MILLIS
  }
}

/** Bits of an id that are looked at: one message in 65,536 is the rarest choice. */
const BITS = 16

/** True for so many of the messages that `wanted` of them come every second, at most. */
function isRare(id: MessageId, perSecond: number, wanted: number): boolean {
  const level = Math.min(BITS, Math.ceil(Math.log2(perSecond / wanted)))
  return level <= 0 || Number.parseInt(id.slice(0, BITS / 4), 16) >> (BITS - level) === 0
}

// The next heartbeat of the same author is far away.
function holdOf(ephemeral: boolean): Millis {
  return ephemeral ? SHAPING_HEARTBEAT_HOLD_MILLIS : SHAPING_HOLD_MILLIS
}

/** Messages a second, over a window that remembers and one that is quick to notice. */
class Rate {
  readonly #slow = new Count(SHAPING_WINDOW_MILLIS)
  readonly #quick = new Count(SHAPING_QUICK_WINDOW_MILLIS)

  /** Counts one more; the rate with it. */
  note(now: Millis): number {
    return Math.max(this.#slow.note(now), this.#quick.note(now))
  }
}

/** A count in which each message weighs less the longer ago it came. */
class Count {
  readonly #window: Millis
  #weight = 0
  #at: Millis = 0

  constructor(window: Millis) {
    this.#window = window
  }

  /** Counts one more; messages a second with it. */
  note(now: Millis): number {
    this.#weight = this.#weight * Math.exp(Math.min(0, this.#at - now) / this.#window) + 1
    this.#at = now
    return (this.#weight * 1_000) / this.#window
  }
}
