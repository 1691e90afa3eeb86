import type { Address, DhtServer, KeyPair, SecretStream } from './hyperdht.js'
import type { Network } from './network.js'
import type { Firewall } from './swarm-options.js'

/** Accepts connections to our key on one network, from the first call of {@link listen} on. */
export class Listener {
  readonly #server: DhtServer
  readonly #keyPair: KeyPair
  #listening: Promise<void> | undefined

  constructor(options: {
    readonly network: Network
    readonly keyPair: KeyPair
    readonly rejects: Firewall
    readonly relayThrough?: () => Uint8Array | null
    readonly onConnection: (stream: SecretStream) => void
  }) {
    const { keyPair, network, onConnection, rejects, relayThrough = null } = options
    this.#keyPair = keyPair
    this.#server = network.dht.createServer({ firewall: rejects, relayThrough }, onConnection)
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

  /** Stops accepting, and takes the key back from the DHT. */
  close(): Promise<void> {
    return this.#server.close()
  }
}
