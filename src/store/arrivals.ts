import { randomBytes } from 'node:crypto'
import b4a from 'b4a'
import { ID_BYTES, idFromBytes, idToBytes, type MessageId } from '../base/ids.js'
import { type Database, PIECE_BYTES, type Snapshot, valuesAt } from './level-database.js'

// The order in which messages came to a store: each has a number, which is given once and never again. In the database:
// 'a' and the number, 8 bytes, big-endian: the id. 'b' and the id: the number. 'n': what the numbers belong to, 8 bytes;
// the next number; how many there are.

/** A message, and which one it was to come to the store. */
export interface Arrival {
  /** 1 for the first that came. */
  readonly number: number
  readonly id: MessageId
}

/** A change of the database, to be made with that of the messages. */
type Operation =
  | { readonly type: 'put'; readonly key: Uint8Array; readonly value: Uint8Array }
  | { readonly type: 'del'; readonly key: Uint8Array }

/** What one batch does to the order. */
export interface ArrivalsChange {
  /** Messages that get a number, in order. */
  readonly arrived: readonly Arrival[]
  readonly operations: readonly Operation[]
}

/** Of which messages the order changes. */
export interface Wanted {
  /** To be numbered, in this order; who has a number keeps it. */
  readonly ids: readonly MessageId[]
  /** Kept no longer. */
  readonly gone: readonly MessageId[]
}

const EPOCH_BYTES = 8
const NUMBER_BYTES = 8
const BY_NUMBER = 'a'.charCodeAt(0)
const BY_ID = 'b'.charCodeAt(0)
const HEAD_KEY = b4a.from('n')
const HEAD_BYTES = EPOCH_BYTES + 2 * NUMBER_BYTES
/** Entries read at once. */
const AT_ONCE = 1_000

/** The numbers of what a database has. */
export class Arrivals {
  /** What the numbers belong to, 16 hex digits: those of another store, or of a former one, are none of ours. */
  readonly epoch: string
  #next: number
  #count: number
  /** Numbers of a former database, whose messages come once more. */
  // BOUNDED: by that database.
  #former: ReadonlyMap<MessageId, number>

  /** Reads what the numbers stand at; a database without any begins with 1. */
  static async open(database: Database, snapshot?: Snapshot): Promise<Arrivals> {
    return new Arrivals(await database.get(HEAD_KEY, { snapshot }))
  }

  private constructor(head?: Uint8Array, former: ReadonlyMap<MessageId, number> = new Map()) {
    const isKnown = head?.byteLength === HEAD_BYTES
    this.epoch = b4a.toString(
      isKnown ? head.subarray(0, EPOCH_BYTES) : randomBytes(EPOCH_BYTES),
      'hex'
    )
    this.#next = isKnown ? numberAt(head, EPOCH_BYTES) : 1
    this.#count = isKnown ? numberAt(head, EPOCH_BYTES + NUMBER_BYTES) : 0
    this.#former = former
  }

  /** The highest number that was given. */
  get last(): number {
    return this.#next - 1
  }

  /** How many messages have a number. */
  get count(): number {
    return this.#count
  }

  /** The same for another database, which gets the messages of this one that are good: they keep their numbers. */
  async movedFrom(database: Database): Promise<Arrivals> {
    const former = new Map<MessageId, number>()
    try {
      for await (const some of arrivalsIn(database))
        for (const { id, number } of some) former.set(id, number)
    } catch {
      // What cannot be read is numbered anew.
    }
    this.#count = 0
    return new Arrivals(this.#head(), former)
  }

  /** The same for another database, which gets nothing of this one. */
  cleared(): Arrivals {
    this.#count = 0
    return new Arrivals(this.#head())
  }

  /** What a batch does to the order. It is taken for written: if the batch fails, open the order anew. */
  async change({ gone, ids }: Wanted, database: Database): Promise<ArrivalsChange> {
    const known = await numbersOf([...gone, ...ids], database)
    const operations: Operation[] = []
    for (const id of gone) {
      const number = known.get(id)
      if (number === undefined) continue
      operations.push({ type: 'del', key: numberKey(number) }, { type: 'del', key: idKey(id) })
      this.#count -= 1
    }
    const arrived = ids
      .filter(id => !known.has(id))
      .map(id => ({ id, number: this.#numberFor(id) }))
    for (const { id, number } of arrived) {
      operations.push({ type: 'put', key: numberKey(number), value: idToBytes(id) })
      operations.push({ type: 'put', key: idKey(id), value: numberBytes(number) })
    }
    this.#count += arrived.length
    if (operations.length > 0) operations.push({ type: 'put', key: HEAD_KEY, value: this.#head() })
    return { arrived, operations }
  }

  #numberFor(id: MessageId): number {
    const former = this.#former.get(id)
    if (former !== undefined) return former
    const number = this.#next
    this.#next += 1
    return number
  }

  #head(): Uint8Array {
    return b4a.concat([
      b4a.from(this.epoch, 'hex'),
      numberBytes(this.#next),
      numberBytes(this.#count)
    ])
  }
}

/** All that have a number, in its order, some at a time, now or at the moment of this snapshot. Throws what LevelDB does. */
export async function* arrivalsIn(
  database: Database,
  snapshot?: Snapshot
): AsyncGenerator<Arrival[]> {
  const range = { gte: Uint8Array.of(BY_NUMBER), lt: Uint8Array.of(BY_NUMBER + 1) }
  const iterator = database.iterator({ ...range, snapshot, highWaterMarkBytes: PIECE_BYTES })
  try {
    for (;;) {
      const entries = await iterator.nextv(AT_ONCE)
      if (entries.length === 0) return
      yield entries.flatMap(([key, value]) => arrivalOf(key, value) ?? [])
    }
  } finally {
    await iterator.close()
  }
}

function arrivalOf(key: Uint8Array, value: Uint8Array): Arrival | undefined {
  if (key.byteLength !== 1 + NUMBER_BYTES || value.byteLength !== ID_BYTES) return undefined
  return { number: numberAt(key, 1), id: idFromBytes<MessageId>(value) }
}

/**
 * Whose turn it is to get a number: who was put first, unless it was held back. Whoever shows a room lets lines wait for
 * those that their author said before, and the order of arrival follows that.
 */
export class Turns {
  // BOUNDED: what waits to be written, and what is held back.
  readonly #waiting = new Set<MessageId>()

  /** True if one of them waits of whom this is true. */
  isAnyOf(isOne: (id: MessageId) => boolean): boolean {
    for (const id of this.#waiting) if (isOne(id)) return true
    return false
  }

  put(id: MessageId): void {
    this.#waiting.add(id)
  }

  /** It was held back until now. */
  released(id: MessageId): void {
    if (this.#waiting.delete(id)) this.#waiting.add(id)
  }

  delete(id: MessageId): void {
    this.#waiting.delete(id)
  }

  /** Who gets a number now: they wait no longer. */
  take(isHeld: (id: MessageId) => boolean): MessageId[] {
    const taken = [...this.#waiting].filter(id => !isHeld(id))
    for (const id of taken) this.#waiting.delete(id)
    return taken
  }
}

async function numbersOf(
  ids: readonly MessageId[],
  database: Database
): Promise<Map<MessageId, number>> {
  const values = await valuesAt(database, ids.map(idKey))
  const known = new Map<MessageId, number>()
  for (const [at, id] of ids.entries()) {
    const value = values[at]
    if (value?.byteLength === NUMBER_BYTES) known.set(id, numberAt(value, 0))
  }
  return known
}

function numberKey(number: number): Uint8Array {
  return b4a.concat([Uint8Array.of(BY_NUMBER), numberBytes(number)])
}

function idKey(id: MessageId): Uint8Array {
  return b4a.concat([Uint8Array.of(BY_ID), idToBytes(id)])
}

function numberBytes(number: number): Uint8Array {
  const bytes = new Uint8Array(NUMBER_BYTES)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(number))
  return bytes
}

function numberAt(bytes: Uint8Array, at: number): number {
  return Number(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getBigUint64(at))
}
