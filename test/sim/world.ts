import { hash } from '../../src/base/crypto.js'
import { idFromBytes, type MessageId, type PeerKey } from '../../src/base/ids.js'
import { sample } from '../../src/base/pick.js'
import type { Random } from '../../src/base/random.js'
import type { Input, Output, RoomEvent } from '../../src/protocol/events.js'
import { perform } from '../../src/protocol/perform.js'
import { encodeFrame } from '../../src/protocol/wire/frame-codec.js'
import type { Frame } from '../../src/protocol/wire/frames.js'
import { messageId, type VerifiedMessage } from '../../src/protocol/wire/message.js'
import { Agenda } from '../../src/testing/world/agenda.js'
import { seededRandom } from '../../src/testing/world/random.js'
import { Connection, type End } from './connection.js'
import { idsIn } from './costs.js'
import { Directory } from './directory.js'
import { CODES, type Happening } from './event.js'
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

/**
 * A network of members under a virtual clock. Everything random comes from one seed, and everything
 * that happens goes into the trace: the same seed and the same calls give the same trace.
 */
export class World {
  readonly members: Member[] = []
  readonly metrics = new Metrics()
  readonly trace = new Trace()
  readonly random: Random
  /** Hears every event that a member's machine tells. */
  onevent: (member: Member, event: RoomEvent) => void = () => {}
  readonly #options: WorldOptions
  readonly #make: MakeNode
  readonly #byKey = new Map<PeerKey, Member>()
  readonly #agenda = new Agenda<Happening>()
  readonly #directory: Directory
  readonly #ids = new WeakMap<Uint8Array, MessageId>()
  #now = EPOCH
  #connections = 0

  constructor(make: MakeNode, options: Partial<WorldOptions> = {}) {
    this.#options = { ...DEFAULTS, ...options }
    this.#make = make
    this.random = seededRandom(this.#options.seed)
    this.#directory = new Directory(this.random, this.#options.sampleSize)
  }

  /** Virtual ms since the run began. */
  get time(): number {
    return this.#now - EPOCH
  }

  get alive(): Member[] {
    return this.members.filter(member => member.alive)
  }

  // What scenarios do

  /** New members, started at random times within `within` ms. */
  add(count: number, within: number): Member[] {
    const added = Array.from({ length: count }, () => this.#born())
    for (const member of added) {
      this.#in(this.#between([0, within]), { what: 'start', member })
    }
    return added
  }

  /** Runs until so much virtual time has passed. */
  run(millis: number): void {
    const end = this.#now + millis
    for (
      let at = this.#agenda.nextAt();
      at !== undefined && at <= end;
      at = this.#agenda.nextAt()
    ) {
      this.#now = at
      const happening = this.#agenda.take()
      if (happening !== undefined) this.#happen(happening)
    }
    this.#now = end
  }

  /** Calls back at a virtual time from now, between events. */
  later(millis: number, call: () => void): void {
    this.#in(millis, { what: 'call', call })
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
    this.#happen({ what: 'start', member })
  }

  /** Members can reach only those of their own group from now on; one group for all heals it. */
  partition(groupOf: (member: Member) => number): void {
    for (const member of this.members) member.group = groupOf(member)
    for (const member of this.members) {
      for (const connection of member.links.values()) this.#cut(connection)
    }
  }

  // What happens

  #happen(happening: Happening): void {
    switch (happening.what) {
      case 'start':
        this.#start(happening.member)
        break
      case 'timer':
        if (happening.member.life === happening.life) {
          this.#feed(happening.member, { type: 'timer', timer: happening.timer })
        }
        break
      case 'frame':
        this.#arrive(happening.connection, happening.to, happening.frame)
        break
      case 'dialled':
        this.#dialled(happening.member, happening.life, happening.peer)
        break
      case 'dial-failed':
        if (happening.member.life === happening.life)
          this.#dialFailed(happening.member, happening.peer)
        break
      case 'ended':
        this.#ended(happening.connection, happening.end)
        break
      case 'lookup':
        if (happening.member.life === happening.life) this.#lookup(happening.member)
        break
      case 'input':
        if (happening.member.life === happening.life) this.#feed(happening.member, happening.input)
        break
      case 'call':
        happening.call()
    }
  }

  #born(): Member {
    const index = this.members.length
    const seed = new Uint8Array(8)
    new DataView(seed.buffer).setUint32(0, this.#options.seed)
    new DataView(seed.buffer).setUint32(4, index)
    const skew = Math.round((this.random() * 2 - 1) * this.#options.skew)
    const key = idFromBytes<PeerKey>(hash([seed]))
    const member = new Member(index, key, this.random(), this.random(), skew)
    member.badNat = this.#options.badNat > 0 && this.random() < this.#options.badNat
    this.members.push(member)
    this.#byKey.set(key, member)
    return member
  }

  #start(member: Member): void {
    member.life++
    member.since = this.time
    const { index, key, stored } = member
    const random = seededRandom(Math.floor(this.random() * 0x7fff_ffff))
    member.node = this.#make({ index, key, random, memory: [...stored.values()] })
    member.processor = this.#processorOf(member)
    this.#feed(member, { type: 'start' })
    this.#lookup(member)
    this.#directory.announce(key)
    const { life } = member
    this.#in(this.#between(this.#options.secondLookup), { what: 'lookup', member, life })
  }

  #lookup(member: Member): void {
    const { life } = member
    this.#in(this.#between(this.#options.lookup), { what: 'lookup', member, life })
    this.#lookUp(member)
  }

  #lookUp(member: Member): void {
    this.trace.note(CODES.lookup, this.time, member.index)
    const peers = this.#directory.lookup(this.#now).filter(key => key !== member.key)
    const { life } = member
    this.#in(this.#between([50, 400]), {
      what: 'input',
      member,
      life,
      input: { type: 'candidates', peers }
    })
  }

  #processorOf(member: Member): Processor | undefined {
    const { cpu } = this.#options
    if (cpu === undefined) return undefined
    const { life } = member
    const isAlive = () => member.life === life
    return new Processor(cpu, {
      now: () => this.#now,
      at: (at, call) => {
        this.#agenda.add(at, { what: 'call', call })
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
    this.#directory.abandon(member.key, this.#now)
    for (const connection of member.links.values()) {
      connection.endOf(member).open = false
      this.#in(this.#between(this.#options.notice), {
        what: 'ended',
        connection,
        end: connection.otherEnd(member)
      })
    }
    member.links.clear()
  }

  #cut(connection: Connection): void {
    const { dialler, acceptor } = connection
    if (dialler.member.group === acceptor.member.group) return
    for (const end of [dialler, acceptor]) {
      if (end.open)
        this.#in(this.#between(this.#options.notice), { what: 'ended', connection, end })
    }
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
    return node.handle(input, Math.floor(this.#now) + member.skew)
  }

  // What members want done

  #perform(member: Member, output: Output, cause: Input): void {
    perform(output, {
      send: (to, frame) => this.#send(member, to, frame),
      dial: peer => this.#dial(member, peer),
      lookUp: () => this.#lookUp(member),
      close: peer => this.#close(member, peer),
      timer: (after, timer) => this.#in(after, { what: 'timer', member, life: member.life, timer }),
      store: message => {
        member.stored.set(message.id, message)
        this.#delivered(member, message, cause)
      },
      forget: ({ id }) => member.stored.delete(id),
      emit: event => this.#told(member, event)
    })
  }

  #told(member: Member, event: RoomEvent): void {
    this.onevent(member, event)
    if (event.type !== 'refused') return
    const { refusals } = this.metrics
    refusals.set(event.reason, (refusals.get(event.reason) ?? 0) + 1)
  }

  #send(member: Member, to: PeerKey, frame: Frame): void {
    const connection = member.links.get(to)
    if (connection === undefined) return
    // A blackhole stays alive: what it does not forward is a heartbeat instead.
    if (member.blackhole && isForwarded(frame)) {
      this.#send(member, to, { type: 'ping' })
      return
    }
    const size = encodeFrame(frame).byteLength + LENGTH_PREFIX_BYTES
    const target = connection.otherEnd(member)
    this.metrics.count(frame.type, size, idsIn(frame))
    if (frame.type === 'message') this.metrics.payloadBytes += size
    this.#watchSpam(member, target.member, frame)
    const at = this.#arrival(connection.endOf(member), target)
    this.#at(at, { what: 'frame', connection, to: target, frame })
  }

  #arrival(from: End, to: End): number {
    const travel = this.#latency(from.member, to.member)
    from.lastArrival = Math.max(from.lastArrival, this.#now + travel)
    return from.lastArrival
  }

  #arrive(connection: Connection, to: End, frame: Frame): void {
    const from = connection.otherEnd(to.member)
    if (!to.open || from.member.group !== to.member.group) return
    to.carried = true
    if (frame.type === 'message') this.#countPayload(frame.sealed)
    this.#feed(to.member, { type: 'frame', from: from.member.key, frame })
  }

  #close(member: Member, peer: PeerKey): void {
    const connection = member.links.get(peer)
    if (connection === undefined) return
    const end = connection.endOf(member)
    const other = connection.otherEnd(member)
    end.open = false
    member.links.delete(peer)
    this.#in(1, { what: 'input', member, life: end.life, input: { type: 'disconnected', peer } })
    const unheard = this.random() < this.#options.closeUnheard
    const at = unheard ? this.#now + this.#between(this.#options.notice) : this.#arrival(end, other)
    this.#at(at, { what: 'ended', connection, end: other })
  }

  #ended(connection: Connection, end: End): void {
    const { member } = end
    const peer = connection.otherEnd(member).member.key
    if (!end.open || member.life !== end.life) return
    end.open = false
    if (member.links.get(peer) === connection) member.links.delete(peer)
    this.#feed(member, { type: 'disconnected', peer })
  }

  // Dials

  #dial(member: Member, key: PeerKey): void {
    this.metrics.dials++
    const peer = this.#byKey.get(key)
    if (peer === undefined || peer === member) return
    const { life } = member
    const reachable = peer.alive && peer.group === member.group && !(peer.badNat && member.badNat)
    const { dial, dialDead, dialFails, dialSlow } = this.#options
    if (!reachable || this.random() < dialFails) {
      this.#in(this.#between(dialDead), { what: 'dial-failed', member, life, peer })
      return
    }
    const slow = this.random() < dialSlow ? this.random() * 8_000 : 0
    const after = this.#between(dial) + this.#latency(member, peer) + slow
    this.#in(after, { what: 'dialled', member, life, peer })
  }

  #dialFailed(member: Member, peer: Member): void {
    this.metrics.failedDials++
    if (!member.links.has(peer.key)) this.#feed(member, { type: 'dial-failed', peer: peer.key })
  }

  #dialled(member: Member, life: number, peer: Member): void {
    if (member.life !== life) return
    if (!peer.alive || peer.group !== member.group) {
      this.#dialFailed(member, peer)
      return
    }
    const connection = new Connection(++this.#connections, member, peer)
    if (!this.#survives(connection)) return
    this.trace.note(CODES.dialled, this.time, member.index, peer.index)
    const oneSided = this.random() < this.#options.dialOneSided
    if (!oneSided) this.#open(connection, connection.acceptor)
    this.#open(connection, connection.dialler)
    if (oneSided) this.#in(13_000, { what: 'ended', connection, end: connection.dialler })
  }

  /** Hyperswarm's rule: the stream that the larger key dialled, unless the other has carried bytes both ways. */
  #survives(connection: Connection): boolean {
    const { dialler, acceptor } = connection
    const rivals = new Set<Connection>()
    for (const [end, other] of [
      [dialler, acceptor],
      [acceptor, dialler]
    ] as const) {
      const rival = end.member.links.get(other.member.key)
      if (rival !== undefined) rivals.add(rival)
    }
    for (const rival of rivals) {
      const wins = rival.carriedBothWays || dialler.member.key > acceptor.member.key
      if (!wins) return false
    }
    for (const rival of rivals) {
      this.#ended(rival, rival.dialler)
      this.#ended(rival, rival.acceptor)
    }
    return true
  }

  #open(connection: Connection, end: End): void {
    const { member } = end
    const peer = connection.otherEnd(member).member.key
    end.open = true
    member.links.set(peer, connection)
    const handshakeHash = new Uint8Array(32)
    new DataView(handshakeHash.buffer).setUint32(0, connection.id)
    this.#feed(member, { type: 'connected', peer, handshakeHash, initiator: end.initiator })
    this.metrics.maxLinks = Math.max(this.metrics.maxLinks, member.links.size)
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
    if (cause.frame.type === 'message') record.lastHop = Math.max(record.lastHop, cause.frame.hops)
    else record.synced++
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

  #latency(a: Member, b: Member): number {
    const [nearest, furthest] = this.#options.latency
    const distance = Math.hypot(a.x - b.x, a.y - b.y) / Math.SQRT2
    const base = nearest + distance * (furthest - nearest)
    return base * (1 + this.random() * this.#options.jitter)
  }

  #between([least, most]: readonly [number, number]): number {
    return least + this.random() * (most - least)
  }

  #in(millis: number, happening: Happening): void {
    this.#at(this.#now + millis, happening)
  }

  #at(at: number, happening: Happening): void {
    this.#agenda.add(Math.round(at), happening)
  }
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
