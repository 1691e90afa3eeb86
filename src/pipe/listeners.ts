import b4a from 'b4a'
import { onAborted } from '../async/until-aborted.js'
import type { KeyPair } from '../base/crypto.js'
import type { SecretStream } from '../swarm/dht/stream-types.js'
import { Listener } from '../swarm/listener.js'
import type { Network } from '../swarm/networks/network.js'
import { chooseRelay } from '../swarm/relay/choose-relay.js'

/** Under which key to be reached, and for how long. */
export interface Listen {
  readonly keyPair: KeyPair
  /** Public keys that may connect, as hex digits; empty: everybody. */
  readonly allow: ReadonlySet<string>
  /** Public keys of relays to be reached through, where our NAT randomises. Default: none. */
  readonly relays?: readonly Uint8Array[]
  readonly signal: AbortSignal
  /** The key can be dialled on this network. */
  readonly listening: (network: Network) => void
}

/** Who takes the connections. */
export interface Host {
  /** Settles when what it is for is done. */
  readonly done: Promise<void>
  /** True if one more connection of this key may come; asked before its handshake ends. */
  hasRoom(key: string): boolean
  accept(stream: SecretStream): void
  /** One network cannot be listened on. */
  failed(thrown: unknown): void
  /** Ends all connections, and is done. */
  leave(): void
}

/**
 * Listens under the key on every network, as soon as it is online, until the host is done; it leaves when the signal
 * fires. Throws what the host does.
 */
export async function listenOn(
  networks: readonly Network[],
  listen: Listen,
  host: Host
): Promise<void> {
  const listeners = networks.map(network => open(network, listen, host))
  onAborted(listen.signal, () => host.leave())
  try {
    await host.done
  } finally {
    await Promise.allSettled(listeners.map(listener => listener.close()))
  }
}

function open(network: Network, listen: Listen, host: Host): Listener {
  const { allow, keyPair, relays } = listen
  const admits = (key: string) => host.hasRoom(key) && (allow.size === 0 || allow.has(key))
  const listener = new Listener({
    network,
    keyPair,
    rejects: key => !admits(b4a.toString(key, 'hex')),
    relayThrough: () => chooseRelay(relays, network.dht.randomized, Math.random),
    onConnection: stream => host.accept(stream)
  })
  begin(network, listener, listen).catch(thrown => host.failed(thrown))
  return listener
}

async function begin(network: Network, listener: Listener, listen: Listen): Promise<void> {
  await network.ready
  // Also when it is closed.
  if (network.state !== 'online') return
  await listener.listen()
  listen.listening(network)
}
