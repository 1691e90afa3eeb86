import { atMost } from '../../async/at-most.js'
import { backoff } from '../../async/backoff.js'
import { sleep } from '../../async/sleep.js'
import type { PeerKey } from '../../base/ids.js'
import type { Millis } from '../../base/time.js'
import { MIN_SAMPLES, Population } from '../../swarm/population.js'
import { systemClock } from '../clock.js'
import type { RoomUpdate } from '../events.js'
import { RecordReader } from '../records/record-reader.js'
import type { Room } from '../room.js'
import { type CensusLink, linksAmong } from './graph.js'
import { type Counted, type PeerNews, Tally } from './tally.js'

/** Who is in a room. */
export interface Census {
  /** Every device that was found, by its key. */
  readonly peers: readonly Counted[]
  /** Members that are here: identities of devices that are verified or present. Nobody can invent one by an announcement. */
  readonly members: number
  /** Keys that the DHT named. Anybody can have invented any of them. */
  readonly announced: number
  /**
   * About how many are announced, those that no lookup named included: from what three lookups or more
   * had in common. Undefined if there were fewer.
   */
  readonly estimate?: number | undefined
  /** Who is linked to whom, of those who are here, as they say. Only if it was asked for. */
  readonly links?: readonly CensusLink[] | undefined
}

/**
 * A connected peer says who it is, and with which nick, within this. Guess: a hello and a presence.
 */
const INTRODUCTION_MILLIS: Millis = 1_000
/** Whoever is linked answers within this if it is still there. Guess: three round trips around the world. */
const PROOF_WAIT_MILLIS: Millis = 1_000
/** Lookups are repeated so often at most. Of 1,000 announced each names a third; eight leave 4 % unseen. */
const MAX_LOOKUPS = 8
/** Enough was seen when no more than this part of it seems to be missing. */
const UNSEEN_PART = 0.01
/**
 * So long somebody is looked for when nobody is found: a local hub that has just taken over knows
 * nobody until the others have announced themselves again. Guess.
 */
const EMPTY_MILLIS: Millis = 3_000
/** Between two lookups while there is nothing to find, and at most where nobody answers. Guess. */
const PAUSE_MILLIS: Millis = 250
const PAUSE_MAX_MILLIS: Millis = 5_000
/** Changes are looked at together, so often. Guess: nobody sees it. */
const FLUSH_MILLIS: Millis = 20
/** Who watches asks everybody linked so often: a proof is worth 5 s. */
const PROBE_MILLIS: Millis = 2_000
/** ... and with every so many of these also who is gone. Guess: a minute. */
const PROBES_PER_INQUIRY = 30
/** First and longest wait for the next lookups of who watches. Guess: whoever comes is told of by members at once. */
const LOOKUP_PAUSE_MILLIS: Millis = 10_000
const LOOKUP_PAUSE_MAX_MILLIS: Millis = 300_000
/** Who watches is told so often of times that have passed. */
const TICK_MILLIS: Millis = 1_000
/** Who was not heard of for so long is not watched any more. An announcement outlives its device by 27 min. */
const FORGET_MILLIS: Millis = 30 * 60_000

/** What a census needs of a room: {@link Room} is one, and so is a virtual one. */
export interface CountedRoom
  extends Pick<
    Room,
    | 'ready'
    | 'links'
    | 'lookUp'
    | 'recordOf'
    | 'signs'
    | 'departed'
    | 'neighborhoods'
    | 'inquire'
    | 'probe'
  > {
  on(event: 'update', listener: (update: RoomUpdate) => void): unknown
  off(event: 'update', listener: (update: RoomUpdate) => void): unknown
}

/** What a census is told beside its room. */
interface TakerOptions {
  readonly onchange?: ((census: Census) => void) | undefined
  readonly graph?: boolean | undefined
}

/** Takes a census of a room, or keeps taking it. It ends with {@link end}. */
export class CensusTaker {
  readonly #room: CountedRoom
  readonly #onchange: (census: Census) => void
  readonly #hasGraph: boolean
  readonly #tally = new Tally()
  readonly #over = new AbortController()
  #population = new Population()
  /** What the last lookups that came to their end gave. */
  #counted: Population | undefined
  // BOUNDED: those who wait in this file.
  #whenChanged: (() => void)[] = []
  // BOUNDED: the devices that are, or were, linked.
  readonly #proofs = new Set<PeerKey>()
  readonly #names = new RecordReader(device => this.#readName(device), Math.random)
  #flushing: NodeJS.Timeout | undefined
  #ticking: NodeJS.Timeout | undefined
  #isOver = false
  readonly #onUpdate = (update: RoomUpdate) => this.#note(update)

  constructor(room: CountedRoom, { graph = false, onchange = () => {} }: TakerOptions) {
    this.#room = room
    this.#hasGraph = graph
    this.#onchange = onchange
    room.on('update', this.#onUpdate)
    if (graph) room.inquire({ departed: false, neighbors: true })
  }

  /** Ends after so many ms at most. Never rejects. */
  async take(timeout: Millis): Promise<void> {
    await atMost(timeout, this.#look())
    this.#isOver = true
    await atMost(PROOF_WAIT_MILLIS, this.#prove())
  }

  /** Never ends by itself, and never rejects. */
  async watch(): Promise<void> {
    void this.#keepAsking()
    this.#ticking = setInterval(() => this.#tick(), TICK_MILLIS)
    await this.#look()
    for (let idle = 1; !this.#isOver; ) {
      await sleep(backoff(idle, LOOKUP_PAUSE_MILLIS, LOOKUP_PAUSE_MAX_MILLIS), this.#over.signal)
      const before = this.#tally.size
      this.#population = new Population()
      await this.#lookUp()
      idle = this.#tally.size > before || this.#room.links === 0 ? 1 : idle + 1
    }
  }

  end(): void {
    this.#isOver = true
    this.#over.abort()
    this.#names.stop()
    clearInterval(this.#ticking)
    clearTimeout(this.#flushing)
    this.#room.off('update', this.#onUpdate)
  }

  found(): Census {
    const now = systemClock.wall()
    this.#tally.roster(this.#room.signs(), now)
    this.#tally.departed(this.#room.departed(), now)
    const peers = this.#tally.counted(now)
    const here = peers.filter(({ state }) => state === 'verified' || state === 'present')
    const members = new Set(here.map(({ device, identity }) => identity ?? device)).size
    const { estimate, seen } = this.#counted ?? this.#population
    return { peers, members, announced: seen, estimate, ...this.#links(here) }
  }

  #links(here: readonly Counted[]): Pick<Census, 'links'> {
    if (!this.#hasGraph) return {}
    const devices = new Set(here.map(({ device }) => device))
    return { links: linksAmong(this.#room.neighborhoods(), devices) }
  }

  async #look(): Promise<void> {
    await this.#room.ready
    await this.#lookUp()
    while (this.#tally.isPending && !this.#isOver) await this.#nextChange()
    await atMost(INTRODUCTION_MILLIS, this.#introduced())
    while (this.#names.isBusy && !this.#isOver) await this.#nextChange()
  }

  async #lookUp(): Promise<void> {
    const emptyUntil = performance.now() + EMPTY_MILLIS
    let failures = 0
    while (!this.#isOver && !this.#isSaturated(emptyUntil)) {
      const named = await this.#room.lookUp()
      if (named !== undefined) this.#change(() => this.#named(named))
      failures = named === undefined ? failures + 1 : 0
      if (named === undefined || this.#population.seen === 0) await this.#pause(failures)
    }
    this.#counted = this.#population
  }

  #pause(failures: number): Promise<void> {
    const millis = backoff(failures, PAUSE_MILLIS, PAUSE_MAX_MILLIS)
    return sleep(Math.max(PAUSE_MILLIS, millis), this.#over.signal)
  }

  #named(named: Parameters<Population['add']>[0]): void {
    this.#population.add(named)
    this.#tally.named(named, systemClock.wall())
  }

  #isSaturated(emptyUntil: number): boolean {
    const { estimate, samples, seen } = this.#population
    if (samples < MIN_SAMPLES || estimate === undefined) return false
    if (seen === 0) return performance.now() >= emptyUntil
    return samples >= MAX_LOOKUPS || estimate - seen <= UNSEEN_PART * seen
  }

  async #introduced(): Promise<void> {
    while (this.#tally.hasNameless && !this.#isOver) await this.#nextChange()
  }

  // That there is a link proves nothing of this second: a killed member ends none. On a link that
  // answers, what was inquired comes before the proof.
  async #prove(): Promise<void> {
    this.#proofs.clear()
    this.#inquire()
    this.#room.probe()
    while (this.#proofs.size < this.#room.links) await this.#nextChange()
  }

  async #keepAsking(): Promise<void> {
    for (let probes = 0; !this.#isOver; probes += 1) {
      if (probes % PROBES_PER_INQUIRY === 0) this.#inquire()
      this.#room.probe()
      await sleep(PROBE_MILLIS, this.#over.signal)
    }
  }

  #inquire(): void {
    this.#room.inquire({ departed: true, neighbors: this.#hasGraph })
  }

  // Proofs lapse, and nobody tells.
  #tick(): void {
    this.#tally.forget(systemClock.wall() - FORGET_MILLIS)
    this.#change(() => {})
  }

  #note(update: RoomUpdate): void {
    if (update.type === 'peer') this.#change(() => this.#heard(update))
    else if (update.type === 'unreachable') this.#change(() => this.#failed(update.device))
    else if (update.type === 'refused') this.#change(() => this.#tally.failed(update.peer))
    else if (update.type === 'join' || update.type === 'leave') this.#change(() => {})
  }

  // Whom nobody has told of yet, the DHT may name.
  #failed(device: PeerKey): void {
    this.#tally.failed(device)
    if (this.#tally.isNameless(device)) this.#names.ask(device)
  }

  async #readName(device: PeerKey): Promise<void> {
    const record = await this.#room.recordOf(device)
    this.#change(() => record && this.#tally.recorded(device, record, systemClock.wall()))
  }

  #heard(news: PeerNews): void {
    this.#tally.heard(news, systemClock.wall())
    if (news.state === 'verified') this.#proofs.add(news.device)
  }

  // Hundreds of changes come at once, and looking at everybody takes a while.
  #change(what: () => void): void {
    what()
    this.#flushing ??= setTimeout(() => this.#flush(), FLUSH_MILLIS)
  }

  #flush(): void {
    this.#flushing = undefined
    this.#onchange(this.found())
    for (const resolve of this.#whenChanged.splice(0)) resolve()
  }

  #nextChange(): Promise<void> {
    return new Promise(resolve => this.#whenChanged.push(resolve))
  }
}
