import type { IdentityKey, PeerKey, Topic } from '../../base/ids.js'
import type { Millis } from '../../base/time.js'
import type { OnTrace } from '../../base/trace.js'
import type { Input, Output, Reason, RoomEvent, Timer } from '../../protocol/events.js'
import { type Performer, perform } from '../../protocol/perform.js'
import type { Frame } from '../../protocol/wire/frames.js'
import type { MessageStore } from '../../store/store.js'
import type { Clock } from '../clock.js'
import { countOne, RoomCounters } from '../counters.js'
import { inputTrace, outputTrace } from '../trace.js'
import type { LinkStream } from './channel.js'
import { Link } from './link.js'
import { WriteGate } from './write-gate.js'

/** The pure room, as its driver sees it. */
interface Machine {
  handle(input: Input, now: Millis, wall: Millis): readonly Output[]
}

/** What a driver performs outputs with. */
export interface DriverOptions {
  readonly machine: Machine
  readonly topic: Topic
  /** Who signs our messages: they go out when what they name is on the disk. */
  readonly self: IdentityKey
  readonly clock: Clock
  readonly store: MessageStore
  readonly dial: (peer: PeerKey) => void
  /** Looks the topic up once more. */
  readonly lookUp?: () => void
  readonly emit: (event: RoomEvent) => void
  /** What the room knows of invitations has changed. */
  readonly oninvitations?: (() => void) | undefined
  /** A mistake of ours was brought out by this: what was thrown. The room goes on. */
  readonly onfault: (where: string, thrown: unknown) => void
  /** Counts what is done here. Default: nobody reads it. */
  readonly counters?: RoomCounters
  /** Hears every input, and every output when it is performed. Default: nobody. */
  readonly onTrace?: OnTrace | undefined
}

/** What a driver holds now. */
export interface DriverLoad {
  readonly links: number
  /** Links that flush their goodbyes. */
  readonly closing: number
  readonly timers: number
}

/** Closings that follow a frame which the other side should still get. */
const GENTLE: ReadonlySet<Reason> = new Set(['goodbye', 'leaving', 'not-needed'])

/** A timer that failed comes again after this: much of a room goes on by its timers. Guess. */
const RETRY_TIMER_MILLIS: Millis = 1_000

/**
 * The thin shell around the room machine: feeds it what happens and performs what it wants, in order. The machine is
 * never entered twice at once, also if a listener of an event acts on the room. Nothing that the machine throws gets past
 * its driver, for it would end the process: it costs the link that brought it out, if one did.
 */
export class Driver {
  readonly #options: DriverOptions
  readonly #counters: RoomCounters
  readonly #onTrace: OnTrace | undefined
  readonly #performs: Performer
  readonly #gate: WriteGate
  // BOUNDED: one link per peer, and as many peers as the swarm lets connect.
  readonly #links = new Map<PeerKey, Link>()
  // BOUNDED: closing links leave within CLOSE_GRACE_MILLIS.
  readonly #closing = new Set<Link>()
  // BOUNDED: by the machine, which asks for a handful per link and per missing message.
  readonly #timers = new Set<NodeJS.Timeout>()
  // BOUNDED: outputs of the inputs of one turn.
  readonly #outputs: Output[] = []
  #performing = false
  #closed = false
  // BOUNDED: by the owner, who closes once.
  #whenIdle: (() => void)[] = []

  constructor(options: DriverOptions) {
    this.#options = options
    this.#counters = options.counters ?? new RoomCounters()
    this.#onTrace = options.onTrace
    this.#performs = this.#performer(options)
    this.#gate = new WriteGate(options.self, options.store, outputs => this.#performLate(outputs))
  }

  /** What is held now. */
  get load(): DriverLoad {
    return {
      links: this.#links.size,
      closing: this.#closing.size,
      timers: this.#timers.size
    }
  }

  /**
   * Hands one input to the machine and performs what it wants; says what that was. Nothing after
   * {@link close}, nor for an input that the machine fails on. Never throws.
   */
  feed(input: Input): readonly Output[] {
    if (this.#closed) return []
    this.#onTrace?.(inputTrace(input))
    const outputs = this.#handle(input)
    for (const output of outputs) this.#outputs.push(output)
    if (!this.#performing) this.#performAll()
    return outputs
  }

  /**
   * Takes over a connection; an earlier one with the same peer ends, which the machine learns from the new one. `address`:
   * the IP address of its other end, when that tells one party from another.
   */
  attach(stream: LinkStream, address?: string): void {
    const link = new Link(stream, this.#options.topic, {
      onframe: (from, frame) => {
        countOne(this.#counters.framesReceived, frame.type)
        this.#ifCurrent(from, { type: 'frame', from: from.peer, frame })
      },
      onbadframe: (from, detail) => {
        this.#counters.badFrames++
        this.#ifCurrent(from, { type: 'bad-frame', from: from.peer, detail })
      },
      onreceived: bytes => {
        this.#counters.bytesReceived += bytes
      },
      onsent: bytes => {
        this.#counters.bytesSent += bytes
      },
      onclose: closed => this.#onclose(closed),
      now: this.#options.clock.now
    })
    if (this.#closed) {
      link.destroy()
      return
    }
    this.#drop(link.peer)
    this.#links.set(link.peer, link)
    const { handshakeHash, initiator, peer } = link
    this.feed({ type: 'connected', peer, handshakeHash, initiator, address })
  }

  /**
   * Takes no more inputs, performs what earlier ones wanted, stops timers and closes links gently.
   * Resolves when all links are gone: at most 500 ms.
   */
  async close(): Promise<void> {
    this.#closed = true
    for (const timer of this.#timers) clearTimeout(timer)
    this.#timers.clear()
    // A listener of an event may have called us: its room's goodbye is yet to be sent.
    await this.#until(() => !this.#performing && !this.#gate.isHolding)
    for (const link of this.#links.values()) this.#closeGently(link)
    this.#links.clear()
    await this.#until(() => this.#closing.size === 0)
  }

  async #until(isIdle: () => boolean): Promise<void> {
    while (!isIdle()) await new Promise<void>(resolve => this.#whenIdle.push(resolve))
  }

  #idle(): void {
    for (const resolve of this.#whenIdle.splice(0)) resolve()
  }

  #handle(input: Input): readonly Output[] {
    const { clock, machine } = this.#options
    try {
      return machine.handle(input, clock.now(), clock.wall())
    } catch (thrown) {
      this.#failed(input, thrown)
      return []
    }
  }

  #failed(input: Input, thrown: unknown): void {
    this.#options.onfault(nameOf(input), thrown)
    const peer = peerOf(input)
    if (peer !== undefined) this.#drop(peer)
    else if (input.type === 'timer') this.#startTimer(RETRY_TIMER_MILLIS, input.timer)
  }

  #performAll(): void {
    this.#performing = true
    for (let next = this.#outputs.shift(); next; next = this.#outputs.shift()) this.#perform(next)
    this.#performing = false
    this.#idle()
  }

  #performLate(outputs: readonly Output[]): void {
    for (const output of outputs) this.#performNow(output)
    this.#idle()
  }

  #perform(output: Output): void {
    if (!this.#gate.holds(output)) this.#performNow(output)
  }

  #performNow(output: Output): void {
    this.#onTrace?.(outputTrace(output))
    try {
      perform(output, this.#performs)
    } catch (thrown) {
      const isSend = output.type === 'send'
      this.#options.onfault(isSend ? `send ${output.frame.type}` : output.type, thrown)
      if (isSend) this.#drop(output.to)
    }
  }

  #performer({ dial, emit, lookUp, oninvitations, store }: DriverOptions): Performer {
    return {
      send: (to, frame) => this.#send(to, frame),
      dial,
      lookUp: () => lookUp?.(),
      close: (peer, reason) => this.#close(peer, reason),
      timer: (after, timer) => this.#startTimer(after, timer),
      store: message => {
        this.#counters.messagesStored++
        store.put(message)
      },
      storeBare: message => store.put(message),
      forget: message => store.delete(message),
      invitations: () => oninvitations?.(),
      emit
    }
  }

  #send(to: PeerKey, frame: Frame): void {
    const link = this.#links.get(to)
    if (link === undefined) return
    countOne(this.#counters.framesSent, frame.type)
    link.send(frame)
  }

  #close(peer: PeerKey, reason: Reason): void {
    const link = this.#links.get(peer)
    if (link === undefined) return
    this.#links.delete(peer)
    countOne(this.#counters.linksClosed, reason)
    if (GENTLE.has(reason)) this.#closeGently(link)
    else link.destroy()
  }

  #closeGently(link: Link): void {
    this.#closing.add(link)
    link.close()
  }

  #startTimer(after: Millis, timer: Timer): void {
    if (this.#closed) return
    // A timeout of 0 ms takes 1 ms, and asks for the processor anew.
    if (after === 0) {
      setImmediate(() => this.feed({ type: 'timer', timer }))
      return
    }
    const handle = setTimeout(() => {
      this.#timers.delete(handle)
      this.feed({ type: 'timer', timer })
    }, after)
    this.#timers.add(handle)
  }

  #ifCurrent(link: Link, input: Input): void {
    if (this.#links.get(link.peer) === link) this.feed(input)
  }

  #drop(peer: PeerKey): void {
    this.#gate.drop(peer)
    const link = this.#links.get(peer)
    if (link === undefined) return
    this.#links.delete(peer)
    link.destroy()
  }

  // A link that the machine had closed is reported as well, unless the peer has a newer one.
  #onclose(link: Link): void {
    this.#closing.delete(link)
    const current = this.#links.get(link.peer)
    if (current === link) {
      this.#links.delete(link.peer)
      this.#gate.drop(link.peer)
    }
    if (current === undefined || current === link)
      this.feed({ type: 'disconnected', peer: link.peer })
    this.#idle()
  }
}

/** What an input is called where it is told that it failed. */
function nameOf(input: Input): string {
  if (input.type === 'frame') return `frame ${input.frame.type}`
  return input.type === 'timer' ? `timer ${input.timer.name}` : input.type
}

/** Whose link an input comes from, or is about. */
function peerOf(input: Input): PeerKey | undefined {
  if ('from' in input) return input.from
  if ('peer' in input) return input.peer
  return input.type === 'timer' && 'peer' in input.timer ? input.timer.peer : undefined
}
