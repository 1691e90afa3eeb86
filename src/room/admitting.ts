import { type IdentityKey, idToBytes, type Topic } from '../base/ids.js'
import type { Millis } from '../base/time.js'
import type { Identity } from '../home/identity.js'
import {
  admissionTopic,
  REQUEST_BYTES,
  sealAnswer,
  ticketAsked,
  whoAsks
} from '../protocol/access/admission.js'
import { targetOfCard } from '../protocol/access/card-record.js'
import type { CardTexts } from '../protocol/wire/bodies/room-card.js'
import type { SecretStream } from '../swarm/dht/stream-types.js'
import type { Network } from '../swarm/networks/network.js'
import { Swarm } from '../swarm/swarm.js'
import type { TopicSession } from '../swarm/topic-session.js'
import type { Desk } from './desk.js'
import type { RoomKeys } from './keys.js'
import type { NetworkLease } from './network-lease.js'
import { OwnDesks } from './own-desks.js'
import { type MadeTicket, makeTicket, nothingKept, type TicketTerms } from './tickets.js'
import { type InvitingRoom, ToldDesks } from './told-desks.js'

/** Whom we let in, and on which networks. */
export interface AdmittingOptions {
  /** Whose invitations; undefined: nobody's, but those that were told to the room. */
  readonly home: string | undefined
  readonly keys: RoomKeys
  /** Signs the answers. */
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
 * Lets newcomers into a room by the invitations that were made in a home, and those that members have told of, for as long as
 * we are in it: each is announced under a topic of its own, with a device key that is used for nothing else, until it expires.
 */
export class Admitting {
  readonly #options: AdmittingOptions
  readonly #own: OwnDesks | undefined
  #told: ToldDesks | undefined
  #room: InvitingRoom | undefined
  // BOUNDED: what a home keeps and what a room tells, of others and of ours: 64 of each.
  readonly #sessions = new Map<Topic, TopicSession>()
  /** Those that are announced. So a stranger that asks costs no look at the disk. */
  #desks: readonly Desk[] = []
  readonly #looking: NodeJS.Timeout
  #swarm: Swarm | undefined
  #isOver = false

  constructor(options: AdmittingOptions) {
    const { home, identity, keys } = options
    this.#options = options
    this.#own = home === undefined ? undefined : new OwnDesks(home, keys, identity.key)
    this.#looking = setInterval(() => this.#look(), LOOK_MILLIS)
    this.#look()
  }

  /** The room is open: it is told of invitations, and members of it let in by those of others. */
  attach(identity: IdentityKey, own: InvitingRoom['own'], history: InvitingRoom['history']): void {
    const room = { identity, own, history }
    this.#room = room
    this.#told = new ToldDesks(this.#options.keys, room)
    // It starts in this turn, and takes nothing before.
    setImmediate(() => this.#look())
  }

  /** Makes an invitation to this room, whose card is this one. Throws NOTHING_KEPT, and what `makeTicket` throws. */
  invite(terms: TicketTerms, card: CardTexts | undefined): MadeTicket {
    const { home, keys } = this.#options
    if (home === undefined) throw nothingKept()
    const made = makeTicket(keys, terms, home, card && targetOfCard(card, keys.secret))
    setImmediate(() => this.#look())
    return made
  }

  /** Nobody comes in from now on. Never rejects. */
  async stop(): Promise<void> {
    this.#isOver = true
    clearInterval(this.#looking)
    await this.#swarm?.destroy()
  }

  // Also what another program of ours has made, used or revoked meanwhile.
  #look(): void {
    if (this.#isOver) return
    this.#tellNews()
    this.#desks = [...(this.#own?.desks() ?? []), ...(this.#told?.desks() ?? [])]
    const wanted = new Set(this.#desks.map(({ ticket }) => admissionTopic(ticket)))
    for (const topic of wanted) if (!this.#sessions.has(topic)) this.#announce(topic)
    for (const [topic, session] of this.#sessions) {
      if (wanted.has(topic)) continue
      this.#sessions.delete(topic)
      session.destroy().catch(() => {})
    }
  }

  #tellNews(): void {
    const room = this.#room
    if (room === undefined) return
    try {
      const told = room.own().parts.machine.invitations()
      for (const each of this.#own?.news(told) ?? []) room.own().feed(each)
      this.#own?.note(told)
    } catch {
      // The disk cannot be written now, or we have left.
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
      this.#answer(request, stream.handshakeHash).then(
        answer => {
          if (answer === undefined) stream.destroy()
          else if (!stream.destroyed) stream.end(answer)
        },
        () => stream.destroy()
      )
    })
  }

  /** Undefined for a stranger, and where too many come at once. Rejects if a use cannot be stored. */
  async #answer(
    request: Uint8Array,
    handshakeHash: Uint8Array | null
  ): Promise<Uint8Array | undefined> {
    if (handshakeHash === null) return undefined
    const desks = this.#desks
    const tickets = desks.map(({ ticket }) => ticket)
    const ticket = ticketAsked(request, tickets, handshakeHash)
    const desk = desks.find(each => each.ticket === ticket)
    if (ticket === undefined || desk === undefined) return undefined
    const meeting = { ticket, handshakeHash }
    const newcomer = whoAsks(request, meeting)
    if (newcomer === undefined) return undefined
    const answer = await desk.decide(newcomer)
    return answer && sealAnswer(answer, this.#options.identity.keyPair, meeting)
  }
}

/** The same networks; whoever is invited comes in until they are given back. */
export function admittingOn(lease: NetworkLease, admitting: Admitting): NetworkLease {
  const release = async () => {
    await admitting.stop()
    await lease.release()
  }
  return { networks: lease.networks, release }
}
