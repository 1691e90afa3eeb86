import { safeText } from '../base/safe-text.js'
import type { Millis } from '../base/time.js'
import { loadIdentity } from '../home/identity.js'
import { ticketIn } from '../room/invitation.js'
import type { RoomAddress } from '../room/keys.js'
import { byKeptName } from '../room/private-rooms.js'
import type { NetworkSpec } from '../swarm/networks/open.js'
import { openIdentityOnce } from './passphrase.js'

/** So long it is asked to be let in. Guess: whoever made the invitation has begun to chat meanwhile. */
const ADMISSION_MILLIS: Millis = 60_000

/**
 * The room that an invitation lets us into, for which its maker is asked; undefined for what is no invitation that admits. Rejects
 * with NOT_ADMITTED, NOBODY_ADMITS, what `loadIdentity` throws, and when the signal fires.
 */
export async function admittedBy(
  link: string,
  networks: NetworkSpec,
  signal: AbortSignal
): Promise<RoomAddress | undefined> {
  const ticket = ticketIn(link)
  if (ticket === undefined) return undefined
  await openIdentityOnce(signal)
  const { redeem } = await import('../room/ask-admission.js')
  process.stderr.write(`Asking to be let into ${safeText(ticket.name)} ...\n`)
  const asking = { identity: loadIdentity(), networks, timeout: ADMISSION_MILLIS, signal }
  return byKeptName(await redeem(ticket, asking))
}
