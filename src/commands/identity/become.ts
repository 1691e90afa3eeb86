import type { KeyPair } from '../../base/crypto.js'
import { type IdentityKey, idFromBytes, shortId } from '../../base/ids.js'
import { changeIdentity, hasOther } from '../../home/change-identity.js'
import { confirmed, notConfirmed } from '../confirm.js'

/** How an identity takes the place of another one. */
export interface Becoming {
  readonly home: string
  /** True: nobody is asked. */
  readonly yes: boolean
  readonly signal: AbortSignal
}

/**
 * Makes this the identity of a home, and asks before another one is put aside; gives the lines that say what was done.
 * Rejects with NOT_CONFIRMED, IDENTITY_IN_USE, OPEN_IDENTITY, NO_HOME.
 */
export async function become(pair: KeyPair, { home, signal, yes }: Becoming): Promise<string[]> {
  const isOther = hasOther(home, pair)
  const question = 'There is another identity here, which is put aside. Go on?'
  if (isOther && !yes && !(await confirmed(question, signal))) throw notConfirmed()
  const { former } = changeIdentity(home, pair)
  const name = shortId(idFromBytes<IdentityKey>(pair.publicKey))
  const now = `You are ${name} here.`
  return former === undefined ? [now] : [now, `Who you were is kept in ${former}.`]
}
