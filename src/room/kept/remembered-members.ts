import { existsSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { IdentityKey, PeerKey } from '../../base/ids.js'
import type { Millis } from '../../base/time.js'
import { ensureDirectory } from '../../home/directory.js'
import { readIfThere, replaceFile } from '../../home/files.js'
import type { Identity } from '../../home/identity.js'
import { roomDirectory } from '../../home/room-directory.js'
import type { Whereabouts } from '../../swarm/connections/paths.js'
import type { RoomKeys } from '../keys.js'
import { type Acquaintance, acquaintancesIn, worthRemembering } from './acquaintance.js'

/** What was learnt is written so soon, and then so seldom. Guess: most programs that are killed have run longer than the first. */
const FIRST_WRITE_MILLIS: Millis = 1_000
const NEXT_WRITE_MILLIS: Millis = 60_000

/** Where a peer is connected from now; undefined if it is not. */
type Where = (device: PeerKey) => Whereabouts | undefined

/**
 * The members that we were linked to last, in a file beside the messages: who comes again dials them before a DHT has named
 * anybody. Nothing that was only said of a member is in it. What cannot be read or written costs the memory alone.
 */
export class RememberedMembers {
  readonly #file: string
  readonly #wall: () => Millis
  // BOUNDED: MAX_REMEMBERED.
  #met: readonly Acquaintance[]
  // BOUNDED: the links of the room, and those that ended since it was written.
  readonly #linked = new Map<PeerKey, IdentityKey>()
  #where: Where = () => undefined
  #timer: NodeJS.Timeout | undefined
  #isWritten = false

  /** `wall`: the time, ms since 1970. */
  constructor(file: string, wall: () => Millis) {
    this.#file = file
    this.#wall = wall
    this.#met = worthRemembering(this.#read(), wall())
  }

  /** Those that were met before, the newest first. */
  get met(): readonly Acquaintance[] {
    return this.#met
  }

  /** This device proved just now that it may be in the room. */
  linked(device: PeerKey, identity: IdentityKey, where: Where): void {
    this.#where = where
    this.#linked.set(device, identity)
    this.#take(device, identity)
    const pause = this.#isWritten ? NEXT_WRITE_MILLIS : FIRST_WRITE_MILLIS
    this.#timer ??= setTimeout(() => this.write(), pause).unref()
  }

  /** Nobody is remembered any more, but for those who are met from now on. Never throws. */
  forget(): void {
    this.#met = []
    this.#linked.clear()
    try {
      rmSync(this.#file, { force: true })
    } catch {
      // The disk's troubles are told by the history.
    }
  }

  /** Writes what was learnt, with all who are still linked. Never throws. */
  write(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#linked.size === 0) return
    for (const [device, identity] of this.#linked)
      if (!this.#take(device, identity)) this.#linked.delete(device)
    this.#isWritten = true
    try {
      // It may have been forgotten meanwhile.
      if (!existsSync(dirname(dirname(this.#file)))) return
      ensureDirectory(dirname(this.#file))
      replaceFile(this.#file, `${JSON.stringify(this.#met)}\n`)
    } catch {
      // The disk's troubles are told by the history.
    }
  }

  #take(device: PeerKey, identity: IdentityKey): boolean {
    const where = this.#where(device)
    if (where === undefined) return false
    const now = this.#wall()
    const others = this.#met.filter(each => each.device !== device)
    this.#met = worthRemembering([{ ...where, device, identity, at: now }, ...others], now)
    return true
  }

  #read(): Acquaintance[] {
    try {
      return acquaintancesIn(readIfThere(this.#file) ?? '')
    } catch {
      return []
    }
  }
}

/** Where the members that this identity met in this room are remembered. */
export function rememberedFile(
  home: string,
  { topic }: Pick<RoomKeys, 'topic'>,
  { key }: Pick<Identity, 'key'>
): string {
  return join(roomDirectory(home, topic), 'met', key)
}
