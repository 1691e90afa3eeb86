import { atMost } from '../../async/at-most.js'
import { untilAborted } from '../../async/until-aborted.js'
import { SwarmchatError } from '../../base/errors.js'
import type { Millis } from '../../base/time.js'
import { homeDirectory } from '../../home/directory.js'
import { openCardRecord, targetOfCard } from '../../protocol/access/card-record.js'
import type { Invitation } from '../../protocol/access/invitation-link.js'
import { foldFacts } from '../../protocol/chat/fold-lines.js'
import type { RoomCard } from '../../protocol/events.js'
import { type CardTexts, isEmptyCard } from '../../protocol/wire/bodies/room-card.js'
import type { Network } from '../../swarm/networks/network.js'
import type { NetworkSpec } from '../../swarm/networks/open.js'
import { readValue } from '../../swarm/records.js'
import { loadKept } from '../kept/kept-source.js'
import { openAll } from '../kept/read-history.js'
import type { RoomKeys } from '../keys.js'
import { leaseOf } from '../network-lease.js'

export type { CardTexts } from '../../protocol/wire/bodies/room-card.js'

/** The card of a room, as it is kept here; undefined: it has none. Throws what {@link loadKept} does. */
export async function keptCard(
  keys: RoomKeys,
  home: string = homeDirectory()
): Promise<RoomCard | undefined> {
  const log = await loadKept(home, keys)
  const card = foldFacts((await openAll(log.messages, keys)).messages).card()
  return card === undefined || isEmptyCard(card) ? undefined : card
}

/** Under what the DHT has the card that is kept here; undefined where none is, or nothing can be read. */
export async function keptCardTarget(keys: RoomKeys): Promise<Uint8Array | undefined> {
  try {
    const card = await keptCard(keys)
    return card && targetOfCard(card, keys.secret)
  } catch (thrown) {
    if (thrown instanceof SwarmchatError) return undefined
    throw thrown
  }
}

/** Where, and how long, a card is looked for. */
export interface CardSearch {
  readonly networks: NetworkSpec
  readonly timeout: Millis
  /** Ends it early, with nothing. */
  readonly interrupted: AbortSignal
}

/**
 * The card that an invitation names, read in the DHT: no member is asked. Undefined where it names none, and where no network that answers
 * in time has it.
 */
export async function invitedCard(
  { card, secret }: Pick<Invitation, 'card' | 'secret'>,
  { interrupted, networks, timeout }: CardSearch
): Promise<CardTexts | undefined> {
  if (card === undefined) return undefined
  const lease = leaseOf(networks)
  let found: CardTexts | undefined
  const look = async (network: Network) => {
    await network.ready
    const record = await readValue([network], card)
    found ??= record && openCardRecord(record, secret)
    if (found === undefined) throw new Error('it has none')
  }
  const looking = Promise.any(lease.networks.map(look)).catch(() => {})
  await atMost(timeout, untilAborted(interrupted, looking))
  await lease.release()
  return found
}
