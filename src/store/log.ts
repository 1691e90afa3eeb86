import type { MessageId } from '../base/ids.js'
import type { LevelStore } from './level-store.js'
import type { Kept } from './store.js'

/** A message that is kept, and which one it was to come here. */
export interface Logged extends Kept {
  /** 1 for the first; 0 while that is not decided, and where nobody counts. */
  readonly number: number
}

/** All that is kept, and what its order of arrival stands at. */
export interface Log {
  /** What the numbers belong to; undefined where nobody counts. */
  readonly epoch: string | undefined
  /** The highest number that was given, which may be that of a message that is kept no longer. */
  readonly last: number
  /** In the room's order. */
  readonly messages: readonly Logged[]
}

/** What a store has, with its numbers. Throws STORE_FAILED. */
export async function logOf(store: Pick<LevelStore, 'arrived' | 'load'>): Promise<Log> {
  const { arrivals, epoch, last } = await store.arrived()
  const numbers = new Map<MessageId, number>()
  // What came since is told of as it comes.
  for (const { id, number } of arrivals) if (number <= last) numbers.set(id, number)
  const messages = (await store.load()).map(message => logged(message, numbers.get(message.id)))
  return { epoch, last, messages }
}

/** Messages that nobody has counted. */
export function uncounted(messages: readonly Kept[]): Log {
  return { epoch: undefined, last: 0, messages: messages.map(message => logged(message)) }
}

/** Those that have a number, in its order. */
export function inArrivalOrder<M extends Pick<Logged, 'number'>>(messages: readonly M[]): M[] {
  return messages.filter(({ number }) => number > 0).sort((a, b) => a.number - b.number)
}

function logged({ clock, id, sealed }: Kept, number = 0): Logged {
  return { clock, id, sealed, number }
}
