import type { Frame } from '../../protocol/wire/frames.js'

/** What was asked for because somebody catches up: there may be much of it, and nobody waits for one in particular. */
const HISTORY: ReadonlySet<Frame['type']> = new Set(['stored', 'bare'])
/** What is pushed as it is said. It needs nothing that came before it on its link, once that is up. */
const PUSHED: ReadonlySet<Frame['type']> = new Set(['message', 'mesh'])

/** What needs no place in the order of its link, and what somebody waits for. */
const SAID: ReadonlySet<Frame['type']> = new Set([...PUSHED, 'ihave', 'graft'])

/** Whether a frame leaves by turns of the authors, if much waits. */
export function takesTurns({ type }: Frame): boolean {
  return SAID.has(type)
}

/** Whether a frame ends something: nothing that was said before it is to come after it. */
export function comesLast({ type }: Frame): boolean {
  return type === 'goodbye' || type === 'disconnect'
}

/**
 * Whether a frame waits with the history of its link, given that some of that waits or not. Only what is pushed goes before
 * it: everything else keeps its place, so that a ping asks what became of the history before it, and a goodbye comes last.
 */
export function waitsWithHistory({ type }: Frame, isSomeWaiting: boolean): boolean {
  return HISTORY.has(type) || (isSomeWaiting && !PUSHED.has(type))
}
