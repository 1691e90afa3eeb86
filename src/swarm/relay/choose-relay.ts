import type { RelayThrough } from '../swarm-options.js'

/** Codes after which only a relay helps (hyperdht). */
const NEEDS_RELAY: ReadonlySet<string> = new Set([
  'HOLEPUNCH_ABORTED',
  'HOLEPUNCH_DOUBLE_RANDOMIZED_NATS',
  'CANNOT_HOLEPUNCH',
  'REMOTE_NOT_HOLEPUNCHABLE'
])

/** Whether a dial that failed with this code may succeed through a relay. */
export function needsRelay(code: string): boolean {
  return NEEDS_RELAY.has(code)
}

/**
 * The relay to use for a connection: with a function, what it says; with keys, one of them where it is needed.
 * `needed`: a direct dial failed, or our own NAT randomises.
 */
export function chooseRelay(
  option: RelayThrough | null | undefined,
  needed: boolean,
  random: () => number
): Uint8Array | null {
  if (option === null || option === undefined) return null
  if (typeof option === 'function') return pick(option(needed), random)
  return needed ? pick(option, random) : null
}

function pick(
  keys: Uint8Array | readonly Uint8Array[] | null,
  random: () => number
): Uint8Array | null {
  if (keys === null || keys instanceof Uint8Array) return keys
  return keys[Math.floor(random() * keys.length)] ?? null
}
