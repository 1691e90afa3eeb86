import b4a from 'b4a'
import { TokenBucket } from '../../base/token-bucket.js'
import type { Link } from '../links/link.js'
import type { Turn } from '../turn.js'
import type { VerifiedMessage } from '../wire/message.js'
import type { Roster } from './roster.js'
import { HAND_ON_RATE, MAX_PRESENCES_HANDED_ON, MIN_PRESENCES_HANDED_ON } from './tuning.js'

/**
 * Who is here, for a link that is new: all of a large room is 250 KB, and links are cheap. So they share what is told, and
 * when that is used up each hears of some; of the others it hears when they speak.
 */
export class Introductions {
  readonly #roster: Roster
  readonly #turn: Turn
  #budget: TokenBucket | undefined

  constructor({ roster, turn }: { readonly roster: Roster; readonly turn: Turn }) {
    this.#roster = roster
    this.#turn = turn
  }

  /** What others said of themselves: nothing to a device that we know as present, but what another program said that has it. */
  for(link: Link): VerifiedMessage[] {
    const { identity, isMember, peer } = link
    const said = isMember && identity && this.#roster.latestOf(identity, peer)
    return said ? messagesOfOther(said, link) : this.#newest()
  }

  #newest(): VerifiedMessage[] {
    const { now } = this.#turn
    this.#budget ??= new TokenBucket(HAND_ON_RATE, now)
    const tokens = this.#budget.tokens(now)
    const most = Math.min(MAX_PRESENCES_HANDED_ON, Math.max(MIN_PRESENCES_HANDED_ON, tokens))
    const all = this.#roster.toHandOn(most, now)
    this.#budget.charge(now, Math.min(all.length, tokens))
    return all
  }
}

/** What another program says that has the device of this link: either of the two is to hear of the other. */
function messagesOfOther(
  { body, message }: NonNullable<ReturnType<Roster['latestOf']>>,
  { instance }: Link
): VerifiedMessage[] {
  return instance === undefined || b4a.equals(body.instance, instance) ? [] : [message]
}
