import { type IdentityKey, parseId } from '../../base/ids.js'
import { badArguments } from '../../cli/bad-arguments.js'
import { Contacts } from '../../home/contacts.js'
import { homeDirectory } from '../../home/directory.js'

/** Whom a word of the command line means: an identity of 64 hex digits, or a contact by our name for them. Throws BAD_ARGUMENTS, BAD_CONTACTS, NO_HOME. */
export function identityGiven(word: string): IdentityKey {
  const identity =
    parseId<IdentityKey>(word.toLowerCase()) ?? Contacts.in(homeDirectory()).named(word)
  if (identity !== undefined) return identity
  throw badArguments(
    `--to ${word} is neither an identity nor the name of a contact.`,
    'An identity has 64 hex digits: swarmchat peers --json prints those of members. swarmchat contacts lists names, and contacts name gives one.'
  )
}
