import type { IdentityKey, PeerKey } from '../../base/ids.js'
import { Recent } from '../../base/recent.js'
import type { Millis } from '../../base/time.js'
import type { DeviceRecord } from '../../protocol/access/device-record.js'
import { MAX_KNOWN_PEERS } from '../../protocol/config.js'
import type { PeerState } from '../../protocol/events.js'
import type { Sign } from '../../protocol/presence/device.js'

/** A device that was found, what is known of it, and since when (all times: ms since 1970). */
export interface Counted {
  readonly device: PeerKey
  /**
   * verified: it has proved a moment ago that it is a member; present: members say that it is here, in
   * its own signed words; gone: it was here, and is no longer; reachable: there was a connection, and
   * no proof; announced: the DHT names it, as it does whoever was here in the last 27 minutes, and
   * keys that anybody invented.
   */
  readonly state: 'verified' | 'present' | 'gone' | 'reachable' | 'announced'
  readonly identity?: IdentityKey | undefined
  readonly nick?: string | undefined
  /** When the DHT named it last. */
  readonly announcedAt?: Millis | undefined
  /** When there was a connection last. */
  readonly reachedAt?: Millis | undefined
  /** When it last proved, on a connection, that it is a member. */
  readonly provenAt?: Millis | undefined
  /** When it said in the DHT who has it: by its own clock, but no later than now. */
  readonly recordedAt?: Millis | undefined
  /** When it signed the last presence that reached us: by its own clock, but no later than now. */
  readonly heardAt?: Millis | undefined
  /** True if the last attempt to reach it came to nothing. */
  readonly unreachable: boolean
}

/** A proof is worth so long; a live member answers within a round trip when asked. Guess. */
const PROOF_MILLIS: Millis = 5_000

type Known = Omit<Counted, 'device' | 'state'> & {
  /** True if it answers no more: it said goodbye, or members doubt it and it has not spoken. */
  readonly left: boolean
}

const NOTHING: Known = { unreachable: false, left: false }

/** What a room tells of a device, and when. */
export interface PeerNews {
  readonly device: PeerKey
  readonly state: PeerState
  readonly identity?: IdentityKey | undefined
  readonly nick?: string | undefined
}

/** What is known of each device that was found in a room, in words that are true at the time. */
export class Tally {
  // BOUNDED: MAX_KNOWN_PEERS, the oldest goes first.
  readonly #known = new Recent<PeerKey, Known>(MAX_KNOWN_PEERS)
  // BOUNDED: the devices of the roster.
  #present: ReadonlySet<PeerKey> = new Set()

  /** The DHT has named these. */
  named(devices: Iterable<PeerKey>, now: Millis): void {
    for (const device of devices) this.#change(device, { announcedAt: now })
  }

  /** The room is surer of a device than it was, or has a fresh proof of it. */
  heard({ device, identity, nick, state }: PeerNews, now: Millis): void {
    const who = { ...(identity && { identity }), ...(nick && { nick }) }
    if (state === 'announced') this.#change(device, { announcedAt: now, ...who })
    else if (state === 'present') this.#change(device, { left: false, ...who })
    else this.#change(device, { ...reached(state, now), ...who })
  }

  /** An attempt to reach it came to nothing, or it was refused. */
  failed(device: PeerKey): void {
    this.#change(device, { unreachable: true })
  }

  /** Who is in the room now as far as its members say; whoever was before and is not among them has left. */
  roster(signs: readonly Sign[], now: Millis): void {
    const present = new Set(signs.map(({ device }) => device))
    for (const device of this.#present)
      if (!present.has(device)) this.#change(device, { left: true })
    this.#present = present
    for (const { at, device, identity, isDoubted, nick } of signs) {
      // Neither we nor the members get an answer, or we have nothing to ask it by.
      const { announcedAt, unreachable } = this.#known.get(device) ?? NOTHING
      const left = isDoubted && (unreachable || announcedAt === undefined)
      this.#change(device, { identity, nick, heardAt: Math.min(at, now), left })
    }
  }

  /** Members say that these are gone without a word; whoever proves or says that it is here wins. */
  departed(signs: readonly Sign[], now: Millis): void {
    for (const { at, device, identity, nick } of signs) {
      const known = this.#known.get(device)
      if (known?.provenAt !== undefined || this.#present.has(device)) continue
      this.#change(device, { identity, nick, heardAt: Math.min(at, now) })
    }
  }

  /** The device says in the DHT who has it; what members say wins. */
  recorded(device: PeerKey, { at, identity, nick }: DeviceRecord, now: Millis): void {
    if (this.isNameless(device)) this.#change(device, { identity, nick })
    this.#change(device, { recordedAt: Math.min(at, now) })
  }

  /** True if nobody has said who has the device. */
  isNameless(device: PeerKey): boolean {
    return this.#known.get(device)?.identity === undefined
  }

  /** How many devices are known. */
  get size(): number {
    return this.#known.size
  }

  /** Leaves out who is not here and was not heard of since then. */
  forget(before: Millis): void {
    const old = [...this.#known.entries()].filter(([device, known]) => {
      return !this.#present.has(device) && latestOf(known) < before
    })
    for (const [device] of old) this.#known.delete(device)
  }

  /** True while somebody announced has neither proved anything nor been given up. */
  get isPending(): boolean {
    return this.#some(({ announcedAt, provenAt, unreachable }) => {
      return announcedAt !== undefined && provenAt === undefined && !unreachable
    })
  }

  /** True while somebody has proved to be a member whose nick is not known. */
  get hasNameless(): boolean {
    return this.#some(({ nick, provenAt }) => provenAt !== undefined && nick === undefined)
  }

  /** Everybody found, by device key, as of now. */
  counted(now: Millis): Counted[] {
    const all = [...this.#known.entries()].map(([device, { left, ...known }]) => {
      return { device, ...known, state: this.#stateOf(device, { left, ...known }, now) }
    })
    return all.sort((a, b) => (a.device < b.device ? -1 : 1))
  }

  // The order is that of how sure one can be; who has left is gone however fresh its proof is.
  #stateOf(device: PeerKey, known: Known, now: Millis): Counted['state'] {
    const { heardAt, left, provenAt, reachedAt } = known
    if (left) return 'gone'
    if (provenAt !== undefined && now - provenAt <= PROOF_MILLIS) return 'verified'
    if (this.#present.has(device)) return 'present'
    if (provenAt !== undefined || heardAt !== undefined) return 'gone'
    return reachedAt === undefined ? 'announced' : 'reachable'
  }

  #some(is: (known: Known) => boolean): boolean {
    for (const [, known] of this.#known.entries()) if (is(known)) return true
    return false
  }

  #change(device: PeerKey, fresh: Partial<Known>): void {
    this.#known.set(device, { ...(this.#known.get(device) ?? NOTHING), ...fresh })
  }
}

function reached(state: 'reachable' | 'verified', now: Millis): Partial<Known> {
  const connected = { reachedAt: now, unreachable: false }
  return state === 'verified' ? { ...connected, provenAt: now, left: false } : connected
}

function latestOf({ announcedAt = 0, heardAt = 0, provenAt = 0, reachedAt = 0 }: Known): Millis {
  return Math.max(announcedAt, heardAt, provenAt, reachedAt)
}
