import b4a from 'b4a'
import { freshIdentity, type Identity } from '../../src/home/identity.js'
import type { Output } from '../../src/protocol/events.js'
import type { RoomMachine } from '../../src/protocol/machine/room-machine.js'
import type { Frame } from '../../src/protocol/wire/frames.js'
import { KIND_TEXT } from '../../src/protocol/wire/kinds.js'
import { authorBytes } from '../../src/protocol/wire/layout.js'
import { openParts } from '../../src/room/open.js'
import type { RoomParts } from '../../src/room/parts.js'
import { Room } from '../../src/room/room.js'
import type { DhtNode } from '../../src/swarm/dht/types.js'
import { GivenNetwork } from '../../src/swarm/networks/given-network.js'
import type { Chatter, ChatterOptions } from './chatter.js'
import { createNode } from './contestant.js'

/** A member of a Room. */
export class RoomChatter implements Chatter {
  readonly node: DhtNode
  readonly key: string
  readonly tally = { delivered: 0, copies: 0, uploads: 0 }
  readonly #room: Room
  readonly #machine: RoomMachine
  readonly #identity: Identity

  static async open(options: ChatterOptions): Promise<RoomChatter> {
    const { bootstrap, name } = options
    const node = createNode(bootstrap, 'open')
    const networks = [new GivenNetwork(node)]
    const identity = freshIdentity()
    const parts = await openParts({ name, nick: 'bench', identity, networks })
    return new RoomChatter(node, parts, options)
  }

  private constructor(node: DhtNode, parts: RoomParts, { ondelivered }: ChatterOptions) {
    this.node = node
    this.#identity = parts.identity
    this.#machine = parts.machine
    this.#countFrames()
    this.#room = new Room(parts)
    this.key = this.#room.device
    this.#room.on('message', ({ from, text }) => {
      if (from === this.#identity.key) return
      this.tally.delivered++
      ondelivered(text)
    })
  }

  get connections(): number {
    return this.#machine.snapshot().streams
  }

  async listen(): Promise<void> {}

  async meet(): Promise<void> {}

  complete(members: number): boolean {
    return this.#room.members().length >= members
  }

  say(text: string): void {
    this.#room.say(text)
  }

  #countFrames(): void {
    const handle = this.#machine.handle.bind(this.#machine)
    this.#machine.handle = (input, now, wall) => {
      if (input.type === 'frame' && isLine(input.frame)) this.tally.copies++
      const outputs = handle(input, now, wall)
      for (const output of outputs) if (this.#isUpload(output)) this.tally.uploads++
      return outputs
    }
  }

  #isUpload(output: Output): boolean {
    if (output.type !== 'send' || !isLine(output.frame)) return false
    return b4a.equals(authorBytes(output.frame.sealed), this.#identity.keyPair.publicKey)
  }
}

// The flood counts for nothing: so this must cost next to nothing.
function isLine(frame: Frame): frame is Extract<Frame, { sealed: Uint8Array }> {
  return 'sealed' in frame && frame.sealed[1] === KIND_TEXT
}
