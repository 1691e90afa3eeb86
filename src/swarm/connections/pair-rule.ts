/**
 * One connection per pair of peers: which of several live streams to the same peer both sides keep.
 *
 * Both sides dial, so both may end with two streams. The rule, the same on both sides:
 *
 * - Of two streams that different sides initiated, the one that the larger public key initiated is preferred (the
 *   rule of Hyperswarm). Of two that the same side initiated, the newer one: nobody dials while connected, so its
 *   initiator has lost the older one.
 * - A preferred newcomer takes over. So does one that comes when the current stream has stood for a while
 *   ({@link SETTLED_MILLIS}): dials that cross have ended by then, so the other side has lost it.
 * - Any other newcomer is *parked*: it is not shown to the owner, and waits for
 *   {@link PARKING_MILLIS}. If the current stream
 *   ends meanwhile, or turns out to be dead (the other process was restarted and dialled anew), the parked one takes
 *   over; otherwise it is destroyed.
 *
 * Hyperswarm decides at once instead, by whether the existing stream has carried bytes both ways. The two ends can
 * see that differently, destroy one stream each, and be left with none. Parking also follows whatever a stock
 * Hyperswarm on the other end decides.
 *
 * Only *confirmed* streams count, those on which bytes of the other side have arrived: hyperdht's `open` may be
 * seen by one side only. So a stream that is confirmed here is at least open there.
 */
import type { Millis } from '../../base/time.js'

/** How long a stream that is not preferred waits. Guess: many round trips, for the other process may be busy. */
export const PARKING_MILLIS: Millis = 1_000
/** Dials that cross end within this. Guess: the longest hole punch that is worth waiting for is longer, and rare. */
export const SETTLED_MILLIS: Millis = 2_000

/** What the rule needs to know about a stream. */
export interface Contender {
  /** True where our side dialled it. */
  readonly isInitiator: boolean
}

/** The live streams to one peer. `current` is the owner's; it stays so until it has closed. */
export interface Pair<S extends Contender> {
  readonly current: S | undefined
  /** True where `current` was told to close and `parked` is to follow it. */
  readonly closing: boolean
  readonly parked: S | undefined
}

export type PairEvent<S extends Contender> =
  /** `settled`: the current stream has stood for {@link SETTLED_MILLIS}. */
  | { readonly type: 'confirmed'; readonly stream: S; readonly settled: boolean }
  | { readonly type: 'closed'; readonly stream: S }
  /** The parked stream's time is over; `alive`: something arrived on the current one meanwhile. */
  | { readonly type: 'parking-over'; readonly stream: S; readonly alive: boolean }

export type PairAction<S extends Contender> =
  | { readonly type: 'surface' | 'destroy'; readonly stream: S }
  /** Start the parking time of this stream, and probe whether the current one is alive. */
  | { readonly type: 'park'; readonly stream: S }

export interface PairStep<S extends Contender> {
  readonly pair: Pair<S>
  readonly actions: readonly PairAction<S>[]
}

/** No stream at all. */
export const NO_STREAMS: Pair<never> = { current: undefined, closing: false, parked: undefined }

/** The whole rule. `weAreLarger`: our public key is the larger one of the pair. */
export function settle<S extends Contender>(
  pair: Pair<S>,
  event: PairEvent<S>,
  weAreLarger: boolean
): PairStep<S> {
  switch (event.type) {
    case 'confirmed':
      return arrive(pair, event.stream, weAreLarger, event.settled)
    case 'closed':
      return depart(pair, event.stream)
    case 'parking-over':
      return endParking(pair, event.stream, event.alive)
  }
}

function arrive<S extends Contender>(
  pair: Pair<S>,
  newcomer: S,
  weAreLarger: boolean,
  settled: boolean
): PairStep<S> {
  const { current, closing, parked } = pair
  if (current === undefined) return surface(newcomer)
  if (parked !== undefined) return replaceParked(pair, parked, newcomer, weAreLarger)
  const takesOver = settled || isPreferred(newcomer, current, weAreLarger)
  if (takesOver && !closing) return takeOver(pair, newcomer)
  const actions = closing ? [] : [{ type: 'park' as const, stream: newcomer }]
  return { pair: { ...pair, parked: newcomer }, actions }
}

// At most one stream waits: of the parked one and the newcomer the preferred one goes on.
function replaceParked<S extends Contender>(
  pair: Pair<S>,
  parked: S,
  newcomer: S,
  weAreLarger: boolean
): PairStep<S> {
  if (!isPreferred(newcomer, parked, weAreLarger)) {
    return { pair, actions: [{ type: 'destroy', stream: newcomer }] }
  }
  const rest = arrive({ ...pair, parked: undefined }, newcomer, weAreLarger, false)
  return { pair: rest.pair, actions: [{ type: 'destroy', stream: parked }, ...rest.actions] }
}

function takeOver<S extends Contender>(pair: Pair<S>, successor: S): PairStep<S> {
  const { current } = pair
  if (current === undefined) return surface(successor)
  return {
    pair: { current, closing: true, parked: successor },
    actions: [{ type: 'destroy', stream: current }]
  }
}

function depart<S extends Contender>(pair: Pair<S>, stream: S): PairStep<S> {
  if (stream === pair.parked) return { pair: { ...pair, parked: undefined }, actions: [] }
  if (stream !== pair.current) return { pair, actions: [] }
  return pair.parked === undefined ? { pair: NO_STREAMS, actions: [] } : surface(pair.parked)
}

function endParking<S extends Contender>(pair: Pair<S>, stream: S, alive: boolean): PairStep<S> {
  if (stream !== pair.parked || pair.closing) return { pair, actions: [] }
  if (!alive) return takeOver(pair, stream)
  return { pair: { ...pair, parked: undefined }, actions: [{ type: 'destroy', stream }] }
}

function surface<S extends Contender>(stream: S): PairStep<S> {
  return {
    pair: { current: stream, closing: false, parked: undefined },
    actions: [{ type: 'surface', stream }]
  }
}

function isPreferred<S extends Contender>(newcomer: S, existing: S, weAreLarger: boolean): boolean {
  return newcomer.isInitiator === existing.isInitiator || newcomer.isInitiator === weAreLarger
}
