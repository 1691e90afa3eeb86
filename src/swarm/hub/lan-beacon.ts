import { sleep } from '../../async/sleep.js'
import type { Millis } from '../../base/time.js'
import { type LanAddress, neighbourOf } from './lan-address.js'
import {
  type Announcement,
  asksForHubs,
  type DnsPacket,
  hubAnnouncement,
  hubQuery,
  readHubs,
  type Sighting
} from './lan-records.js'
import type { Mdns, OpenMdns } from './mdns.js'

/** A search asks again after these. Guess: on Wi-Fi a multicast packet may well get lost, two in a row seldom. */
const ASK_AGAIN_MILLIS: readonly Millis[] = [100, 150]
/** A hub says twice, unasked, that it is there (RFC 6762, 8.3). */
const ANNOUNCE_AGAIN_MILLIS: Millis = 1_000
/** Between two answers of a hub. Guess: whatever is asked of it, it says no more than this. */
const ANSWER_GAP_MILLIS: Millis = 100
/** A hub asks for others after these, then always after the last one: two may have begun at once, or a cable was plugged in. */
const RIVAL_MILLIS: readonly Millis[] = [500, 2_000, 5_000, 15_000, 60_000]
/** Most hubs that a search hears of. BOUNDED: this; with more somebody plays tricks. */
const MAX_SIGHTINGS = 16

/** What a {@link Beacon} is made of. */
export interface BeaconOptions {
  /** Hubs on other ports are other worlds. */
  readonly port: number
  /** Our addresses; hubs elsewhere than next to one of them are passed over. */
  readonly lans: readonly LanAddress[]
  readonly open: OpenMdns
}

/** Tells our neighbours of our hub, and hears of theirs. */
export class Beacon {
  readonly lans: readonly LanAddress[]
  readonly #port: number
  readonly #mdns: Promise<Mdns>
  #own: Announcement | undefined
  #answering: NodeJS.Timeout | undefined
  #onHub: (sighting: Sighting) => void = () => {}

  constructor({ lans, open, port }: BeaconOptions) {
    this.lans = lans
    this.#port = port
    const hosts = lans.map(({ host }) => host)
    this.#mdns = open(hosts, packet => this.#hear(packet))
  }

  /** Asks for hubs; resolves with those heard of when there is one, or with none after so many milliseconds. */
  async search(millis: Millis, signal: AbortSignal): Promise<Sighting[]> {
    const heard = new Map<string, Sighting>() // BOUNDED: MAX_SIGHTINGS
    const done = new AbortController()
    const stop = () => done.abort()
    signal.addEventListener('abort', stop)
    this.#onHub = sighting => {
      if (heard.size < MAX_SIGHTINGS) heard.set(sighting.generation, sighting)
      stop()
    }
    void this.#ask(done.signal)
    await sleep(millis, done.signal)
    signal.removeEventListener('abort', stop)
    stop()
    this.#onHub = () => {}
    return [...heard.values()]
  }

  /** Tells of our hub until the signal fires. `onrival` hears of others. */
  async serve(
    hub: Announcement,
    onrival: (rival: Sighting) => void,
    signal: AbortSignal
  ): Promise<void> {
    this.#own = hub
    this.#onHub = onrival
    const again = setTimeout(() => this.#answer(), ANNOUNCE_AGAIN_MILLIS).unref()
    await this.#send(hubAnnouncement(hub))
    for (let round = 0; !signal.aborted; round += 1) {
      await sleep(RIVAL_MILLIS[Math.min(round, RIVAL_MILLIS.length - 1)] ?? 0, signal)
      if (!signal.aborted) await this.#send(hubQuery())
    }
    clearTimeout(again)
    clearTimeout(this.#answering)
    this.#answering = undefined
    this.#own = undefined
    this.#onHub = () => {}
    await this.#send(hubAnnouncement(hub, true))
  }

  /** Falls silent and deaf. */
  async close(): Promise<void> {
    clearTimeout(this.#answering)
    const mdns = await this.#mdns.catch(() => undefined)
    mdns?.close()
  }

  async #ask(signal: AbortSignal): Promise<void> {
    await this.#send(hubQuery())
    for (const wait of ASK_AGAIN_MILLIS) {
      await sleep(wait, signal)
      if (signal.aborted) return
      await this.#send(hubQuery())
    }
  }

  #hear(packet: unknown): void {
    if (this.#own !== undefined && asksForHubs(packet)) this.#answer()
    for (const sighting of readHubs(packet)) if (this.#counts(sighting)) this.#onHub(sighting)
  }

  #counts({ ending, generation, host, port }: Sighting): boolean {
    if (ending || port !== this.#port || generation === this.#own?.generation) return false
    return neighbourOf(host, this.lans) !== undefined
  }

  // However many ask, one answer is for all of them.
  #answer(): void {
    this.#answering ??= setTimeout(() => {
      this.#answering = undefined
      if (this.#own !== undefined) void this.#send(hubAnnouncement(this.#own))
    }, ANSWER_GAP_MILLIS).unref()
  }

  // Where there is no multicast, nobody hears us, and that is all.
  async #send(packet: DnsPacket): Promise<void> {
    const mdns = await this.#mdns.catch(() => undefined)
    for (const { host } of this.lans) mdns?.send(packet, host)
  }
}
