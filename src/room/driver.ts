import type { PeerKey, Topic } from '../base/ids.js'
import type { Input, Output, Reason, RoomEvent, Timer } from '../protocol/events.js'
import type { Frame } from '../protocol/wire/frames.js'
import type { MessageStore } from '../store/store.js'
import type { LinkStream } from './channel.js'
import type { Clock } from './clock.js'
import { Link } from './link.js'

/** The pure room, as its driver sees it. */
export interface Machine {
  handle(input: Input, now: number): readonly Output[]
}

/** What a driver performs outputs with. */
export interface DriverOptions {
  readonly machine: Machine
  readonly topic: Topic
  readonly clock: Clock
  readonly store: MessageStore
  readonly dial: (peer: PeerKey) => void
  /** Looks the topic up once more. */
  readonly lookUp?: () => void
  readonly emit: (event: RoomEvent) => void
}

/** Closings that follow a frame which the other side should still get. */
const GENTLE: ReadonlySet<Reason> = new Set(['goodbye', 'leaving', 'not-needed'])

/**
 * The thin shell around the room machine: feeds it what happens and performs what it wants, in order. The machine is
 * never entered twice at once, also where a listener of an event acts on the room.
 */
export class Driver {
  readonly #options: DriverOptions
  // BOUNDED: one link per peer, and as many peers as the swarm lets connect.
  readonly #links = new Map<PeerKey, Link>()
  // BOUNDED: closing links leave within CLOSE_GRACE_MILLIS.
  readonly #closing = new Set<Link>()
  // BOUNDED: by the machine, which asks for a handful per link and per missing message.
  readonly #timers = new Set<NodeJS.Timeout>()
  // BOUNDED: outputs of the inputs of one turn.
  readonly #outputs: Output[] = []
  // BOUNDED: a subset of #links.
  readonly #corked = new Set<Link>()
  #flushing: NodeJS.Immediate | undefined
  #performing = false
  #closed = false
  #whenClosed: (() => void)[] = []

  constructor(options: DriverOptions) {
    this.#options = options
  }

  /** Hands one input to the machine and performs what it wants; says what that was. Nothing after `close`. */
  feed(input: Input): readonly Output[] {
    if (this.#closed) return []
    const outputs = this.#options.machine.handle(input, this.#options.clock())
    this.#outputs.push(...outputs)
    if (!this.#performing) this.#performAll()
    return outputs
  }

  /**
   * Takes over a connection; an earlier one with the same peer ends, which the machine learns from the new one. `address`:
   * the IP address of its other end, when that tells one party from another.
   */
  attach(stream: LinkStream, address?: string): void {
    const link = new Link(stream, this.#options.topic, {
      onframe: (from, frame) => this.#ifCurrent(from, { type: 'frame', from: from.peer, frame }),
      onbadframe: (from, detail) =>
        this.#ifCurrent(from, { type: 'bad-frame', from: from.peer, detail }),
      onclose: closed => this.#onclose(closed)
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

  /** Stops timers, closes links gently, performs nothing more. Resolves when all links are gone: at most 500 ms. */
  async close(): Promise<void> {
    this.#closed = true
    for (const timer of this.#timers) clearTimeout(timer)
    this.#timers.clear()
    this.#flush()
    for (const link of this.#links.values()) this.#closeGently(link)
    this.#links.clear()
    if (this.#closing.size === 0) return
    await new Promise<void>(resolve => this.#whenClosed.push(resolve))
  }

  #performAll(): void {
    this.#performing = true
    try {
      for (let next = this.#outputs.shift(); next; next = this.#outputs.shift()) this.#perform(next)
    } finally {
      this.#performing = false
    }
  }

  // What arrived together is answered together: under load one write carries many frames.
  #flushSoon(): void {
    this.#flushing ??= setImmediate(() => this.#flush())
  }

  #flush(): void {
    clearImmediate(this.#flushing)
    this.#flushing = undefined
    for (const link of this.#corked) link.uncork()
    this.#corked.clear()
  }

  #perform(output: Output): void {
    switch (output.type) {
      case 'send':
        this.#send(output.to, output.frame)
        break
      case 'dial':
        this.#options.dial(output.peer)
        break
      case 'lookup':
        this.#options.lookUp?.()
        break
      case 'close':
        this.#close(output.peer, output.reason)
        break
      case 'timer':
        this.#startTimer(output.after, output.timer)
        break
      case 'store':
        this.#options.store.put(output.message)
        break
      case 'emit':
        this.#options.emit(output.event)
    }
  }

  #send(to: PeerKey, frame: Frame): void {
    const link = this.#links.get(to)
    if (link === undefined) return
    if (!this.#corked.has(link)) {
      this.#corked.add(link)
      link.cork()
      this.#flushSoon()
    }
    link.send(frame)
  }

  #close(peer: PeerKey, reason: Reason): void {
    const link = this.#links.get(peer)
    if (link === undefined) return
    this.#uncork(link)
    this.#links.delete(peer)
    if (GENTLE.has(reason)) this.#closeGently(link)
    else link.destroy()
  }

  #closeGently(link: Link): void {
    this.#closing.add(link)
    link.close()
  }

  #uncork(link: Link): void {
    if (this.#corked.delete(link)) link.uncork()
  }

  #startTimer(after: number, timer: Timer): void {
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
    const link = this.#links.get(peer)
    if (link === undefined) return
    this.#links.delete(peer)
    link.destroy()
  }

  // A link that the machine had closed is reported as well, unless the peer has a newer one.
  #onclose(link: Link): void {
    this.#closing.delete(link)
    const current = this.#links.get(link.peer)
    if (current === link) this.#links.delete(link.peer)
    if (current === undefined || current === link)
      this.feed({ type: 'disconnected', peer: link.peer })
    if (this.#closing.size === 0) for (const resolve of this.#whenClosed.splice(0)) resolve()
  }
}
