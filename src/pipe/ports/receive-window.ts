/** Bytes of one TCP connection that may be under way to a side at first: both sides begin with this. */
export const FIRST_WINDOW = 256 * 1024
/** The most that a window grows to, for a reader that keeps up: 4 MiB at a round trip of 100 ms are 40 MB/s. */
export const LARGEST_WINDOW = 4 * 1024 * 1024

/**
 * How much the other side may still send on one TCP connection. The window doubles if the sender used it up while the
 * reader kept up, so that a reader that stands still holds {@link FIRST_WINDOW} at most.
 */
export class ReceiveWindow {
  #size = FIRST_WINDOW
  /** What the other side may send and has not sent. */
  #open = FIRST_WINDOW
  /** What has arrived and is not out of our hands. */
  #held = 0

  /** So many bytes arrived. False if they are more than was allowed. */
  arrived(bytes: number): boolean {
    this.#open -= bytes
    this.#held += bytes
    return this.#open >= 0
  }

  /** So many bytes are out of our hands. How many more to allow: 0 until it is worth a frame. */
  taken(bytes: number): number {
    this.#held -= bytes
    if (this.#held === 0 && this.#open < this.#size / 4) this.#grow()
    const credit = this.#size - this.#open - this.#held
    if (credit < this.#size / 2) return 0
    this.#open += credit
    return credit
  }

  #grow(): void {
    this.#size = Math.min(2 * this.#size, LARGEST_WINDOW)
  }
}
