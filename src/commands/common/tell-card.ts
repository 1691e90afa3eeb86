import { safeText } from '../../base/safe-text.js'
import type { Millis } from '../../base/time.js'
import { cardIn } from '../../room/admission/invitation.js'
import type { RoomAddress } from '../../room/keys.js'
import type { NetworkSpec } from '../../swarm/networks/open.js'

/** So long whoever joins waits for the card, once. Guess: a look into a DHT of which nothing is known yet; members have it, too. */
const WAIT_MILLIS: Millis = 3_000

/**
 * Tells what the room of an invitation is, before it is joined, if the invitation names its card and the DHT has that. Never rejects
 * but for a fault.
 */
export async function tellInvitedCard(
  link: string,
  { name, secret }: RoomAddress,
  networks: NetworkSpec,
  interrupted: AbortSignal
): Promise<void> {
  const card = cardIn(link)
  if (card === undefined || secret === undefined) return
  const { invitedCard } = await import('../../room/records/room-cards.js')
  const { cardRows } = await import('../../ui/card.js')
  const search = { networks, timeout: WAIT_MILLIS, interrupted }
  const texts = await invitedCard({ card, secret }, search)
  if (texts === undefined) return
  const title = `What ${safeText(name)} is, as a member put it:`
  process.stderr.write(`${[title, ...cardRows(texts)].join('\n')}\n`)
}
