import type { KeyPair } from '../../base/crypto.js'
import { type IdentityKey, idFromBytes, shortId } from '../../base/ids.js'
import { changeIdentity, type Standing, standingOf } from '../../home/change-identity.js'
import { confirmed, notConfirmed } from '../common/confirm.js'

/** How an identity takes the place of another one. */
export interface Becoming {
  readonly home: string
  /** True: nobody is asked. */
  readonly yes: boolean
  readonly signal: AbortSignal
}

/** What is asked before what is there changes. */
const QUESTIONS: Partial<Record<Standing, string>> = {
  other: 'There is another identity here, which is put aside. Go on?',
  locked: 'Your identity is locked here: from now on no passphrase is needed. Go on?'
}

/**
 * Makes this the identity of a home, and asks before another one is put aside, or its passphrase is taken away; gives the lines
 * that say what was done. Rejects with NOT_CONFIRMED, IDENTITY_IN_USE, OPEN_IDENTITY, NO_HOME.
 */
export async function become(pair: KeyPair, { home, signal, yes }: Becoming): Promise<string[]> {
  const standing = standingOf(home, pair)
  const question = QUESTIONS[standing]
  if (question !== undefined && !yes && !(await confirmed(question, signal))) throw notConfirmed()
  const { former, lockedRooms = 0 } = changeIdentity(home, pair)
  const lines = [`You are ${shortId(idFromBytes<IdentityKey>(pair.publicKey))} here.`]
  if (former !== undefined) lines.push(`Who you were is kept in ${former}.`)
  if (lockedRooms > 0)
    lines.push(`It alone opens ${countOf(lockedRooms)} of this home: be it again to join there.`)
  if (standing === 'locked')
    lines.push('It is not locked any more. For a new passphrase: swarmchat identity lock')
  return lines
}

function countOf(rooms: number): string {
  return rooms === 1 ? 'a private room' : `${rooms} private rooms`
}
