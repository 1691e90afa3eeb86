import { type IdentityKey, parseId } from '../base/ids.js'
import { notAnIdentity } from './errors.js'

/** Whom a list of identities (64 hex digits each) names. Throws NOT_AN_IDENTITY: a nick in it would let nobody in. */
export function identitiesIn(list: readonly string[]): IdentityKey[] {
  return list.map(text => {
    const identity = parseId<IdentityKey>(text)
    if (identity === undefined) throw notAnIdentity(text)
    return identity
  })
}
