import type { PipeLink } from './link.js'

/** One of several that takes nothing for so many milliseconds is let go, so that the others go on. */
const PATIENCE = 10_000
const NEWLINE = 0x0a

/** Sends the same bytes to everybody who is connected; who comes later begins with the next whole line. */
export class FanOut {
  // BOUNDED: by the connections that the caller lets in. The value: true until the first whole line.
  readonly #links = new Map<PipeLink, boolean>()
  #midLine = false
  #ended = false
  #wake: (() => void) | undefined

  get size(): number {
    return this.#links.size
  }

  add(link: PipeLink): void {
    this.#links.set(link, this.#midLine && this.#links.size > 0)
    if (this.#ended) link.end()
    this.#wake?.()
  }

  delete(link: PipeLink): void {
    this.#links.delete(link)
  }

  /** Resolves as soon as somebody is connected. */
  async somebody(): Promise<void> {
    while (this.#links.size === 0) {
      await new Promise<void>(resolve => {
        this.#wake = resolve
      })
    }
  }

  /** Resolves when everybody has room for more. Waits for the first to come where nobody is connected. */
  async write(chunk: Buffer): Promise<void> {
    await this.somebody()
    const writes = [...this.#links].map(([link, skips]) => this.#writeTo(link, skips, chunk))
    this.#midLine = chunk.at(-1) !== NEWLINE
    await Promise.all(writes)
  }

  /** Ends our direction of every connection, those to come too. */
  end(): void {
    this.#ended = true
    for (const link of this.#links.keys()) link.end()
  }

  /** Leaves everybody. */
  leave(): void {
    for (const link of this.#links.keys()) link.leave()
  }

  async #writeTo(link: PipeLink, skips: boolean, chunk: Buffer): Promise<void> {
    const start = skips ? chunk.indexOf(NEWLINE) + 1 : 0
    if (skips && start === 0) return
    if (skips) this.#links.set(link, false)
    if (start === chunk.length && chunk.length > 0) return
    const timer = setTimeout(() => this.#letGo(link), PATIENCE)
    await link.write(start === 0 ? chunk : chunk.subarray(start))
    clearTimeout(timer)
  }

  #letGo(link: PipeLink): void {
    if (this.#links.size > 1) link.stream.destroy()
  }
}
