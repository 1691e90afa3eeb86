import { type Deferred, deferred } from '../async/deferred.js'
import type { PeerKey } from '../base/ids.js'
import type { Millis } from '../base/time.js'
import { Announcement } from './announcement.js'
import { keyOf } from './check-id.js'
import { unlessFault } from './dht/dht-errors.js'
import type { Address, LookupPeer, LookupReply, Query, QueryOptions } from './dht/types.js'
import type { DiscoveryContext, DiscoveryMode, LookupSample } from './discovery-context.js'
import { LookupSchedule } from './lookup-schedule.js'

/** Waits after a pass that failed, for instance because no node took the announcement. */
const RETRY_MILLIS: readonly Millis[] = [1_000, 4_000, 15_000, 60_000]

/**
 * One topic on one network: walks to the nodes that hold it while it starts to listen, announces there, looks up again, and
 * keeps the announcement fresh. Never rejects; offline it waits for the network.
 */
export class TopicDiscovery {
  readonly #context: DiscoveryContext
  #mode: DiscoveryMode = { server: false, client: false, limit: 0 }
  #active = true
  #failures = 0
  /** The nodes that answered last about this topic: the next walk begins with them. */
  #closestNodes: readonly Address[] = []
  #taken = 0
  readonly #lookups: LookupSchedule
  readonly #announcement: Announcement
  #timer: NodeJS.Timeout | undefined
  #pass: Promise<void> | undefined
  #again = false
  #halt: Deferred = deferred()
  /** Resolves when a pass that is still to begin has gone through. */
  #next: Deferred = deferred()
  readonly #firstPass = deferred()
  // BOUNDED: a lookup and an announcement of the pass, and lookups that the owner asks for.
  readonly #queries = new Set<Query<unknown>>()
  readonly #onRehome = () => {
    this.#closestNodes = []
    void this.refresh()
  }
  readonly #onState = () => {
    if (this.#context.network.state === 'online' && this.#failures > 0) void this.refresh()
  }

  constructor(context: DiscoveryContext) {
    this.#context = context
    this.#lookups = new LookupSchedule(context.keyPair.publicKey, context.random)
    this.#announcement = new Announcement(context, () => this.#active)
    context.network.on('rehome', this.#onRehome)
    context.network.on('state', this.#onState)
  }

  /** Ends when the first lookup, and announcement where there is one, went through on this network, or it stopped. */
  flushed(): Promise<void> {
    return this.#firstPass.promise
  }

  /** What to do from the next {@link refresh} on. True where that is something else. */
  setMode(mode: DiscoveryMode): boolean {
    const { server, client } = this.#mode
    this.#mode = mode
    return server !== mode.server || client !== mode.client
  }

  /** Ends when what is under way has been done; at once where the network is not online. */
  async settled(): Promise<void> {
    while (this.#pass !== undefined && this.#context.network.state === 'online') await this.#pass
  }

  /** Looks up (and announces) now, and a few times more soon. Ends when what begins now went through, or it stopped. */
  refresh(): Promise<void> {
    const { promise } = this.#next
    if (!this.#active) return promise
    this.#lookups.end()
    if (this.#pass === undefined) this.#start()
    else this.#again = true
    return promise
  }

  /**
   * Looks up once, now, without touching the announcement. Gives who was named; undefined if nobody
   * answered. Rejects if the node is closed.
   */
  async lookup(): Promise<LookupSample | undefined> {
    const { network, topic } = this.#context
    if (!this.#active) return undefined
    return this.#stream(network.dht.lookup(topic, this.#queryOptions()), true)
  }

  /** Takes the announcement back and does nothing more until {@link resume}. May take seconds where nobody answers. */
  async suspend(): Promise<void> {
    this.#active = false
    clearTimeout(this.#timer)
    this.#halt.resolve()
    for (const query of this.#queries) query.destroy()
    await this.#pass
    await this.#unannounce()
  }

  /** Goes on after {@link suspend}. */
  resume(): void {
    if (this.#active) return
    this.#active = true
    this.#halt = deferred()
    void this.refresh()
  }

  /** Ends for good, as {@link suspend} does. */
  async stop(): Promise<void> {
    this.#context.network.off('rehome', this.#onRehome)
    this.#context.network.off('state', this.#onState)
    this.#firstPass.resolve()
    await this.suspend()
    this.#next.resolve()
  }

  #start(): void {
    clearTimeout(this.#timer)
    this.#again = false
    this.#pass = this.#run().finally(() => {
      this.#pass = undefined
      if (!this.#active) return
      if (this.#again) this.#start()
      else this.#schedule()
    })
  }

  async #run(): Promise<void> {
    const awaited = this.#next
    this.#next = deferred()
    const through = await this.#tryOnce()
    if (through) void this.#end(awaited)
    else void this.#next.promise.then(awaited.resolve)
  }

  // True where the pass went through; otherwise it is tried again later.
  async #tryOnce(): Promise<boolean> {
    const early = this.#lookUpEarly()
    await Promise.race([this.#context.network.ready, this.#halt.promise])
    if (!this.#active) return false
    try {
      await this.#lookUpAndAnnounce(early)
      this.#failures = 0
      return true
    } catch (thrown) {
      this.#failures++
      this.#tellFault(thrown)
      return false
    }
  }

  #tellFault(thrown: unknown): void {
    try {
      unlessFault(thrown)
    } catch (fault) {
      this.#context.onFault(fault)
    }
  }

  async #end(awaited: Deferred): Promise<void> {
    if (this.#mode.server) await this.#context.listener.listen().catch(unlessFault)
    this.#firstPass.resolve()
    awaited.resolve()
  }

  // A lookup needs no more than a bootstrap node, so it need not wait until the node has found its place.
  #lookUpEarly(): Promise<boolean> | undefined {
    const { dht, state } = this.#context.network
    if (!this.#mode.client || state !== 'starting' || dht.bootstrapNodes.length === 0)
      return undefined
    return this.lookup().then(
      () => this.#closestNodes.length > 0,
      thrown => {
        this.#tellFault(thrown)
        return false
      }
    )
  }

  // Follow-ups only look up; everything else announces as well, and to announce is to look up.
  async #lookUpAndAnnounce(early: Promise<boolean> | undefined): Promise<void> {
    this.#taken = 0
    this.#lookups.begin()
    if (this.#mode.server && this.#lookups.over) await this.#announce(early)
    else await Promise.all([this.#lookUpOnce(early), this.#tendNoAnnouncement()])
  }

  async #lookUpOnce(early: Promise<boolean> | undefined): Promise<void> {
    if (!this.#mode.client || (await early)) return
    if (this.#lookups.over || !(await this.#askAgain())) await this.lookup()
  }

  // Some of the nodes that answered before; false where they do not any more.
  async #askAgain(): Promise<boolean> {
    const { network, topic } = this.#context
    const nodes = this.#lookups.nodesToAsk(this.#closestNodes)
    const query = network.dht.lookup(topic, { nodes, onlyClosestNodes: true })
    await this.#read(query, false)
    return query.successes > 0
  }

  async #tendNoAnnouncement(): Promise<void> {
    if (!this.#mode.server) await this.#unannounce()
  }

  async #announce(early: Promise<boolean> | undefined): Promise<void> {
    this.#announcement.prepare()
    await early
    await this.#stream(this.#announcement.begin(this.#queryOptions()), true)
    this.#announcement.landed()
  }

  async #unannounce(): Promise<void> {
    try {
      await this.#announcement.takeBack()
    } catch (thrown) {
      // The node is closed, or nobody answers: the records expire by themselves.
      this.#tellFault(thrown)
    }
  }

  #queryOptions(): QueryOptions {
    return this.#closestNodes.length === 0 ? {} : { nodes: this.#closestNodes }
  }

  async #stream(query: Query<LookupReply>, anew: boolean): Promise<LookupSample | undefined> {
    const named = await this.#read(query, anew)
    this.#closestNodes = query.closestNodes
    return named
  }

  async #read(query: Query<LookupReply>, anew: boolean): Promise<LookupSample | undefined> {
    // BOUNDED: 20 keys of each of the nodes that a walk asks.
    const named = new Set<PeerKey>()
    this.#queries.add(query)
    try {
      for await (const reply of query) {
        for (const { publicKey } of reply.peers) named.add(keyOf(publicKey))
        this.#take(reply, anew)
      }
    } finally {
      this.#queries.delete(query)
    }
    return query.successes > 0 ? named : undefined
  }

  #take({ from, peers }: LookupReply, anew: boolean): void {
    if (!this.#mode.client || !this.#active) return
    this.#lookups.heard(peers)
    const some = peers.slice(0, Math.max(0, this.#mode.limit - this.#taken))
    this.#taken += some.length
    if (some.length > 0) void this.#tell(some, from.host, anew)
  }

  // Dials of a node that does not know yet how it is reached open on one side only.
  async #tell(peers: readonly LookupPeer[], namedBy: string, anew: boolean): Promise<void> {
    const { network, onPeers } = this.#context
    const mutual = this.#mode.server && !this.#lookups.over
    if (network.state === 'starting') await network.ready
    if (this.#active) onPeers(peers, { namedBy, mutual, anew })
  }

  #schedule(): void {
    this.#timer = setTimeout(() => this.#start(), this.#nextWait())
  }

  #nextWait(): Millis {
    const { alone } = this.#context
    if (this.#failures === 0) {
      return this.#lookups.next({ alone: alone(), client: this.#mode.client })
    }
    const last = RETRY_MILLIS.length - 1
    return this.#lookups.jittered(RETRY_MILLIS[Math.min(this.#failures - 1, last)] ?? 0)
  }
}
