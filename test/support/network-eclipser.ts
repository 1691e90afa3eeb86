import { EventEmitter } from 'node:events'
import { type KeyPair, keyPairFromSeed } from '../../src/base/crypto.js'
import { idFromBytes, idToBytes, type PeerKey } from '../../src/base/ids.js'
import { proofKey, prove, signDevice } from '../../src/protocol/access/handshake.js'
import { INSTANCE_BYTES } from '../../src/protocol/config.js'
import type { Frame } from '../../src/protocol/wire/frames.js'
import { Link } from '../../src/room/driver/link.js'
import { roomKeys } from '../../src/room/keys.js'
import { keyPair } from '../../src/swarm/dht/nodes.js'
import type { SecretStream } from '../../src/swarm/dht/stream-types.js'
import type { Address, DhtNode, DhtServer } from '../../src/swarm/dht/types.js'

/** So often a hostile member looks who is announced, and insists. */
const INSIST_MILLIS = 100
/** Keys of its own that it names in one frame. */
const NAMED = 30

/** A device of the hostile member. */
interface Device {
  readonly keyPair: KeyPair
  readonly key: PeerKey
  readonly server: DhtServer
  // BOUNDED: by who is in the test's room.
  readonly links: Map<PeerKey, Link>
}

/**
 * One hostile member with many device keys, over the real network: every key is announced, and each dials whoever appears
 * under the topic but those it was told to leave in peace, as soon as it appears. It gives everybody a place, asks for one at
 * high priority again and again, names its own keys alone, and passes nothing on. It tells of each place that it gets (`placed`).
 */
export class NetworkEclipser extends EventEmitter<{ placed: [] }> {
  readonly #dht: DhtNode
  readonly #room: ReturnType<typeof roomKeys>
  readonly #identity = keyPairFromSeed(new Uint8Array(32).fill(255))
  readonly #devices: Device[] = []
  readonly #peaceful = new Set<PeerKey>()
  // BOUNDED: the links that are open now: those on which we have a place.
  readonly #places = new Map<Link, PeerKey>()
  #mostPlaces = 0
  #timer: NodeJS.Timeout | undefined
  #ended = false

  /** Leaves in peace whom it need not attack: a member that is full of hostile links serves the attacker less. */
  constructor(dht: DhtNode, name: string, peaceful: readonly PeerKey[]) {
    super()
    this.#dht = dht
    this.#room = roomKeys(name)
    for (const peer of peaceful) this.#peaceful.add(peer)
  }

  /** Most places that one whom it does not leave in peace gave it at a time. */
  get mostPlaces(): number {
    return this.#mostPlaces
  }

  /** Resolves when so many keys are announced. */
  async begin(keys: number): Promise<void> {
    await Promise.all(Array.from({ length: keys }, () => this.#announce(keyPair())))
    void this.#insist()
  }

  async end(): Promise<void> {
    this.#ended = true
    clearTimeout(this.#timer)
    for (const { links } of this.#devices) for (const link of links.values()) link.destroy()
    await this.#dht.destroy()
  }

  async #announce(keyPair: KeyPair): Promise<void> {
    const server = this.#dht.createServer()
    const key = idFromBytes<PeerKey>(keyPair.publicKey)
    const device: Device = { keyPair, key, server, links: new Map() }
    server.on('connection', stream => this.#attend(device, stream))
    await server.listen(keyPair)
    this.#devices.push(device)
    this.#peaceful.add(key)
    const topic = idToBytes(this.#room.topic)
    await this.#dht.announce(topic, keyPair, server.relayAddresses as Address[]).finished()
  }

  async #insist(): Promise<void> {
    for await (const { peers } of this.#dht.lookup(idToBytes(this.#room.topic))) {
      for (const { publicKey } of peers) this.#besiege(idFromBytes<PeerKey>(publicKey))
    }
    if (!this.#ended) this.#timer = setTimeout(() => void this.#insist(), INSIST_MILLIS)
  }

  #besiege(peer: PeerKey): void {
    if (this.#ended || this.#peaceful.has(peer)) return
    for (const device of this.#devices) {
      const link = device.links.get(peer)
      if (link !== undefined) this.#ask(link)
      else this.#attend(device, this.#dht.connect(idToBytes(peer), { keyPair: device.keyPair }))
    }
  }

  // A link that is being made takes the place of one that was made.
  #attend(device: Device, stream: SecretStream): void {
    const peer = idFromBytes<PeerKey>(stream.remotePublicKey)
    stream.on('error', () => {})
    void stream.opened.then(isOpen => {
      if (!isOpen || this.#ended) return
      const link: Link = new Link(stream, this.#room.topic, {
        now: () => performance.now(),
        onbadframe: () => {},
        onclose: () => {
          this.#places.delete(link)
          if (device.links.get(peer) === link) device.links.delete(peer)
        },
        onframe: (_, frame) => this.#answer(device, link, frame)
      })
      device.links.set(peer, link)
      this.#greet(device, link)
    })
  }

  #greet({ key }: Device, link: Link): void {
    const side = link.initiator ? 'initiator' : 'responder'
    const { handshakeHash } = link
    const proof = prove(proofKey(this.#room.secret), { handshakeHash, side, device: key })
    link.send({ type: 'hello', version: 1, proof })
  }

  #answer({ key }: Device, link: Link, frame: Frame): void {
    switch (frame.type) {
      case 'neighbor-reply':
        if (frame.accepted) this.#placed(link)
        break
      case 'hello':
        this.#identify(key, link)
        this.#ask(link)
        break
      case 'ping':
        link.send({ type: 'pong' })
        break
      case 'join':
      case 'neighbor':
        link.send({ type: 'neighbor-reply', accepted: true })
    }
  }

  #placed(link: Link): void {
    if (this.#peaceful.has(link.peer)) return
    this.#places.set(link, link.peer)
    const count = [...this.#places.values()].filter(peer => peer === link.peer).length
    this.#mostPlaces = Math.max(this.#mostPlaces, count)
    this.emit('placed')
  }

  #identify(device: PeerKey, link: Link): void {
    const instance = new Uint8Array(INSTANCE_BYTES)
    const { topic } = this.#room
    const signature = signDevice(this.#identity, { topic, device, instance })
    const { publicKey: identity } = this.#identity
    link.send({ type: 'identify', identity, instance, signature, observer: false })
  }

  #ask(link: Link): void {
    link.send({ type: 'neighbor', priority: 'high' })
    const peers = this.#devices.slice(0, NAMED).map(({ key }) => key)
    const [origin] = peers
    if (origin !== undefined) link.send({ type: 'shuffle', origin, ttl: 1, peers })
  }
}
