import { onPaired } from './blind-relay.js'
import type { RawStream, SecretStream } from './stream-types.js'
import type { Address, ConnectOptions, DhtNode } from './types.js'

/** Where the relay is that a stream ran through when it was paired. */
// BOUNDED: entries go with their streams.
const relayedAt = new WeakMap<RawStream, Address>()

/**
 * True while the stream runs through a relay: hyperdht moves it to a direct way by itself where it finds one. Known of
 * streams that were dialled or accepted with a node that watches relays.
 */
export function isRelayed({ rawStream }: SecretStream): boolean {
  const at = rawStream === null ? undefined : relayedAt.get(rawStream)
  return at !== undefined && rawStream?.remoteHost === at.host && rawStream.remotePort === at.port
}

/**
 * This node to dial or listen with. hyperdht does not tell which of its connections are relayed, but it connects to the
 * relays with the very node that it was handed: so it is handed one that notes them. Whoever has the node itself is not
 * taken for a relay's client, whatever he connects to. `parts` replace those of the node.
 */
export function watchingRelays(dht: DhtNode, parts: object = {}): DhtNode {
  const connect = (relay: Uint8Array, options?: ConnectOptions) => {
    const stream = options === undefined ? dht.connect(relay) : dht.connect(relay, options)
    // Not before hyperdht has made its own client of this stream, which is then ours as well.
    queueMicrotask(() => onPaired(stream, raw => noteRelay(stream, raw)))
    return stream
  }
  return viewOf(dht, { connect, ...parts })
}

// The same node but for these parts.
function viewOf(dht: DhtNode, parts: object): DhtNode {
  return new Proxy(dht, {
    get(node, name) {
      if (Object.hasOwn(parts, name)) return Reflect.get(parts, name)
      const part: unknown = Reflect.get(node, name)
      return typeof part === 'function' ? part.bind(node) : part
    }
  })
}

function noteRelay(control: SecretStream, stream: RawStream): void {
  const { rawStream } = control
  if (rawStream === null || rawStream.remoteHost === null) return
  relayedAt.set(stream, { host: rawStream.remoteHost, port: rawStream.remotePort })
}
