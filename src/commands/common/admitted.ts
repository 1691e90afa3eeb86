import { safeText } from '../../base/safe-text.js'
import type { Millis } from '../../base/time.js'
import { ticketIn } from '../../room/admission/invitation.js'
import { byKeptName } from '../../room/admission/private-rooms.js'
import type { RoomAddress } from '../../room/keys.js'
import type { NetworkSpec } from '../../swarm/networks/open.js'
import { openIdentityOnce } from './passphrase.js'

/** After so long it is said what is waited for. Guess: longer than a lookup and some dials. */
const PATIENCE_MILLIS: Millis = 8_000

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
  const { redeemInvitation } = await import('../../room/admission/ask-admission.js')
  process.stderr.write(`Asking to be let into ${safeText(ticket.name)} ...\n`)
  const patience = setTimeout(() => process.stderr.write(waitingText(ticket)), PATIENCE_MILLIS)
  try {
    return byKeptName(await redeemInvitation(link, { networks, signal }))
  } finally {
    clearTimeout(patience)
  }
}

function waitingText({ commitment }: NonNullable<ReturnType<typeof ticketIn>>): string {
  const who =
    commitment === undefined ? 'a device of whoever invited you' : 'a member who knows of it'
  return `Nobody has let you in yet. Waiting for ${who}; Ctrl-C gives up.\n`
}
