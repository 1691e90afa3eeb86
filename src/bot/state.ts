import { badState } from './errors.js'

/** A bot's state: JSON values by key. */
export type StateValues = Record<string, unknown>

/** Where a bot's state is kept between runs. */
export interface StateStorage {
  /** What was saved last; nothing at first. Rejects with DAMAGED_STATE if it cannot be read. */
  load(): Promise<StateValues>
  /** Resolves when it is durable. */
  save(values: StateValues): Promise<void>
}

/** All of a bot's state in one room, in bytes of JSON. Guess: thousands of entries; every change writes it all. */
const MAX_STATE_BYTES = 1_048_576

/**
 * What a bot keeps in one room, also over restarts. Reads are from memory; a write resolves when it is durable, and can be
 * left unawaited: the bot's stop waits for it.
 */
export class State {
  readonly #storage: StateStorage
  // BOUNDED: MAX_STATE_BYTES.
  readonly #values: Map<string, string>
  #bytes: number
  #saving: Promise<void> | undefined
  #next: Promise<void> | undefined

  private constructor(storage: StateStorage, values: StateValues) {
    this.#storage = storage
    this.#values = new Map(Object.entries(values).map(([key, value]) => [key, json(value)]))
    this.#bytes = [...this.#values].reduce((sum, entry) => sum + sizeOf(...entry), 0)
  }

  /** Reads the state that was saved last. Rejects with DAMAGED_STATE if it cannot be read. */
  static async open(storage: StateStorage): Promise<State> {
    return new State(storage, await storage.load())
  }

  /** A copy of the value, undefined where there is none. */
  get<T>(key: string): T | undefined
  get<T>(key: string, fallback: T): T
  get<T>(key: string, fallback?: T): T | undefined {
    const text = this.#values.get(key)
    return text === undefined ? fallback : JSON.parse(text)
  }

  has(key: string): boolean {
    return this.#values.has(key)
  }

  keys(): string[] {
    return [...this.#values.keys()]
  }

  /** Sets a value: anything that JSON can hold. Throws BAD_STATE; resolves when it is durable. */
  set(key: string, value: unknown): Promise<void> {
    const text = json(value)
    const before = this.#values.get(key)
    const bytes = this.#bytes + sizeOf(key, text) - (before === undefined ? 0 : sizeOf(key, before))
    if (bytes > MAX_STATE_BYTES) throw badState(`it would have more than ${MAX_STATE_BYTES} bytes`)
    this.#bytes = bytes
    this.#values.set(key, text)
    return this.#save()
  }

  /** Sets what `change` makes of the value; gives it. */
  async update<T>(key: string, fallback: T, change: (value: T) => T): Promise<T> {
    const value = change(this.get(key, fallback))
    await this.set(key, value)
    return value
  }

  delete(key: string): Promise<void> {
    const before = this.#values.get(key)
    if (before !== undefined) this.#bytes -= sizeOf(key, before)
    return this.#values.delete(key) ? this.#save() : Promise.resolve()
  }

  /** Resolves when everything is durable. Never rejects: whoever wrote was told. */
  async flush(): Promise<void> {
    while (this.#saving !== undefined) await this.#saving.catch(() => {})
  }

  // One write at a time; all that changes meanwhile is in the one after it.
  #save(): Promise<void> {
    if (this.#saving === undefined) return this.#write()
    this.#next ??= this.#saving.catch(() => {}).then(() => this.#write())
    return this.#next
  }

  #write(): Promise<void> {
    this.#next = undefined
    const saving = this.#storage.save(this.#all()).finally(() => {
      if (this.#saving === saving) this.#saving = undefined
    })
    this.#saving = saving
    // Left unawaited by its caller, it must not end the process.
    saving.catch(() => {})
    return saving
  }

  #all(): StateValues {
    return Object.fromEntries([...this.#values].map(([key, text]) => [key, JSON.parse(text)]))
  }
}

function json(value: unknown): string {
  const text = JSON.stringify(value)
  if (text === undefined) throw badState('a value is not JSON')
  return text
}

function sizeOf(key: string, text: string): number {
  return Buffer.byteLength(key) + Buffer.byteLength(text) + 4
}
