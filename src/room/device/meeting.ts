import { idToBytes, type PeerKey, type Topic } from '../../base/ids.js'
import { MAX_UNPROVED_LINKS } from '../../protocol/links/tuning.js'
import type { SecretStream } from '../../swarm/dht/stream-types.js'
import type { Swarm } from '../../swarm/swarm.js'
import type { TopicSession } from '../../swarm/topic-session.js'
import type { RememberedMembers } from '../kept/remembered-members.js'

/** Peers that were named before anybody could be told. Guess: the next look-up names the others. */
const MAX_WAITING_PEERS = 1_024

/** What is met, and where. */
export interface MeetingOptions {
  readonly swarm: Swarm
  readonly topic: Topic
  /** True: we look for others, and are not to be found. */
  readonly observer: boolean
  /** Who was met here before: dialled at once. Default: nobody is remembered. */
  readonly remembered?: RememberedMembers | undefined
}

/** Who hears of whom a swarm meets. */
export interface MeetingHandlers {
  readonly onstream: (stream: SecretStream) => void
  readonly onpeer: (peer: PeerKey) => void
}

/**
 * A device that is announced in a room and looks for others, from the moment on that it {@link begin}s: also before the room
 * has read what it kept. Whom it meets meanwhile waits until somebody takes it, and others take that for a slow line.
 */
export class Meeting {
  readonly #options: MeetingOptions
  // BOUNDED: MAX_UNPROVED_LINKS of those that we dialled, and as many that dialled us: as in a room that is open.
  readonly #streams = new Set<SecretStream>()
  // BOUNDED: MAX_WAITING_PEERS.
  readonly #peers = new Set<PeerKey>()
  #handlers: MeetingHandlers | undefined
  #session: TopicSession | undefined

  constructor(options: MeetingOptions) {
    this.#options = options
    const { swarm } = options
    swarm.on('connection', stream => this.#met(stream))
    swarm.on('peer', ({ key }) => this.#found(key))
  }

  /** What was joined; undefined until {@link begin}. */
  get session(): TopicSession | undefined {
    return this.#session
  }

  /** Announces, looks up, and dials whoever was met before. */
  begin(): TopicSession {
    this.#session ??= this.#join()
    return this.#session
  }

  /** Tells of whom was met so far, and of all that come from now on. */
  take(handlers: MeetingHandlers): void {
    this.#handlers = handlers
    const streams = [...this.#streams]
    this.#streams.clear()
    for (const stream of streams) if (!stream.destroying) handlers.onstream(stream)
    for (const peer of this.#peers) handlers.onpeer(peer)
    this.#peers.clear()
  }

  #join(): TopicSession {
    const { observer, remembered, swarm, topic } = this.#options
    for (const met of remembered?.met ?? []) swarm.dialAt(idToBytes(met.device), met)
    return swarm.join(idToBytes(topic), { server: !observer, client: true })
  }

  #met(stream: SecretStream): void {
    if (this.#handlers === undefined) this.#wait(stream)
    else this.#handlers.onstream(stream)
  }

  #wait(stream: SecretStream): void {
    this.#streams.add(stream)
    stream.once('close', () => this.#streams.delete(stream))
    const alike = [...this.#streams].filter(({ isInitiator }) => isInitiator === stream.isInitiator)
    if (alike.length > MAX_UNPROVED_LINKS) alike[0]?.destroy()
  }

  #found(peer: PeerKey): void {
    if (this.#handlers !== undefined) this.#handlers.onpeer(peer)
    else if (this.#peers.size < MAX_WAITING_PEERS) this.#peers.add(peer)
  }
}
