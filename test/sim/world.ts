import { hash } from '../../src/base/crypto.js'
import { idFromBytes, type MessageId, type PeerKey } from '../../src/base/ids.js'
import { sample } from '../../src/base/pick.js'
import type { Random } from '../../src/base/random.js'
import type { Input, Output, RoomEvent } from '../../src/protocol/events.js'
import { type Performer, perform } from '../../src/protocol/perform.js'
import type { Frame } from '../../src/protocol/wire/frames.js'
import { messageId, type VerifiedMessage } from '../../src/protocol/wire/message.js'
import type { Connection, Side } from '../../src/testing/world/connection.js'
import { Network } from '../../src/testing/world/network.js'
import { seededRandom } from '../../src/testing/world/random.js'
import { idsIn } from './costs.js'
import { Directory } from './directory.js'
import { frameSize } from './frame-size.js'
import { Member } from './member.js'
import { type MessageRecord, Metrics } from './metrics.js'
import { type MakeNode, plainId } from './node.js'
import { DEFAULTS, type WorldOptions } from './options.js'
import { Processor } from './processor.js'
import { messages } from './room-node.js'
import { Trace } from './trace.js'

/** Virtual time begins here, so that clocks look like clocks. */
export const EPOCH = 1_700_000_000_000
/** What a stream adds to a frame. */
const LENGTH_PREFIX_BYTES = 3

/** What members do that is no input of theirs, as numbers for the trace. */
const CODES = { dialled: 4, lookup: 7 } as const

/**
 * A network of members under a virtual clock. Everything random comes from one seed, and everything
 * that happens goes into the trace: the same seed and the same calls give the same trace.
 */
export class World extends Network<Member> {
  readonly members: Member[] = []
  readonly metrics = new Metrics()
  readonly trace = new Trace()
  readonly random: Random
  /** Hears every event that a member's machine tells. */
  onevent: (member: Member, event: RoomEvent) => void = () => {}
  readonly #options: WorldOptions
  readonly #make: MakeNode
  readonly #byKey = new Map<PeerKey, Member>()
  readonly #directory: Directory
  // BOUNDED: by the scenario.
  readonly #invented = new Set<PeerKey>()
  readonly #ids = new WeakMap<Uint8Array, MessageId>()

  constructor(make: MakeNode, options: Partial<WorldOptions> = {}) {
    super(EPOCH)
    this.#options = { ...DEFAULTS, ...options }
    this.#make = make
    this.random = seededRandom(this.#options.seed)
    this.#directory = new Directory(this.random, this.#options.sampleSize)
  }

  /** Virtual ms since the run began. */
  get time(): number {
    return this.now - EPOCH
  }

  get alive(): Member[] {
    return this.members.filter(member => member.alive)
  }

  // What scenarios do

  /** New members, started at random times within `within` ms. */
  add(count: number, within: number): Member[] {
    const added = Array.from({ length: count }, () => this.#born())
    for (const member of added) {
      this.after(this.#between([0, within]), () => this.#start(member))
    }
    return added
  }

  /** Announces keys that are nobody's: dials of them fail like those of the dead. */
  invent(keys: readonly PeerKey[]): void {
    for (const key of keys) {
      this.#invented.add(key)
      this.#directory.announce(key)
    }
  }

  /** A lookup of nobody's: some of those who are announced now. */
  named(): PeerKey[] {
    return this.#directory.lookup(this.now)
  }

  /** Runs until so much virtual time has passed. */
  run(millis: number): void {
    this.runUntil(this.now + millis)
  }

  /** Calls back at a virtual time from now, between events. */
  later(millis: number, call: () => void): void {
    this.after(millis, call)
  }

  say(member: Member, text: string): void {
    this.#feed(member, { type: 'say', text })
  }

  feed(member: Member, input: Input): void {
    this.#feed(member, input)
  }

  /** A member does this of its own accord: frames that no machine of ours would send. */
  act(member: Member, outputs: readonly Output[]): void {
    if (!member.alive) return
    for (const output of outputs) this.#perform(member, output, { type: 'start' })
  }

  /** Looks at what every member holds, remembers the largest, and names what was ever over its bound. */
  overBound(): string[] {
    for (const { node } of this.alive) {
      for (const { max, name, size } of node?.loads ?? []) {
        const largest = Math.max(size, this.metrics.loads.get(name)?.size ?? 0)
        this.metrics.loads.set(name, { size: largest, max })
      }
    }
    const over = [...this.metrics.loads].filter(([, { max, size }]) => size > max)
    return over.map(([name]) => name)
  }

  /** A number of random living members. */
  choose(count: number, from: readonly Member[] = this.alive): Member[] {
    return sample(from, count, this.random)
  }

  /** Members stop without a word. */
  crash(members: readonly Member[]): void {
    for (const member of members) this.#crash(member)
  }

  /** A crashed member starts again under its key, with what it had stored or without. */
  restart(member: Member, memory: boolean): void {
    if (member.alive) return
    if (!memory) member.stored.clear()
    this.#start(member)
  }

  /** Members can reach only those of their own group from now on; one group for all heals it. */
  partition(groupOf: (member: Member) => number): void {
    for (const member of this.members) member.group = groupOf(member)
    for (const member of this.members) {
      for (const connection of this.linksOf(member)) this.#cut(connection)
    }
  }

  // What happens

  /** The same for what only concerns this life of a member. */
  #inLife(member: Member, millis: number, run: () => void): void {
    const { life } = member
    this.after(millis, () => {
      if (member.life === life) run()
    })
  }

  #born(): Member {
    const index = this.members.length
    const seed = new Uint8Array(8)
    new DataView(seed.buffer).setUint32(0, this.#options.seed)
    new DataView(seed.buffer).setUint32(4, index)
    const skew = Math.round((this.random() * 2 - 1) * this.#options.skew)
    const key = idFromBytes<PeerKey>(hash([seed]))
    const member = new Member(index, key, this.random(), this.random(), skew)
    member.feed = input => this.#feed(member, input)
    member.performer = this.#performerOf(member)
    member.badNat = this.#options.badNat > 0 && this.random() < this.#options.badNat
    this.members.push(member)
    this.#byKey.set(key, member)
    return member
  }

  #start(member: Member): void {
    member.life++
    member.since = this.time
    const { device: key, index, stored } = member
    const random = seededRandom(Math.floor(this.random() * 0x7fff_ffff))
    member.node = this.#make({ index, key, random, memory: stored })
    member.processor = this.#processorOf(member)
    this.#feed(member, { type: 'start' })
    this.#lookup(member)
    this.#directory.announce(key)
    this.#inLife(member, this.#between(this.#options.secondLookup), () => this.#lookup(member))
  }

  #lookup(member: Member): void {
    this.#inLife(member, this.#between(this.#options.lookup), () => this.#lookup(member))
    this.#lookUp(member)
  }

  #lookUp(member: Member): void {
    this.trace.note(CODES.lookup, this.time, member.index)
    const peers = this.#directory.lookup(this.now).filter(key => key !== member.device)
    const input: Input = { type: 'candidates', peers }
    this.#inLife(member, this.#between([50, 400]), () => this.#feed(member, input))
  }

  #processorOf(member: Member): Processor | undefined {
    const { cpu } = this.#options
    if (cpu === undefined) return undefined
    const { life } = member
    const isAlive = () => member.life === life
    return new Processor(cpu, {
      now: () => this.now,
      at: (at, call) => {
        super.at(at, call)
      },
      handle: input => (isAlive() ? this.#handle(member, input) : []),
      perform: (input, outputs) => {
        if (isAlive()) for (const output of outputs) this.#perform(member, output, input)
      },
      spent: micros => {
        this.metrics.workMicros += micros
      }
    })
  }

  #crash(member: Member): void {
    member.node = undefined
    member.processor = undefined
    member.life++
    this.#directory.abandon(member.device, this.now)
    for (const connection of this.linksOf(member)) {
      this.close(connection, connection.sideOf(member))
      this.#noticed(connection, connection.otherSide(member))
    }
  }

  #cut(connection: Connection<Member>): void {
    const { initiator, responder } = connection
    if (initiator.end.group === responder.end.group) return
    for (const side of [initiator, responder]) if (side.open) this.#noticed(connection, side)
  }

  /** One end notices the silence. */
  #noticed(connection: Connection<Member>, side: Side<Member>): void {
    this.after(this.#between(this.#options.notice), () => this.lose(connection, side))
  }

  #feed(member: Member, input: Input): void {
    if (member.processor !== undefined) {
      member.processor.accept(input)
      return
    }
    for (const output of this.#handle(member, input)) this.#perform(member, output, input)
  }

  #handle(member: Member, input: Input): readonly Output[] {
    const { node } = member
    if (node === undefined) return []
    this.trace.note(codeOf(input), this.time, member.index)
    return node.handle(input, Math.floor(this.now) + member.skew)
  }

  // What members want done

  #perform(member: Member, output: Output, cause: Input): void {
    if (output.type !== 'store') {
      perform(output, member.performer)
      return
    }
    member.stored.set(output.message.id, output.message)
    this.#delivered(member, output.message, cause)
  }

  #performerOf(member: Member): Partial<Performer> {
    return {
      send: (to, frame) => this.send(member, to, frame),
      dial: peer => this.dial(member, peer),
      lookUp: () => this.#lookUp(member),
      close: peer => this.disconnect(member, peer),
      timer: (after, timer) =>
        this.#inLife(member, after, () => this.#feed(member, { type: 'timer', timer })),
      forget: ({ id }) => member.stored.delete(id),
      emit: event => this.#told(member, event)
    }
  }

  #told(member: Member, event: RoomEvent): void {
    this.onevent(member, event)
    if (event.type !== 'refused') return
    const { refusals } = this.metrics
    refusals.set(event.reason, (refusals.get(event.reason) ?? 0) + 1)
  }

  override send(member: Member, to: PeerKey, frame: Frame): void {
    const connection = this.link(member, to)
    if (connection === undefined) return
    // A blackhole stays alive: what it does not forward is a heartbeat instead.
    if (member.blackhole && isForwarded(frame)) {
      this.send(member, to, { type: 'ping' })
      return
    }
    const size = frameSize(frame) + LENGTH_PREFIX_BYTES
    this.metrics.count(frame.type, size, idsIn(frame))
    if (isPush(frame)) this.metrics.payloadBytes += size
    this.#watchSpam(member, connection.otherSide(member).end, frame)
    this.carry(connection, member, target => {
      if (isPush(frame)) this.#countPayload(frame.sealed)
      this.#feed(target, { type: 'frame', from: member.device, frame })
    })
  }

  override disconnect(member: Member, peer: PeerKey): void {
    const connection = this.link(member, peer)
    if (connection === undefined) return
    this.close(connection, connection.sideOf(member))
    this.#inLife(member, 1, () => this.#feed(member, { type: 'disconnected', peer }))
    const other = connection.otherSide(member)
    if (this.random() < this.#options.closeUnheard) this.#noticed(connection, other)
    else this.at(this.arrival(connection.sideOf(member), other), () => this.lose(connection, other))
  }

  // Dials

  override dial(member: Member, key: PeerKey): void {
    this.metrics.dials++
    const peer = this.#byKey.get(key)
    if (peer === member || (peer === undefined && !this.#invented.has(key))) return
    const { dialDead, dialFails } = this.#options
    const isDead = peer === undefined || this.reach(member, key) === undefined
    if (isDead || this.random() < dialFails)
      this.#inLife(member, this.#between(dialDead), () => this.#dialFailed(member, key))
    else this.#inLife(member, this.#dialTime(member, peer), () => this.#dialled(member, peer))
  }

  #dialTime(member: Member, peer: Member): number {
    const { dial, dialSlow } = this.#options
    const slow = this.random() < dialSlow ? this.random() * 8_000 : 0
    return this.#between(dial) + this.travel(member, peer) + slow
  }

  #dialFailed(member: Member, peer: PeerKey): void {
    this.metrics.failedDials++
    if (this.link(member, peer) === undefined) this.#feed(member, { type: 'dial-failed', peer })
  }

  #dialled(member: Member, peer: Member): void {
    if (this.reach(member, peer.device) === undefined) {
      this.#dialFailed(member, peer.device)
      return
    }
    const connection = this.connection(member, peer)
    if (!this.#survives(connection)) return
    this.trace.note(CODES.dialled, this.time, member.index, peer.index)
    const { initiator, responder } = connection
    const oneSided = this.random() < this.#options.dialOneSided
    if (!oneSided) this.open(connection, responder)
    this.open(connection, initiator)
    if (oneSided) this.after(13_000, () => this.lose(connection, initiator))
  }

  /** Hyperswarm's rule: the stream that the larger key dialled, unless the other has carried bytes both ways. */
  #survives({ initiator: { end: dialler }, responder: { end: acceptor } }: Connection<Member>) {
    const all = [this.link(dialler, acceptor.device), this.link(acceptor, dialler.device)]
    const rivals = new Set(all.filter(rival => rival !== undefined))
    for (const rival of rivals) {
      const wins = rival.carriedBothWays || dialler.device > acceptor.device
      if (!wins) return false
    }
    for (const rival of rivals) {
      this.lose(rival, rival.initiator)
      this.lose(rival, rival.responder)
    }
    return true
  }

  protected override open(connection: Connection<Member>, side: Side<Member>): void {
    super.open(connection, side)
    this.metrics.maxLinks = Math.max(this.metrics.maxLinks, this.degree(side.end))
  }

  protected override reach(member: Member, key: PeerKey): Member | undefined {
    const peer = this.#byKey.get(key)
    if (!peer?.alive || !this.arrives(member, peer)) return undefined
    return peer.badNat && member.badNat ? undefined : peer
  }

  /** What is under way is lost if the room is cut in the meantime. */
  protected override arrives(from: Member, to: Member): boolean {
    return from.group === to.group
  }

  // Bookkeeping

  #watchSpam(from: Member, to: Member, frame: Frame): void {
    const { messages, spammer } = this.metrics
    if (spammer === undefined || spammer === from.index) return
    if (frame.type !== 'message' && frame.type !== 'stored') return
    const author = messages.get(this.#idOf(frame.sealed))?.author
    if (author === spammer) this.metrics.countSpam(frame.type, from.index, to.index)
  }

  #countPayload(sealed: Uint8Array): void {
    const record = this.metrics.messages.get(this.#idOf(sealed))
    if (record !== undefined) record.payloads++
  }

  #delivered(member: Member, message: VerifiedMessage, cause: Input): void {
    const record = this.metrics.messages.get(message.id) ?? this.#said(member, message, cause)
    if (record === undefined) {
      this.metrics.unknown++
      return
    }
    const before = record.delivered.get(member.index)
    if (before !== undefined && before >= member.since) this.metrics.repeated++
    record.delivered.set(member.index, this.time)
    if (cause.type !== 'frame') return
    const { frame } = cause
    if (!isPush(frame)) record.synced++
    else record.lastHop = Math.max(record.lastHop, frame.type === 'mesh' ? 1 : frame.hops)
  }

  #said(member: Member, message: VerifiedMessage, cause: Input): MessageRecord | undefined {
    if (cause.type !== 'say') return undefined
    const record: MessageRecord = {
      id: message.id,
      author: member.index,
      at: this.time,
      audience: this.alive.length,
      delivered: new Map(),
      payloads: 0,
      lastHop: 0,
      synced: 0
    }
    this.metrics.messages.set(message.id, record)
    return record
  }

  #idOf(sealed: Uint8Array): MessageId {
    const known = this.#ids.get(sealed)
    if (known !== undefined) return known
    const id = messageId(sealed, messages.topic) ?? plainId(sealed)
    this.#ids.set(sealed, id)
    return id
  }

  protected override travel(a: Member, b: Member): number {
    const [nearest, furthest] = this.#options.latency
    const distance = Math.hypot(a.x - b.x, a.y - b.y) / Math.SQRT2
    const base = nearest + distance * (furthest - nearest)
    return base * (1 + this.random() * this.#options.jitter)
  }

  #between([least, most]: readonly [number, number]): number {
    return least + this.random() * (most - least)
  }

  override at(at: number, run: () => void): () => void {
    return super.at(Math.round(at), run)
  }
}

/** A message that nobody asked for. */
function isPush(frame: Frame): frame is Extract<Frame, { type: 'message' | 'mesh' }> {
  return frame.type === 'message' || frame.type === 'mesh'
}

/** What a blackhole keeps to itself: other people's messages, and that it has them. */
function isForwarded(frame: Frame): boolean {
  return frame.type === 'message' || frame.type === 'ihave' || frame.type === 'stored'
}

const INPUT_CODES: Readonly<Record<string, number>> = {
  start: 11,
  candidates: 12,
  connected: 13,
  disconnected: 14,
  'dial-failed': 15,
  frame: 16,
  'bad-frame': 17,
  timer: 18,
  say: 19,
  rename: 20,
  leave: 21
}

function codeOf(input: Input): number {
  const code = INPUT_CODES[input.type] ?? 0
  return input.type === 'frame' ? code * 100 + input.frame.type.length : code
}
