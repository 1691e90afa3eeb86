import { atMost } from '../async/at-most.js'
import { untilAborted } from '../async/until-aborted.js'
import { offlineEverywhere } from '../base/errors.js'
import type { IdentityKey, PeerKey } from '../base/ids.js'
import type { Millis } from '../base/time.js'
import type { PeerState } from '../protocol/events.js'
import type { RoomUpdate } from './events.js'
import type { Room } from './room.js'

/** A device that was found, and how sure we are of it. */
export interface Counted {
  readonly device: PeerKey
  /** announced: seen in the DHT; reachable: there is a connection; verified: a member, proved. */
  readonly state: 'announced' | 'reachable' | 'verified'
  readonly identity?: IdentityKey | undefined
  readonly nick?: string | undefined
}

/** How a room is counted. */
export interface CensusOptions {
  readonly timeout: Millis
  /** Ends early with what was found. */
  readonly interrupted?: AbortSignal
  /** Called with everybody found so far, whenever that changes. */
  readonly onchange?: (found: readonly Counted[]) => void
}

const SURENESS = ['announced', 'reachable', 'verified'] as const

type Named = { readonly identity: IdentityKey; readonly nick: string }
type PeerNews = Extract<RoomUpdate, { type: 'peer' }>

/**
 * A connected peer says who it is, and with which nick, within this. Guess: a hello and a presence.
 */
const INTRODUCTION_MILLIS: Millis = 1_000

/**
 * Looks who is in a room that was opened as an observer: ends when every lookup has answered and
 * everybody found was reached or given up, when the time is up, or with an interruption. Throws
 * OFFLINE if no network answered by then.
 */
export async function takeCensus(room: Room, options: CensusOptions): Promise<Counted[]> {
  const census = new Census(room, options.onchange ?? (() => {}))
  await atMost(options.timeout, untilAborted(options.interrupted, look(room, census)))
  if (!room.online && options.interrupted?.aborted !== true) throw offlineEverywhere(room.problems)
  return census.found()
}

async function look(room: Room, census: Census): Promise<void> {
  await room.ready
  await room.lookUp()
  await census.settled()
}

class Census {
  // BOUNDED: by the candidates that the room remembers.
  readonly #found = new Map<PeerKey, Counted>()
  readonly #unreachable = new Set<PeerKey>()
  readonly #nicks = new Map<IdentityKey, string>()
  readonly #onchange: (found: readonly Counted[]) => void
  #whenChanged: (() => void)[] = []

  constructor(room: Room, onchange: (found: readonly Counted[]) => void) {
    this.#onchange = onchange
    room.on('peer', peer => this.#add(peer))
    room.on('unreachable', ({ device }) => this.#change(() => this.#unreachable.add(device)))
    const name = ({ identity, nick }: Named) => this.#change(() => this.#nicks.set(identity, nick))
    room.on('join', name)
    room.on('rename', name)
  }

  /** Everybody found, by device key. */
  found(): Counted[] {
    return [...this.#found.values()]
      .map(peer => ({ ...peer, nick: peer.nick ?? this.#nickOf(peer) }))
      .sort((a, b) => (a.device < b.device ? -1 : 1))
  }

  /**
   * Resolves when nobody is being reached any more, and everybody reached has said who they are (or
   * had the time).
   */
  async settled(): Promise<void> {
    while (this.#someone(peer => this.#isPending(peer))) await this.#nextChange()
    await atMost(INTRODUCTION_MILLIS, this.#introduced())
  }

  async #introduced(): Promise<void> {
    while (this.#someone(isNameless)) await this.#nextChange()
  }

  #add({ device, identity, nick, state }: PeerNews): void {
    const before = this.#found.get(device)
    const surest = surer(before?.state ?? 'announced', state)
    const known = { identity: identity ?? before?.identity, nick: nick ?? before?.nick }
    this.#change(() => this.#found.set(device, { device, state: surest, ...known }))
  }

  #isPending({ device, state }: Counted): boolean {
    return state !== 'verified' && !this.#unreachable.has(device)
  }

  #nickOf({ identity }: Counted): string | undefined {
    return identity === undefined ? undefined : this.#nicks.get(identity)
  }

  #someone(is: (peer: Counted) => boolean): boolean {
    return this.found().some(is)
  }

  #change(what: () => void): void {
    what()
    this.#onchange(this.found())
    for (const resolve of this.#whenChanged.splice(0)) resolve()
  }

  #nextChange(): Promise<void> {
    return new Promise(resolve => this.#whenChanged.push(resolve))
  }
}

function isNameless({ nick, state }: Counted): boolean {
  return state === 'verified' && nick === undefined
}

// What somebody was is not forgotten: a member whose link ended is a member still.
function surer(before: Counted['state'], state: PeerState): Counted['state'] {
  const now = state === 'present' ? 'verified' : state
  return SURENESS.indexOf(now) > SURENESS.indexOf(before) ? now : before
}
