import { hash } from '../../base/crypto.js'
import type { PeerKey } from '../../base/ids.js'
import type { Millis } from '../../base/time.js'
import { decodeFrame, encodeFrame } from '../../protocol/wire/frame-codec.js'
import type { Frame } from '../../protocol/wire/frames.js'
import { encodeText } from '../../protocol/wire/text.js'
import { Agenda } from './agenda.js'
import type { End } from './performer.js'

/** How the links of a test room are. */
export interface WireOptions {
  /** One way, in ms; a pair for a range. Default 5. */
  readonly delay?: Millis | readonly [least: Millis, most: Millis]
  /** Share of the frames that get lost, 0 to 1, once everybody has met. Default 0. */
  readonly loss?: number
}

const DEFAULT_DELAY: Millis = 5

/** Connections in memory between room machines, and the virtual clock that they run on. */
export class Wire {
  readonly #agenda = new Agenda<() => void>()
  readonly #random: () => number
  // BOUNDED: by the room's members.
  readonly #ends = new Map<PeerKey, End>()
  readonly #connections = new Set<string>()
  /** When the last frame of a link arrives: frames do not overtake each other. */
  readonly #arrivals = new Map<string, Millis>()
  #sides = new Map<PeerKey, number>()
  #options: WireOptions = {}
  #dialled = 0
  #now: Millis

  constructor(now: Millis, random: () => number) {
    this.#now = now
    this.#random = random
  }

  get now(): Millis {
    return this.#now
  }

  /** Changes how links are from now on. */
  set(options: WireOptions): void {
    this.#options = options
  }

  add(end: End): void {
    this.#ends.set(end.device, end)
  }

  remove(end: End): void {
    this.#ends.delete(end.device)
  }

  /** Only those on the same side hear each other; whoever is on none is on side 0. */
  divide(sides: ReadonlyMap<PeerKey, number>): void {
    this.#sides = new Map(sides)
  }

  after(millis: Millis, run: () => void): () => void {
    return this.#agenda.add(this.#now + millis, run)
  }

  /** When something happens next, undefined where nothing does. */
  nextAt(): Millis | undefined {
    return this.#agenda.nextAt()
  }

  /** Lets time pass until then. */
  runUntil(end: Millis): void {
    for (let at = this.nextAt(); at !== undefined && at <= end; at = this.nextAt()) {
      this.#now = Math.max(this.#now, at)
      this.#agenda.take()?.()
    }
    this.#now = Math.max(this.#now, end)
  }

  dial(from: End, to: PeerKey): void {
    this.after(2 * this.#delay(), () => {
      const end = this.#ends.get(to)
      if (end === undefined || this.#divided(from.device, to))
        from.feed({ type: 'dial-failed', peer: to })
      else if (this.#ends.has(from.device) && !this.#connections.has(linkOf(from.device, to)))
        this.#connect(from, end)
    })
  }

  send({ device: from }: End, to: PeerKey, frame: Frame): void {
    const link = linkOf(from, to)
    if (!this.#connections.has(link) || this.#divided(from, to)) return
    if (this.#random() < (this.#options.loss ?? 0)) return
    const bytes = encodeFrame(frame)
    const at = Math.max(this.#now + this.#delay(), this.#arrivals.get(`${from}${to}`) ?? 0)
    this.#arrivals.set(`${from}${to}`, at)
    this.#agenda.add(at, () => {
      const decoded = decodeFrame(bytes)
      const end = this.#connections.has(link) ? this.#ends.get(to) : undefined
      if (decoded.ok) end?.feed({ type: 'frame', from, frame: decoded.frame })
    })
  }

  disconnect({ device: from }: End, to: PeerKey): void {
    if (!this.#connections.has(linkOf(from, to))) return
    // After what was sent before.
    this.#agenda.add(Math.max(this.#now, this.#arrivals.get(`${from}${to}`) ?? 0), () => {
      if (this.#connections.delete(linkOf(from, to)))
        this.#ends.get(to)?.feed({ type: 'disconnected', peer: from })
    })
  }

  #connect(initiator: End, responder: End): void {
    const [a, b] = [initiator.device, responder.device]
    this.#connections.add(linkOf(a, b))
    const handshakeHash = hash([encodeText(`connection ${++this.#dialled}`)])
    initiator.feed({ type: 'connected', peer: b, handshakeHash, initiator: true })
    responder.feed({ type: 'connected', peer: a, handshakeHash, initiator: false })
  }

  #divided(a: PeerKey, b: PeerKey): boolean {
    return (this.#sides.get(a) ?? 0) !== (this.#sides.get(b) ?? 0)
  }

  #delay(): Millis {
    const { delay = DEFAULT_DELAY } = this.#options
    if (typeof delay === 'number') return delay
    return Math.round(delay[0] + this.#random() * (delay[1] - delay[0]))
  }
}

function linkOf(a: PeerKey, b: PeerKey): string {
  return a < b ? `${a}${b}` : `${b}${a}`
}
