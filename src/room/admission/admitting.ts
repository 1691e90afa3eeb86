import { type IdentityKey, idToBytes, type PeerKey, type Topic } from '../../base/ids.js'
import type { Millis } from '../../base/time.js'
import { followFile } from '../../home/follow-file.js'
import type { Identity } from '../../home/identity.js'
import { invitationsFile } from '../../home/invitations.js'
import {
  admissionTopic,
  REQUEST_BYTES,
  sealAnswer,
  ticketAsked,
  whoAsks
} from '../../protocol/access/admission.js'
import { inOrder } from '../../protocol/access/admitters.js'
import { targetOfCard } from '../../protocol/access/card-record.js'
import type { Sign } from '../../protocol/presence/device.js'
import type { CardTexts } from '../../protocol/wire/bodies/room-card.js'
import type { SecretStream } from '../../swarm/dht/stream-types.js'
import type { Network } from '../../swarm/networks/network.js'
import { Swarm } from '../../swarm/swarm.js'
import type { TopicSession } from '../../swarm/topic-session.js'
import type { RoomKeys } from '../keys.js'
import type { NetworkLease } from '../network-lease.js'
import type { Desk } from './desk.js'
import type { InvitingRoom } from './inviting-room.js'
import { OwnDesks } from './own-desks.js'
import { type MadeTicket, makeTicket, nothingKept, type TicketTerms } from './tickets.js'
import { ToldDesks } from './told-desks.js'

/** Whom we let in, and on which networks. */
export interface AdmittingOptions {
  /** Whose invitations; undefined: nobody's, but those that were told to the room. */
  readonly home: string | undefined
  readonly keys: RoomKeys
  /** Signs the answers. */
  readonly identity: Identity
  readonly networks: readonly Network[]
}

/** So often it is looked which have expired, and who is there, if nothing else has happened. Guess. */
const LOOK_MILLIS: Millis = 10_000
/** So often another device of ours has to be there when it is looked, before it lets in instead. Guess: it means to stay. */
const LOOKS = 3
/** What comes within this is looked at together. Guess: a batch of history. */
const SOON_MILLIS: Millis = 50
/** The next look waits so many times as long as the last one took: members could have us look all the time. Guess: a twentieth of a core. */
const LOOK_PAUSES = 20
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
  readonly #unfollow: () => void
  #soon: NodeJS.Timeout | undefined
  /** How long the last look took. */
  #lookMillis: Millis = 0
  /** Ours, as the home has noted it: a program of this home that leaves need not hand anything on to it. */
  #device: PeerKey | undefined
  /** Another device of ours that is to let in instead, and how often it was there. */
  #next: { readonly device: PeerKey; readonly looks: number } | undefined
  #swarm: Swarm | undefined
  #isOver = false

  constructor(options: AdmittingOptions) {
    const { home, identity, keys } = options
    this.#options = options
    this.#own = home === undefined ? undefined : new OwnDesks(home, keys, identity.key)
    this.#looking = setInterval(() => this.#lookAround(), LOOK_MILLIS)
    const follow = (directory: string) => followFile(directory, () => this.changed())
    this.#unfollow = home === undefined ? () => {} : follow(invitationsFile(home))
  }

  /** The room is open: it is told of invitations, and members of it let in by those of others. */
  attach(identity: IdentityKey, own: InvitingRoom['own'], history: InvitingRoom['history']): void {
    const room = { identity, own, history }
    this.#room = room
    this.#told = new ToldDesks(this.#options.keys, room)
    // It starts in this turn, and takes nothing before.
    setImmediate(() => this.#look())
  }

  /** What the room, or the home, knows of invitations has changed. */
  changed(): void {
    if (this.#room === undefined || this.#isOver) return
    const after = Math.max(SOON_MILLIS, LOOK_PAUSES * this.#lookMillis)
    this.#soon ??= setTimeout(() => this.#look(), after)
  }

  /** We are about to leave: another device of ours, if one is there, lets in by what is counted. Never throws. */
  handOn(): void {
    const others = this.#otherDevices()
    this.#isOver = true
    this.#desks = []
    const [next] = others
    // Another program of this home has it all already.
    if (next !== undefined && !others.some(device => this.#own?.has(device))) this.#pass(next)
  }

  /** Makes an invitation to this room, whose card is this one. Throws NOTHING_KEPT, and what `makeTicket` throws. */
  invite(terms: TicketTerms, card: CardTexts | undefined): MadeTicket {
    const { home, keys } = this.#options
    if (home === undefined) throw nothingKept()
    const made = makeTicket(keys, terms, home, card && targetOfCard(card, keys.secret))
    this.changed()
    return made
  }

  /** Nobody comes in from now on. Never rejects. */
  async stop(): Promise<void> {
    this.#isOver = true
    clearInterval(this.#looking)
    clearTimeout(this.#soon)
    this.#unfollow()
    await this.#swarm?.destroy()
  }

  // Also what another program of ours has made, used or revoked meanwhile.
  #look(): void {
    clearTimeout(this.#soon)
    this.#soon = undefined
    const room = this.#room
    if (this.#isOver || room === undefined) return
    const start = performance.now()
    this.#lookAt(room)
    this.#lookMillis = performance.now() - start
  }

  #lookAt(room: InvitingRoom): void {
    this.#exchange(room)
    this.#desks = [...(this.#own?.desks(room) ?? []), ...(this.#told?.desks() ?? [])]
    const wanted = new Set(this.#desks.map(({ ticket }) => admissionTopic(ticket)))
    for (const topic of wanted) if (!this.#sessions.has(topic)) this.#announce(topic)
    for (const [topic, session] of this.#sessions) {
      if (wanted.has(topic)) continue
      this.#sessions.delete(topic)
      session.destroy().catch(() => {})
    }
  }

  // Of our devices the one with the lowest key lets in, if it is there for a while.
  #lookAround(): void {
    const [lowest] = this.#otherDevices()
    const own = this.#room?.own().device
    const next = lowest !== undefined && own !== undefined && lowest < own ? lowest : undefined
    const looks = next === this.#next?.device ? (this.#next?.looks ?? 0) + 1 : 1
    this.#next = next && { device: next, looks }
    if (next !== undefined && looks >= LOOKS) this.#pass(next)
    this.#look()
  }

  /** What this home has not told yet, and what it has not heard yet. */
  #exchange({ own }: InvitingRoom): void {
    try {
      const ours = own()
      if (ours.device !== this.#device) this.#own?.note(ours.device)
      this.#device = ours.device
      const told = ours.parts.machine.invitations()
      this.#own?.take(told, ours.device)
      for (const each of this.#own?.news(told, ours.device) ?? []) ours.feed(each)
      this.#own?.noteUses(told)
    } catch {
      // The disk cannot be written now, or we have left.
    }
  }

  #pass(to: PeerKey): void {
    try {
      const ours = this.#room?.own()
      const told = ours?.parts.machine.invitations() ?? []
      for (const each of this.#own?.pass(told, to) ?? []) ours?.feed(each)
    } catch {
      // The disk cannot be written now: it stays here.
    }
  }

  /** Our other devices in the room that can take something over, the lowest key first. */
  #otherDevices(): PeerKey[] {
    const room = this.#room
    if (room === undefined) return []
    const { device, parts } = room.own()
    const isOurs = ({ identity, isDoubted, keeps }: Sign) =>
      identity === room.identity && keeps && !isDoubted
    return inOrder(parts.machine.signs().filter(isOurs)).flatMap(each =>
      each.device === device ? [] : each.device
    )
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
