import { string } from '@oclif/core/args'
import { type IdentityKey, parseId } from '../../base/ids.js'
import { badArguments } from '../../cli/bad-arguments.js'

/** The argument of a command about somebody; read it with {@link identityFrom}. */
export const identityArgument = {
  identity: string({ required: true, description: 'their identity, 64 hex digits' })
}

/** Throws BAD_ARGUMENTS for what is no identity. */
export function identityFrom(text: string): IdentityKey {
  const identity = parseId<IdentityKey>(text.toLowerCase())
  if (identity !== undefined) return identity
  throw badArguments(
    `${text} is no identity.`,
    'It has 64 hex digits: they see theirs with swarmchat whoami.'
  )
}
