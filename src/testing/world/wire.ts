import type { PeerKey } from '../../base/ids.js'
import type { Millis } from '../../base/time.js'
import { Network } from './network.js'
import type { End } from './performer.js'

/** How the links of a test room are. */
export interface WireOptions {
  /** One way, in ms; a pair for a range. Default 5. */
  readonly delay?: Millis | readonly [least: Millis, most: Millis]
  /** Share of the frames that get lost, 0 to 1, once everybody has met. Default 0. */
  readonly loss?: number
}

const DEFAULT_DELAY: Millis = 5

/** The network of a test room: its links can be slow, lossy or cut. */
export class Wire extends Network<End> {
  readonly #random: () => number
  // BOUNDED: by the room's members.
  readonly #ends = new Map<PeerKey, End>()
  #sides = new Map<PeerKey, number>()
  #options: WireOptions = {}

  constructor(now: Millis, random: () => number) {
    super(now)
    this.#random = random
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

  protected override dialMillis(): Millis {
    return 2 * this.travel()
  }

  protected override travel(): Millis {
    const { delay = DEFAULT_DELAY } = this.#options
    if (typeof delay === 'number') return delay
    return Math.round(delay[0] + this.#random() * (delay[1] - delay[0]))
  }

  protected override reach({ device }: End, to: PeerKey): End | undefined {
    return this.#divided(device, to) ? undefined : this.#ends.get(to)
  }

  protected override loses(from: End, to: End): boolean {
    if (this.#divided(from.device, to.device)) return true
    return this.#random() < (this.#options.loss ?? 0)
  }

  protected override isHere({ device }: End): boolean {
    return this.#ends.has(device)
  }

  #divided(a: PeerKey, b: PeerKey): boolean {
    return (this.#sides.get(a) ?? 0) !== (this.#sides.get(b) ?? 0)
  }
}
