import b4a from 'b4a'
import { surface } from '../async/surface.js'
import type { KeyPair } from '../base/crypto.js'
import type { SwarmchatError } from '../base/errors.js'
import { idFromBytes, type PeerKey, shortId } from '../base/ids.js'
import type { Random } from '../base/random.js'
import { Connections } from './connections/connections.js'
import { limitedStreams } from './dht/limited-stream.js'
import type { LookupPeer } from './dht/types.js'
import { DialPump } from './dial/dial-pump.js'
import type { DiscoveryContext, Provenance } from './discovery-context.js'
import { Door } from './door.js'
import { Listener } from './listener.js'
import { answersAtOnce } from './networks/near.js'
import type { Network, NetworkState } from './networks/network.js'
import type { PeerInfo } from './peers/peer-info.js'
import { PeerTable } from './peers/peer-table.js'
import { chooseRelay, needsRelay } from './relay/choose-relay.js'
import type { SwarmOptions, SwarmState } from './swarm-options.js'
import { Topics } from './topics.js'

const MAX_SERVER_CONNECTIONS = 256

/** What a swarm is made of, wired: who hears of what from whom. */
export class SwarmParts {
  readonly peers = new PeerTable(key => this.connections.has(key))
  readonly connections: Connections
  readonly dials: DialPump
  readonly listeners: ReadonlyMap<Network, Listener>
  readonly topics: Topics
  readonly #swarm: SwarmState
  readonly #options: SwarmOptions
  readonly #keyPair: KeyPair
  readonly #key: PeerKey
  readonly #random: Random
  readonly #door: Door
  // BOUNDED: one per network.
  readonly #detach: (() => void)[] = []

  constructor(swarm: SwarmState, options: SwarmOptions, keyPair: KeyPair) {
    this.#swarm = swarm
    this.#options = options
    this.#keyPair = keyPair
    this.#key = idFromBytes(keyPair.publicKey)
    this.#random = options.random ?? Math.random
    this.#door = this.#makeDoor()
    this.connections = this.#makeConnections()
    this.dials = this.#makeDials()
    this.listeners = new Map(swarm.networks.map(network => [network, this.#open(network)]))
    this.topics = new Topics(topic => this.#contextsOf(topic), this.#random)
  }

  /** Listens to the networks no more. */
  detach(): void {
    for (const detach of this.#detach.splice(0)) detach()
  }

  /** The peer with this key; undefined if the key is our own, which is nobody to dial. */
  known(publicKey: Uint8Array): PeerInfo | undefined {
    return b4a.equals(publicKey, this.#keyPair.publicKey) ? undefined : this.peers.known(publicKey)
  }

  #makeDoor(): Door {
    return new Door({
      peers: this.peers,
      firewall: this.#options.firewall,
      most: this.#options.maxServerConnections ?? MAX_SERVER_CONNECTIONS,
      isConnected: key => this.connections.has(key),
      ownDial: key => (this.#key > key ? this.dials.ended(key) : undefined),
      onBan: (peer, error) => this.#banned(peer, error)
    })
  }

  #makeConnections(): Connections {
    return new Connections({
      swarm: this.#swarm,
      key: this.#key,
      peers: this.peers,
      door: this.#door,
      liveness: this.#options.liveness,
      onArriving: key => this.dials.arriving(key),
      onDeparted: key => this.dials.departed(key),
      onConnected: key => this.dials.connected(key),
      onLost: key => this.dials.lost(key),
      onTold: () => this.dials.pump(),
      onDeath: peer => this.topics.died(peer)
    })
  }

  #makeDials(): DialPump {
    return new DialPump({
      swarm: this.#swarm,
      options: this.#options,
      key: this.#key,
      keyPair: this.#keyPair,
      random: this.#random,
      peers: this.peers,
      connections: this.connections,
      door: this.#door,
      createSecretStream: streamsOf(this.#options),
      relayFor: (peer, { dht }) =>
        this.#relay(needsRelay(peer.lastAttempt?.code ?? '') || dht.randomized)
    })
  }

  #open(network: Network): Listener {
    this.#attend(network)
    return new Listener({
      network,
      keyPair: this.#keyPair,
      createSecretStream: streamsOf(this.#options),
      rejects: (key, payload) => this.#rejectsDial(key, payload),
      relayThrough: () => this.#relay(network.dht.randomized),
      onConnection: stream => this.connections.accept(stream, network)
    })
  }

  #attend(network: Network): void {
    const onState = (state: NetworkState) => {
      this.#swarm.emit('network', network, state)
      this.dials.pump()
    }
    const onMoved = () => this.connections.probe()
    network.on('state', onState)
    network.on('moved', onMoved)
    this.#detach.push(() => network.off('state', onState).off('moved', onMoved))
  }

  #relay(needed: boolean): Uint8Array | null {
    return chooseRelay(this.#options.relayThrough, needed, this.#random)
  }

  #contextsOf(topic: Uint8Array): DiscoveryContext[] {
    return [...this.listeners].map(([network, listener]) => ({
      topic,
      network,
      listener,
      keyPair: this.#keyPair,
      random: this.#random,
      alone: () => this.#swarm.connections.size === 0,
      onPeers: (peers: readonly LookupPeer[], how: Provenance) =>
        this.#found(topic, network, peers, how),
      onFault: surface
    }))
  }

  #found(topic: Uint8Array, network: Network, peers: readonly LookupPeer[], how: Provenance): void {
    if (this.#swarm.destroyed) return
    this.#traceAnswer(topic, network, peers.length)
    const near = answersAtOnce(network)
    // With one alone nothing is gained: it is dialled at once.
    const mutual = how.mutual && peers.length + this.dials.candidates > 2
    for (const { publicKey, relayAddresses } of peers) {
      const peer = this.known(publicKey)
      peer?.found(topic, { network, relayAddresses }, how.namedBy)
      if (peer === undefined || !this.dials.found(peer, near, { ...how, mutual })) continue
      this.peers.settle(peer)
      this.dials.improve(peer, network)
      this.#swarm.emit('peer', peer)
    }
    this.dials.pump()
  }

  #traceAnswer(topic: Uint8Array, network: Network, peers: number): void {
    const fields = { topic: shortId(idFromBytes(topic)), network: network.name, peers }
    this.#options.onTrace?.({ area: 'swarm', name: 'answer', fields })
  }

  async #rejectsDial(remotePublicKey: Buffer, payload: unknown): Promise<boolean> {
    const peer = this.known(remotePublicKey)
    if (peer === undefined || this.#swarm.destroyed || this.#swarm.suspended) return true
    return this.#door.rejects(peer, payload)
  }

  #banned(peer: PeerInfo, error: SwarmchatError): void {
    this.#swarm.stats.bannedPeers++
    this.#swarm.emit('ban', peer, error)
  }
}

function streamsOf({ maxMessageBytes }: SwarmOptions) {
  return maxMessageBytes === undefined ? undefined : limitedStreams(maxMessageBytes)
}
