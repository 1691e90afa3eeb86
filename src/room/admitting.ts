import type { Topic } from '../base/ids.js'
import { idToBytes } from '../base/ids.js'
import type { Millis } from '../base/time.js'
import type { Identity } from '../home/identity.js'
import { type KeptInvitation, keptInvitations, useInvitation } from '../home/invitations.js'
import {
  type Answer,
  admissionTopic,
  decideAdmission,
  REQUEST_BYTES,
  sealAnswer,
  seedAsked,
  whoAsks
} from '../protocol/access/admission.js'
import type { SecretStream } from '../swarm/dht/stream-types.js'
import type { Network } from '../swarm/networks/network.js'
import { Swarm } from '../swarm/swarm.js'
import type { TopicSession } from '../swarm/topic-session.js'
import { systemClock } from './clock.js'
import type { RoomKeys } from './keys.js'
import type { NetworkLease } from './network-lease.js'

/** Whom we let in, and on which networks. */
export interface AdmittingOptions {
  readonly home: string
  readonly keys: RoomKeys
  /** Who invites: signs the answers. */
  readonly identity: Identity
  readonly networks: readonly Network[]
}

/** So often it is looked which invitations there are. Guess: nobody pastes a link faster. */
const LOOK_MILLIS: Millis = 2_000
/** So long somebody who has connected may take to ask. Guess: many round trips. */
const ASK_MILLIS: Millis = 5_000
/** Newcomers at once. Guess: far more than are invited in a minute. */
const MAX_NEWCOMERS = 32

/**
 * Lets newcomers into a room by the invitations that are kept in a home, for as long as we are in it: each is announced under
 * a topic of its own, with a device key that is used for nothing else, until it expires.
 */
class Admitting {
  readonly #options: AdmittingOptions
  // BOUNDED: MAX_INVITATIONS, which a home keeps.
  readonly #sessions = new Map<Topic, TopicSession>()
  readonly #looking: NodeJS.Timeout
  #swarm: Swarm | undefined

  constructor(options: AdmittingOptions) {
    this.#options = options
    this.#looking = setInterval(() => this.#look(), LOOK_MILLIS)
    this.#look()
  }

  /** Nobody comes in from now on. Never rejects. */
  async stop(): Promise<void> {
    clearInterval(this.#looking)
    await this.#swarm?.destroy()
  }

  // Also what another program of ours has made, used or revoked meanwhile.
  #look(): void {
    const wanted = new Set(this.#invitations().map(({ seed }) => admissionTopic(seed)))
    for (const topic of wanted) if (!this.#sessions.has(topic)) this.#announce(topic)
    for (const [topic, session] of this.#sessions) {
      if (wanted.has(topic)) continue
      this.#sessions.delete(topic)
      session.destroy().catch(() => {})
    }
  }

  // Who comes by one that was used up or revoked is told so, until it would have expired.
  #invitations(): KeptInvitation[] {
    const { home, keys } = this.#options
    const now = systemClock.wall()
    try {
      return keptInvitations(home).filter(
        ({ expires, topic }) => topic === keys.topic && now < expires
      )
    } catch {
      // The disk cannot be read now: nobody comes in.
      return []
    }
  }

  #announce(topic: Topic): void {
    this.#swarm ??= this.#open()
    this.#sessions.set(topic, this.#swarm.join(idToBytes(topic), { server: true, client: false }))
  }

  #open(): Swarm {
    const swarm = new Swarm({
      networks: this.#options.networks,
      keepNetworks: true,
      autoDial: false,
      maxServerConnections: MAX_NEWCOMERS,
      maxMessageBytes: REQUEST_BYTES
    })
    swarm.on('connection', stream => this.#meet(stream))
    return swarm
  }

  #meet(stream: SecretStream): void {
    const late = setTimeout(() => stream.destroy(), ASK_MILLIS)
    stream.on('close', () => clearTimeout(late))
    stream.once('data', request => {
      const answer = this.#answer(request, stream.handshakeHash)
      if (answer === undefined) stream.destroy()
      else stream.end(answer)
    })
  }

  /** Undefined for a stranger. */
  #answer(request: Uint8Array, handshakeHash: Uint8Array | null): Uint8Array | undefined {
    if (handshakeHash === null) return undefined
    const invitations = this.#invitations()
    const seed = seedAsked(
      request,
      invitations.map(each => each.seed),
      handshakeHash
    )
    const invitation = invitations.find(each => each.seed === seed)
    if (seed === undefined || invitation === undefined) return undefined
    const meeting = { seed, handshakeHash }
    const newcomer = whoAsks(request, meeting)
    if (newcomer === undefined) return undefined
    const answer = this.#decide(invitation, newcomer)
    return sealAnswer(answer, this.#options.identity.keyPair, meeting)
  }

  #decide(invitation: KeptInvitation, newcomer: Identity['key']): Answer {
    const { home, keys } = this.#options
    const verdict = decideAdmission(invitation, newcomer, systemClock.wall())
    if (verdict !== 'granted') return { verdict }
    // On the disk first: another program of ours may have let in the last one just now.
    if (!useInvitation(home, invitation, newcomer)) return { verdict: 'used-up' }
    return { verdict, secret: keys.secret }
  }
}

/** The same networks; whoever is invited comes in until they are given back. */
export function admittingOn(lease: NetworkLease, options: AdmittingOptions): NetworkLease {
  const admitting = new Admitting(options)
  const release = async () => {
    await admitting.stop()
    await lease.release()
  }
  return { networks: lease.networks, release }
}
