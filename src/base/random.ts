/** A source of uniform numbers in [0, 1): an argument, so that a seed replays a run. */
export type Random = () => number
