import b4a from 'b4a'
import BlindRelay from 'blind-relay'
import type { Emits, RawStream, SecretStream } from './stream-types.js'

// The only module that imports blind-relay, which ships no types: these are written from its source (1.6), for what we
// use. Two peers that cannot reach each other both connect to a relay's key and name the same token; from then on the
// relay passes their encrypted packets on, without being able to read them.

/** One peer's connection to a relay, on which it asks for pairings. */
export interface RelaySession
  extends Emits<{ pair: [boolean, Buffer, RawStream, number]; close: []; error: [error: Error] }> {
  destroy(error?: Error): void
}

/** Pairs the streams of its sessions. */
export interface BlindRelayServer {
  /** `pending`: tokens that one end has named, and the other not yet. */
  readonly stats: { readonly pairings: { readonly pending: number } }
  accept(stream: SecretStream, options: { id: Uint8Array }): RelaySession
  close(): Promise<void>
}

/** Our side of a connection to a relay. */
type RelayClient = Emits<{ pair: [boolean, Buffer, RawStream, number] }>

interface BlindRelayModule {
  /** `from` gives the client that the stream has already, where it has one. */
  Client: { from(stream: SecretStream, options: { id: Uint8Array }): RelayClient }
  Server: new (options: { createStream: (options: object) => RawStream }) => BlindRelayServer
}

// Private parts of blind-relay's session, for `limitUnmatched` alone.
interface SessionInside {
  _pairing?: Set<string>
  _onunpair?(message: { token: Uint8Array }): void
}

/**
 * Keeps no more tokens of this session that nobody has matched yet than so many: the oldest goes. blind-relay itself keeps
 * all of them, as long as the session lasts. To be called at once after `accept`.
 */
export function limitUnmatched(session: RelaySession, max: number): void {
  const inside = session as SessionInside
  inside._pairing = new NewestTokens(max, oldest => {
    inside._onunpair?.({ token: b4a.from(oldest, 'hex') })
  })
}

// BOUNDED: max, where `drop` deletes what it is handed.
class NewestTokens extends Set<string> {
  readonly #max: number
  readonly #drop: (token: string) => void

  constructor(max: number, drop: (token: string) => void) {
    super()
    this.#max = max
    this.#drop = drop
  }

  override add(token: string): this {
    super.add(token)
    const [oldest] = this
    if (this.size > this.#max && oldest !== undefined) this.#drop(oldest)
    return this
  }
}

/** A relay that makes the streams of its pairings with this. */
export function createBlindRelay(createStream: (options: object) => RawStream): BlindRelayServer {
  const { Server } = BlindRelay as BlindRelayModule
  return new Server({ createStream })
}

/** Calls back for each stream that is paired over this connection of ours to a relay: it runs through the relay from then on. */
export function onPaired(control: SecretStream, onpair: (stream: RawStream) => void): void {
  const { Client } = BlindRelay as BlindRelayModule
  const client = Client.from(control, { id: control.publicKey })
  client.on('pair', (_initiator, _token, stream) => onpair(stream))
}
