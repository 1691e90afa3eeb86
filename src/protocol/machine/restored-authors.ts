import type { IdentityKey } from '../../base/ids.js'
import type { Millis } from '../../base/time.js'
import { MessageTable, type ShelvedMessages } from '../history/message-table.js'
import { MAX_SETTLED_AUTHORS, NEWCOMER_MILLIS } from '../history/tuning.js'
import type { KnownMessage } from '../wire/message.js'

/** Of more, nobody can tell who they are: whoever invented authors is not to hold the places of those who are to come. */
const MAX_RESTORED_AUTHORS = MAX_SETTLED_AUTHORS / 2

/**
 * Who has said something that is kept here, and is old enough for its author to be settled. Dates are their authors', but what is
 * kept was heard by an earlier run of this program: so much waiting is all that an identity costs.
 */
export function restoredAuthors(
  messages: readonly KnownMessage[],
  shelved: ShelvedMessages,
  wall: Millis
): ReadonlySet<IdentityKey> {
  const before = wall - NEWCOMER_MILLIS
  const authors = new Set<IdentityKey>()
  const note = ({ author, clock }: Pick<KnownMessage, 'author' | 'clock'>) => {
    if (clock < before) authors.add(author)
  }
  for (const message of messages) note(message)
  if (shelved instanceof MessageTable)
    for (const author of authorsIn(shelved, before)) authors.add(author)
  else for (const message of shelved) note(message)
  return authors.size > MAX_RESTORED_AUTHORS ? new Set() : authors
}

// Nothing is made for a row: there are very many.
function authorsIn(table: MessageTable, before: Millis): IdentityKey[] {
  const found = new Set<number>()
  for (const row of table.order) {
    if (table.clock(row) >= before) break
    found.add(table.authorAt(row))
  }
  return [...found].map(at => table.authors[at] as IdentityKey)
}
