import { isIPv4 } from 'node:net'
import { type IdentityKey, type PeerKey, parseId } from '../../base/ids.js'
import type { Millis } from '../../base/time.js'
import { addressBlock } from '../../protocol/membership/address-block.js'
import type { Whereabouts } from '../../swarm/connections/paths.js'
import type { NetworkName } from '../../swarm/networks/network.js'

/** A member that we were linked to: it had proved that it may be in the room. */
export interface Acquaintance extends Whereabouts {
  /** What is dialled: the key of its device. */
  readonly device: PeerKey
  readonly identity: IdentityKey
  /** When we were linked last, ms since 1970. */
  readonly at: Millis
}

/** Members that are remembered. Guess: some are still where they were, and one is enough. */
const MAX_REMEMBERED = 16
/** Of those, members that dialled us: whoever dials in a lot has no more than this of what we remember. */
const MAX_WHO_DIALLED = MAX_REMEMBERED / 2
/** Devices of one identity. Guess: a desk and a pocket. */
const MAX_OF_IDENTITY = 2
/** Devices in one block of addresses: see {@link addressBlock}. */
const MAX_OF_BLOCK = 4
/** An address is somebody else's sooner or later. Guess. */
const MAX_AGE_MILLIS: Millis = 14 * 24 * 3_600_000

const NETWORKS: ReadonlySet<unknown> = new Set<NetworkName>([
  'public',
  'local',
  'lan',
  'isolated',
  'given'
])

/** Those of them that are remembered, the newest first: no identity, block of addresses or way of coming has all places. */
export function worthRemembering(met: readonly Acquaintance[], now: Millis): Acquaintance[] {
  // BOUNDED: by `met`, which is a few more than are remembered.
  const taken = new Map<string, number>()
  const chosen: Acquaintance[] = []
  for (const each of met.map(one => notLater(one, now)).sort((a, b) => b.at - a.at)) {
    const bounds = boundsOn(each)
    const isFull = bounds.some(({ max, what }) => (taken.get(what) ?? 0) >= max)
    if (isFull || chosen.length >= MAX_REMEMBERED || now - each.at > MAX_AGE_MILLIS) continue
    for (const { what } of bounds) taken.set(what, (taken.get(what) ?? 0) + 1)
    chosen.push(each)
  }
  return chosen
}

// The clock was set back: else they would be the newest for as long as it was ahead.
function notLater(met: Acquaintance, now: Millis): Acquaintance {
  return met.at > now ? { ...met, at: now } : met
}

function boundsOn({ device, host, identity, isDialled }: Acquaintance) {
  const block = addressBlock(host)
  return [
    { what: `device ${device}`, max: 1 },
    { what: `identity ${identity}`, max: MAX_OF_IDENTITY },
    ...(block === undefined ? [] : [{ what: `block ${block}`, max: MAX_OF_BLOCK }]),
    ...(isDialled ? [] : [{ what: 'they dialled', max: MAX_WHO_DIALLED }])
  ]
}

/** Those that a file holds; none if it is damaged. */
export function acquaintancesIn(text: string): Acquaintance[] {
  try {
    const entries: unknown = JSON.parse(text)
    return Array.isArray(entries) ? entries.slice(0, MAX_REMEMBERED).flatMap(acquaintanceIn) : []
  } catch {
    return []
  }
}

function acquaintanceIn(entry: unknown): Acquaintance[] {
  const { at, device, host, identity, isDialled, network, port }: Record<string, unknown> =
    Object(entry)
  const keys = { device: idIn<PeerKey>(device), identity: idIn<IdentityKey>(identity) }
  if (keys.device === undefined || keys.identity === undefined || !NETWORKS.has(network)) return []
  if (typeof host !== 'string' || !isIPv4(host) || typeof at !== 'number') return []
  if (typeof port !== 'number' || !Number.isInteger(port) || port < 1 || port > 65_535) return []
  const where = { network: network as NetworkName, host, port, isDialled: isDialled === true }
  return [{ ...where, device: keys.device, identity: keys.identity, at }]
}

function idIn<K extends PeerKey | IdentityKey>(text: unknown): K | undefined {
  return typeof text === 'string' ? parseId<K>(text) : undefined
}
