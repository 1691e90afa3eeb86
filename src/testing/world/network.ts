import { hash } from '../../base/crypto.js'
import type { PeerKey } from '../../base/ids.js'
import type { Millis } from '../../base/time.js'
import { decodeFrame, encodeFrame } from '../../protocol/wire/frame-codec.js'
import type { Frame } from '../../protocol/wire/frames.js'
import { encodeText } from '../../protocol/wire/text.js'
import { VirtualClock } from './clock.js'
import { Connection, type Side } from './connection.js'
import type { End, Medium } from './performer.js'

/**
 * A network in memory under a virtual clock: whoever is on it dials others and sends them frames. How long things travel and
 * what gets lost is for subclasses to say; the same seed and the same calls give the same run.
 */
export abstract class Network<E extends End> implements Medium<E> {
  readonly #clock: VirtualClock
  // BOUNDED: by the ends that are on it, two entries for each connection.
  readonly #links = new Map<PeerKey, Map<PeerKey, Connection<E>>>()
  #dialled = 0

  constructor(now: Millis) {
    this.#clock = new VirtualClock(now)
  }

  /** How long what one end sends to the other is under way, as of now. */
  protected abstract travel(from: E, to: E): Millis

  /** Who answers to a dial; undefined: nobody. */
  protected abstract reach(from: E, to: PeerKey): E | undefined

  /** True for a frame that gets lost on its way. Default: none does. */
  protected loses(_from: E, _to: E): boolean {
    return false
  }

  /** How long a dial takes, as of now. Default: no time. */
  protected dialMillis(): Millis {
    return 0
  }

  /** How much longer than others a dial takes that nobody answers. Default: none. */
  protected deadDialMillis(): Millis {
    return 0
  }

  /** False for an end that has stopped: it hears and does nothing. Default: none has. */
  protected isHere(_end: E): boolean {
    return true
  }

  /** False for what is under way to somebody who cannot be reached any more. */
  protected arrives(_from: E, to: E): boolean {
    return this.isHere(to)
  }

  get now(): Millis {
    return this.#clock.now
  }

  at(at: Millis, run: () => void): () => void {
    return this.#clock.at(at, run)
  }

  after(millis: Millis, run: () => void): () => void {
    return this.at(this.now + millis, run)
  }

  /** When something happens next; undefined if nothing does. */
  nextAt(): Millis | undefined {
    return this.#clock.nextAt()
  }

  /** Lets time pass until then. */
  runUntil(end: Millis): void {
    this.#clock.runUntil(end)
  }

  /** The connection to somebody that this end believes in. */
  link(end: E, to: PeerKey): Connection<E> | undefined {
    const connection = this.#links.get(end.device)?.get(to)
    return connection?.sideOf(end).end === end ? connection : undefined
  }

  /** All of them. */
  linksOf({ device }: E): Connection<E>[] {
    return [...(this.#links.get(device)?.values() ?? [])]
  }

  /** How many they are. */
  degree({ device }: E): number {
    return this.#links.get(device)?.size ?? 0
  }

  /** True if both believe in a connection. */
  connected(a: PeerKey, b: PeerKey): boolean {
    return this.#links.get(a)?.get(b)?.isUp === true
  }

  dial(from: E, to: PeerKey): void {
    this.after(this.dialMillis(), () => {
      const end = this.reach(from, to)
      if (end === undefined) this.#dialFailed(from, to)
      else if (this.isHere(from) && !this.connected(from.device, to)) this.connect(from, end)
    })
  }

  #dialFailed(from: E, peer: PeerKey): void {
    const more = this.deadDialMillis()
    if (more === 0) from.feed({ type: 'dial-failed', peer })
    else this.after(more, () => from.feed({ type: 'dial-failed', peer }))
  }

  /** A connection at once; `address`: what the responder sees of the initiator. */
  connect(initiator: E, responder: E, address?: string): void {
    const connection = this.connection(initiator, responder)
    this.open(connection, connection.initiator)
    this.open(connection, connection.responder, address)
  }

  /** A connection that neither end knows of yet. */
  protected connection(initiator: E, responder: E): Connection<E> {
    const handshakeHash = hash([encodeText(`connection ${++this.#dialled}`)])
    return new Connection(handshakeHash, initiator, responder)
  }

  /** One end believes in the connection from now on, whatever the other does. */
  protected open(connection: Connection<E>, side: Side<E>, address?: string): void {
    const { end, initiator } = side
    const peer = connection.otherSide(end).end.device
    const links = this.#links.get(end.device) ?? new Map<PeerKey, Connection<E>>()
    const replaced = links.get(peer)
    if (replaced !== undefined) replaced.sideOf(end).open = false
    this.#links.set(end.device, links.set(peer, connection))
    side.open = true
    const { handshakeHash } = connection
    end.feed({ type: 'connected', peer, handshakeHash, initiator, ...(address && { address }) })
  }

  /** One end believes in the connection no longer. False if it did not before. */
  protected close(connection: Connection<E>, side: Side<E>): boolean {
    if (!side.open) return false
    side.open = false
    const peer = connection.otherSide(side.end).end.device
    const links = this.#links.get(side.end.device)
    if (links?.get(peer) === connection) links.delete(peer)
    return true
  }

  /** The same, and it is told. */
  protected lose(connection: Connection<E>, side: Side<E>): void {
    const peer = connection.otherSide(side.end).end.device
    if (this.close(connection, side)) side.end.feed({ type: 'disconnected', peer })
  }

  /** One end closes: the other hears of it after what was sent before. */
  disconnect(from: E, to: PeerKey): void {
    const connection = this.link(from, to)
    if (connection === undefined) return
    const [side, other] = [connection.sideOf(from), connection.otherSide(from)]
    this.close(connection, side)
    this.at(this.arrival(side, other), () => this.lose(connection, other))
  }

  send(from: E, to: PeerKey, frame: Frame): void {
    this.sendBytes(from, to, encodeFrame(frame))
  }

  /** Sends what may be no frame. */
  sendBytes(from: E, to: PeerKey, bytes: Uint8Array): void {
    const connection = this.link(from, to)
    if (connection === undefined || this.loses(from, connection.otherSide(from).end)) return
    this.carry(connection, from, to => hear(to, from.device, bytes))
  }

  /** Takes something over a connection: it arrives after what was sent before, if the other end still believes in it. */
  protected carry(connection: Connection<E>, from: E, arrive: (to: E) => void): void {
    const [side, other] = [connection.sideOf(from), connection.otherSide(from)]
    this.at(this.arrival(side, other), () => {
      if (!other.open || !this.arrives(from, other.end)) return
      other.carried = true
      arrive(other.end)
    })
  }

  /** When what is sent now arrives: frames do not overtake each other. */
  protected arrival(from: Side<E>, to: Side<E>): Millis {
    from.lastArrival = Math.max(from.lastArrival, this.now + this.travel(from.end, to.end))
    return from.lastArrival
  }
}

function hear(end: End, from: PeerKey, bytes: Uint8Array): void {
  const decoded = decodeFrame(bytes)
  if (decoded.ok) end.feed({ type: 'frame', from, frame: decoded.frame })
  else end.feed({ type: 'bad-frame', from, detail: decoded.detail })
}
