import { safeText } from '../base/safe-text.js'
import { ticketIn } from '../room/invitation.js'
import type { RoomAddress } from '../room/keys.js'
import { byKeptName } from '../room/private-rooms.js'
import type { NetworkSpec } from '../swarm/networks/open.js'
import { openIdentityOnce } from './passphrase.js'

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
  const { redeemInvitation } = await import('../room/ask-admission.js')
  process.stderr.write(`Asking to be let into ${safeText(ticket.name)} ...\n`)
  return byKeptName(await redeemInvitation(link, { networks, signal }))
}
