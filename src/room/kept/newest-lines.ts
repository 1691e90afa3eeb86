import type { IdentityKey, MessageId } from '../../base/ids.js'
import { isMarkKind } from '../../protocol/chat/said.js'
import type { ChatMessage, DirectMessage } from '../../protocol/events.js'
import { KIND_DIRECT, KIND_REACTION } from '../../protocol/wire/kinds.js'
import type { Log } from '../../store/log.js'
import { byClockAndId, type Indexed } from '../../store/store.js'
import type { KeptParts } from './kept-source.js'

type Line = ChatMessage | DirectMessage

/** Lines, and how many messages could not be read. */
export interface LinesRead {
  readonly lines: Line[]
  readonly damaged: number
}

/** Which lines are wanted. */
export interface NewestWanted {
  readonly fits: (line: Line) => boolean
  readonly limit: number
  /** Whose private messages are among them; undefined: nobody's. */
  readonly own: IdentityKey | undefined
  /** The lines of these messages. `others`: who has said something. */
  readonly read: (log: Log, others: readonly IdentityKey[]) => Promise<LinesRead>
}

/** More messages than lines that are wanted: some are no lines. Guess. */
const SPARE = 50
/** If too few of them fit, so many times more are read. */
const GROWTH = 4

/**
 * The newest lines that fit, and what was read for them: the newest messages, and of all others those that may change what
 * is said in these.
 */
export async function newestLines(
  parts: KeptParts,
  { fits, limit, own, read }: NewestWanted
): Promise<LinesRead & { readonly log: Log }> {
  const { epoch, index, last } = parts
  const isAlways = ({ author, kind }: Indexed) =>
    (isMarkKind(kind) && kind !== KIND_REACTION) || (kind === KIND_DIRECT && author === own)
  const [always, others] = [index.filter(isAlways), index.filter(each => !isAlways(each))]
  const authors = [...new Set(index.map(({ author }) => author))]
  for (let count = 2 * limit + SPARE; ; count *= GROWTH) {
    const newest = others.slice(-count)
    const wanted = [...always, ...newest].sort(byClockAndId)
    const log = { epoch, last, messages: parts.read(wanted) }
    const opened = await read(log, authors)
    const { lines } = opened
    const damaged = opened.damaged + wanted.length - log.messages.length
    const isAll = count >= others.length
    const found = lines.filter(line => fits(line) && (isAll || isFrom(newest[0], line)))
    if (isAll || found.length >= limit) return { log, damaged, lines: lastOf(found, limit) }
  }
}

/** So many of the last ones; all if it is not said how many. */
export function lastOf<L>(lines: readonly L[], limit = lines.length): L[] {
  return lines.slice(Math.max(0, lines.length - limit))
}

// Of what is older not all was read.
function isFrom(
  first: Indexed | undefined,
  { id, time }: { id: MessageId; time: number }
): boolean {
  return first === undefined || byClockAndId(first, { id, clock: time }) <= 0
}
