import { expect, test } from 'vitest'
import { idToBytes } from '../../src/base/ids.js'
import { MAX_LINKS } from '../../src/protocol/links/tuning.js'
import type { Room } from '../../src/room/room.js'
import { keyPair } from '../../src/swarm/dht/nodes.js'
import type { SecretStream } from '../../src/swarm/dht/stream-types.js'
import type { DhtNode } from '../../src/swarm/dht/types.js'
import { useRooms } from '../support/rooms.js'
import { until } from '../support/until.js'

const { enter, testnet } = useRooms()

/** More streams than a room has places for members, strangers and own dials that are up. */
const STREAMS = MAX_LINKS + 6
/** So long after it was closed a stream is opened again. */
const AGAIN_MILLIS = 1_000

/** Streams of strangers who say nothing, each on a new key, opened again whenever they are closed. */
class Siege {
  readonly #dht: DhtNode
  readonly #device: Uint8Array
  readonly #streams = new Set<SecretStream>()
  readonly #timers = new Set<NodeJS.Timeout>()
  #ended = false

  constructor(dht: DhtNode, room: Room) {
    this.#dht = dht
    this.#device = idToBytes(room.device)
  }

  /** Ends when every stream was open once. */
  async begin(): Promise<void> {
    await Promise.all(Array.from({ length: STREAMS }, () => this.#open().opened))
  }

  async end(): Promise<void> {
    this.#ended = true
    for (const timer of this.#timers) clearTimeout(timer)
    for (const stream of this.#streams) stream.destroy()
    await this.#dht.destroy()
  }

  #open(): SecretStream {
    const stream = this.#dht.connect(this.#device, { keyPair: keyPair() })
    this.#streams.add(stream)
    stream.on('error', () => {})
    stream.on('close', () => {
      this.#streams.delete(stream)
      if (!this.#ended) this.#timers.add(setTimeout(() => this.#open(), AGAIN_MILLIS))
    })
    return stream
  }
}

// Spent: 70 connections at a time, and a handshake a second for each; no secret.
// Suffered: 32 streams. Newcomers get in, and members hear each other.
test('strangers who hold 70 mute connections over the network keep nobody out', async () => {
  const ada = await enter('ada')
  await ada.room.ready
  const siege = new Siege(testnet().createNode(), ada.room)
  await siege.begin()
  try {
    const bob = await enter('bob')
    await bob.meets('ada')
    await until([bob.room, ada.room], 'update', () => bob.room.links > 0 && ada.room.links > 0)
    bob.room.say('hello')
    await ada.hears('hello')
    expect(ada.room.members().map(({ nick }) => nick)).toContain('bob')
  } finally {
    await siege.end()
  }
}, 60_000)
