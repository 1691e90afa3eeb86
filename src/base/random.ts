/** A source of uniform numbers in [0, 1): an argument, so that a seed replays a run. */
export type Random = () => number

/** So many bytes of it: for what a seed may give. What is to be secret comes from the system's generator. */
export function bytesOf(random: Random, count: number): Uint8Array {
  return Uint8Array.from({ length: count }, () => Math.floor(random() * 256))
}
