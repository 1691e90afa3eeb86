import type { IdentityKey, MessageId } from '../../base/ids.js'
import { Recent } from '../../base/recent.js'
import { isEphemeral } from '../wire/kinds.js'
import type { Envelope } from '../wire/message.js'
import { MAX_VOUCHED_PER_AUTHOR, MAX_VOUCHING_AUTHORS } from './tuning.js'

type Named = Recent<MessageId, MessageId>

/**
 * Which messages that are not here were named by which: a message that its own author has named need not be checked to be
 * shown. Each author has room of its own, so nobody pushes out what others have named.
 */
export class Vouchers {
  // BOUNDED: MAX_VOUCHING_AUTHORS, and MAX_VOUCHED_PER_AUTHOR each; the oldest go first.
  readonly #authors = new Recent<IdentityKey, Named>(MAX_VOUCHING_AUTHORS)

  /** A message is kept, and these of its parents are not here. */
  note(
    { author, id, kind }: Pick<Envelope, 'author' | 'id' | 'kind'>,
    missing: readonly MessageId[]
  ): void {
    if (missing.length === 0 || isEphemeral(kind)) return
    const named: Named = this.#authors.get(author) ?? new Recent(MAX_VOUCHED_PER_AUTHOR)
    this.#authors.set(author, named)
    for (const parent of missing) named.set(parent, id)
  }

  /** The message that named this one as its own author's; undefined if none did that is remembered. */
  take({ author, id }: Pick<Envelope, 'author' | 'id'>): MessageId | undefined {
    const named = this.#authors.get(author)
    const voucher = named?.get(id)
    named?.delete(id)
    return voucher
  }
}
