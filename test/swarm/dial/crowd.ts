import { hash } from '../../../src/base/crypto.js'
import { idFromBytes, type PeerKey } from '../../../src/base/ids.js'
import { encodeText } from '../../../src/protocol/wire/text.js'
import { Dialer } from '../../../src/swarm/dial/dialer.js'
import { seededRandom } from '../../../src/testing/world/random.js'

/** Handshakes get their share of the processor so often, in virtual ms. */
const TICK_MILLIS = 10
const LONGEST_MILLIS = 600_000

/** A crowd on one machine. */
export interface CrowdOptions {
  readonly size: number
  /** What a handshake takes of a whole core, in ms. */
  readonly handshakeMillis: number
  /** How many cores all of them have together. */
  readonly cores: number
  /** A dial that has not opened after this, and the dialler's slowness, fails. */
  readonly patienceMillis: number
}

/** A program that is ready to run has its turn for so long. Guess: Linux's. */
const TURN_MILLIS = 3

/** What became of a crowd. */
export interface CrowdCounts {
  begun: number
  opened: number
  failed: number
  /** Most handshakes that were under way at once. */
  most: number
  /** When all pairs were connected, in virtual ms. */
  lastAt: number
}

interface Handshake {
  readonly from: number
  readonly to: number
  readonly until: number
  left: number
}

/**
 * Members that find each other at once, on a processor that handshakes share: the more are under way, the longer each takes,
 * and what was given up was done in vain.
 */
export function crowd(options: CrowdOptions): CrowdCounts {
  const keys = Array.from({ length: options.size }, (_, at) =>
    idFromBytes<PeerKey>(hash([encodeText(`member ${at}`)]))
  )
  const dialers = keys.map((key, at) => new Dialer({ key, random: seededRandom(at + 1) }))
  const indexOf = new Map(keys.map((key, at) => [key, at]))
  const counts: CrowdCounts = { begun: 0, opened: 0, failed: 0, most: 0, lastAt: 0 }
  const pairs = new Set<string>()
  const turns = keys.map(() => 0)
  let under: Handshake[] = []
  for (const [at, dialer] of dialers.entries())
    for (const key of keys)
      if (key !== keys[at]) dialer.want(key, 0, { tries: 'backoffs', mutual: true, near: true })
  const all = (options.size * (options.size - 1)) / 2
  for (let now = 0; pairs.size < all && now < LONGEST_MILLIS; now += TICK_MILLIS) {
    const busy = new Set(under.flatMap(({ from, to }) => [from, to])).size
    for (const [from, dialer] of dialers.entries()) {
      if (now < (turns[from] as number)) continue
      turns[from] = now + (busy * TURN_MILLIS) / options.cores
      for (const key of dialer.next(now)) {
        counts.begun += 1
        const to = indexOf.get(key) as number
        const until = now + options.patienceMillis + dialer.slowness(now)
        under.push({ from, to, until, left: options.handshakeMillis })
      }
      dialer.wakeAt(now)
    }
    counts.most = Math.max(counts.most, under.length)
    const share = Math.min(TICK_MILLIS, (options.cores * TICK_MILLIS) / Math.max(1, under.length))
    for (const handshake of under) handshake.left -= share
    under = under.filter(handshake => !ended(handshake, now + TICK_MILLIS))
  }
  return counts

  function ended({ from, left, to, until }: Handshake, now: number): boolean {
    const [dialer, other] = [dialers[from], dialers[to]] as [Dialer, Dialer]
    const [key, peer] = [keys[from], keys[to]] as [PeerKey, PeerKey]
    const pair = from < to ? `${from} ${to}` : `${to} ${from}`
    if (left <= 0) {
      if (!pairs.has(pair)) counts.lastAt = now
      pairs.add(pair)
      counts.opened += 1
      dialer.connected(peer, now)
      other.connected(key, now)
      return true
    }
    if (pairs.has(pair)) return true
    if (now < until) return false
    counts.failed += 1
    dialer.failed(peer, now)
    return true
  }
}
