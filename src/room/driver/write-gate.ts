import b4a from 'b4a'
import { type IdentityKey, idToBytes, type PeerKey } from '../../base/ids.js'
import type { Output } from '../../protocol/events.js'
import type { Frame } from '../../protocol/wire/frames.js'
import { authorBytes } from '../../protocol/wire/layout.js'
import type { MessageStore } from '../../store/store.js'

/** What goes over a link, or ends it. */
type LinkOutput = Extract<Output, { type: 'send' | 'close' }>

/**
 * What we sign names what we have seen, and others take that for a receipt. So it is held until what it names, and it
 * itself, is on the disk. What follows on the same link waits behind it; whatever else happens does not.
 */
export class WriteGate {
  readonly #self: Uint8Array
  readonly #store: MessageStore
  readonly #perform: (outputs: readonly Output[]) => void
  // BOUNDED: by what the machine sends while one batch is written, which the store gives up on after a while.
  #held: LinkOutput[] = []
  /** What was held when that batch was begun: it goes first. */
  #next: LinkOutput[] = []
  // BOUNDED: by the links.
  readonly #waiting = new Set<PeerKey>()
  #isWriting = false

  /** `perform`: gets what was held, in order, when it may go. */
  constructor(
    self: IdentityKey,
    store: MessageStore,
    perform: (outputs: readonly Output[]) => void
  ) {
    this.#self = idToBytes(self)
    this.#store = store
    this.#perform = perform
  }

  /** True as long as something is held. */
  get isHolding(): boolean {
    return this.#held.length + this.#next.length > 0
  }

  /** True if this is not to be performed now: it is held. */
  holds(output: Output): boolean {
    if (output.type !== 'send' && output.type !== 'close') return false
    const peer = output.type === 'send' ? output.to : output.peer
    if (!this.#waiting.has(peer) && !this.#mustWait(output)) return false
    this.#held.push(output)
    this.#waiting.add(peer)
    if (!this.#isWriting) void this.#write()
    return true
  }

  /** The link to this peer is gone, and with it what was held for it. */
  drop(peer: PeerKey): void {
    if (!this.#waiting.delete(peer)) return
    const stays = (output: LinkOutput) => peerOf(output) !== peer
    this.#held = this.#held.filter(stays)
    this.#next = this.#next.filter(stays)
  }

  #mustWait(output: LinkOutput): boolean {
    return output.type === 'send' && this.#store.isBehind && this.#isOurs(output.frame)
  }

  #isOurs(frame: Frame): boolean {
    return 'sealed' in frame && b4a.equals(authorBytes(frame.sealed), this.#self)
  }

  async #write(): Promise<void> {
    this.#isWriting = true
    // What one turn sends goes together.
    await Promise.resolve()
    while (this.isHolding) {
      this.#next = this.#held
      this.#held = []
      await this.#store.flush()
      this.#release()
    }
    this.#isWriting = false
  }

  #release(): void {
    const released = this.#next
    this.#next = []
    this.#waiting.clear()
    for (const output of this.#held) this.#waiting.add(peerOf(output))
    this.#perform(released)
  }
}

function peerOf(output: LinkOutput): PeerKey {
  return output.type === 'send' ? output.to : output.peer
}
