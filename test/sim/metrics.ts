import type { MessageId } from '../../src/base/ids.js'

/** What became of one message. */
export interface MessageRecord {
  readonly id: MessageId
  readonly author: number
  readonly at: number
  /** Members alive when it was said. */
  readonly audience: number
  /** Delivery time by member, the author included. */
  readonly delivered: Map<number, number>
  /** Eager pushes that arrived, first ones and duplicates. */
  payloads: number
  /** Most links that a first push crossed (last delivery hop). */
  lastHop: number
  /** Deliveries by other means than a push. */
  synced: number
}

/** What a run has cost and brought. */
export class Metrics {
  readonly messages = new Map<MessageId, MessageRecord>()
  /** Messages delivered twice to one life of a member: must stay 0. */
  repeated = 0
  /** Messages delivered that nobody had said: must stay 0. */
  unknown = 0
  /** Processor time spent where it is scarce, in microseconds of a whole core. */
  workMicros = 0
  frames = 0
  bytes = 0
  payloadBytes = 0
  dials = 0
  failedDials = 0
  /** Most connections that any member had at once. */
  maxLinks = 0
  readonly framesByType = new Map<string, number>()
  /** Ids named in frames of a type. */
  readonly idsByType = new Map<string, number>()
  readonly refusals = new Map<string, number>()
  /** Largest size ever seen by name, with its bound. */
  readonly loads = new Map<string, { size: number; max: number }>()

  /** Whose messages are counted link by link, where somebody's are. */
  spammer: number | undefined
  readonly #spam = { message: new Map<string, number>(), stored: new Map<string, number>() }

  /** Somebody else passed one of the spammer's messages on, pushed or with history. */
  countSpam(way: 'message' | 'stored', from: number, to: number): void {
    const link = `${from}>${to}`
    this.#spam[way].set(link, (this.#spam[way].get(link) ?? 0) + 1)
  }

  /** The spammer's messages on the link that carried most of them, the spammer's own links left out. */
  busiestLink(way: 'message' | 'stored'): number {
    return Math.max(0, ...this.#spam[way].values())
  }

  count(type: string, bytes: number, ids: number): void {
    this.frames++
    this.bytes += bytes
    if (ids > 0) this.idsByType.set(type, (this.idsByType.get(type) ?? 0) + ids)
    this.framesByType.set(type, (this.framesByType.get(type) ?? 0) + 1)
  }
}

/** Relative message redundancy: eager pushes beyond the one that each member needs (Plumtree, section 4.1). */
export function redundancy({ audience, payloads }: MessageRecord): number {
  return audience < 2 ? 0 : payloads / (audience - 1) - 1
}

/** The lowest, mean and highest of some numbers, and their 95th percentile. */
export interface Spread {
  readonly min: number
  readonly mean: number
  readonly p95: number
  readonly max: number
}

export function spread(numbers: readonly number[]): Spread {
  const sorted = [...numbers].sort((a, b) => a - b)
  const at = (share: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0
  const sum = sorted.reduce((total, number) => total + number, 0)
  return {
    min: at(0),
    mean: sorted.length === 0 ? 0 : sum / sorted.length,
    p95: at(0.95),
    max: at(1)
  }
}
