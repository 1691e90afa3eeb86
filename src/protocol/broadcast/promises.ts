import type { PeerKey } from '../../base/ids.js'

/** So many announced messages in a row may not come from whom we asked. Guess: more than an honest neighbour forgets at once. */
export const MAX_BROKEN_PROMISES = 128

/**
 * Who announces messages and does not send them when it is asked. Whoever has done nothing else for a while is not believed
 * any more, until it sends something: to wait for it in vain is what it would cost us.
 */
export class Promises {
  // BOUNDED: one count per neighbour; `forget` removes it.
  readonly #broken = new Map<PeerKey, number>()

  /** This one was asked for what it had announced, and it did not come in time. */
  broken(peer: PeerKey): void {
    this.#broken.set(peer, (this.#broken.get(peer) ?? 0) + 1)
  }

  /** This one has sent a message. */
  kept(peer: PeerKey): void {
    this.#broken.delete(peer)
  }

  /** This one is no neighbour any more. */
  forget(peer: PeerKey): void {
    this.#broken.delete(peer)
  }

  /** True if what this one announces is worth waiting for. */
  believes(peer: PeerKey): boolean {
    return (this.#broken.get(peer) ?? 0) < MAX_BROKEN_PROMISES
  }
}
