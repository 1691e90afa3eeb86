import type { KeyPair } from '../base/crypto.js'
import { watchingRelays } from './dht/relayed.js'
import type { CreateSecretStream, SecretStream } from './dht/stream-types.js'
import type { Address, DhtNode, DhtServer } from './dht/types.js'
import type { Network } from './networks/network.js'
import type { Firewall } from './swarm-options.js'

/** Accepts connections to our key on one network, from the first call of {@link listen} on. */
export class Listener {
  readonly #dht: DhtNode
  readonly #server: DhtServer
  readonly #keyPair: KeyPair
  #listening: Promise<void> | undefined

  constructor(options: {
    readonly network: Network
    readonly keyPair: KeyPair
    readonly rejects: Firewall
    readonly relayThrough?: () => Uint8Array | null
    readonly createSecretStream?: CreateSecretStream | undefined
    readonly onConnection: (stream: SecretStream) => void
  }) {
    const { createSecretStream, keyPair, network, onConnection, rejects } = options
    const { relayThrough = null } = options
    this.#dht = network.dht
    this.#keyPair = keyPair
    const { dht } = network
    const server = { firewall: rejects, relayThrough, createSecretStream }
    this.#server = dht.createServer.call(watchingRelays(dht), server, onConnection)
  }

  /** hyperdht's own server. */
  get server(): DhtServer {
    return this.#server
  }

  /** Where others reach us, for announcements; at most 3, empty before {@link listen} has ended. */
  get relayAddresses(): readonly Address[] {
    return this.#server.relayAddresses
  }

  /** Announces our key where it is not yet. One job, however many ask; a failure is tried again at the next call. */
  listen(): Promise<void> {
    this.#listening ??= this.#server.listen(this.#keyPair).then(
      () => {},
      (error: unknown) => {
        this.#listening = undefined
        throw error
      }
    )
    return this.#listening
  }

  /** True where others reach us before the DHT has heard of our key: at our node's own address. */
  get open(): boolean {
    return this.#dht.remoteAddress() !== null
  }

  /** What an announcement says of where we are, as far as it matters: one that says something else is out of date. */
  get place(): string {
    const own = this.#dht.remoteAddress()
    return JSON.stringify(own === null ? this.relayAddresses : [own])
  }

  /** Listens; where others reach us, as soon as that is known. Rejects where {@link listen} does first. */
  async whereabouts(): Promise<readonly Address[]> {
    const listening = this.listen()
    listening.catch(() => {}) // Whoever asks next tries again.
    // Then the server has its key.
    await this.#dht.bind()
    const own = this.#dht.remoteAddress()
    if (own !== null && this.relayAddresses.length === 0) return [own]
    await listening
    return this.relayAddresses
  }

  /** Stops accepting, and takes the key back from the DHT. */
  close(): Promise<void> {
    return this.#server.close()
  }
}
