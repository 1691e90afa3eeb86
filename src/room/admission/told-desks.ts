import { randomBytes } from 'node:crypto'
import b4a from 'b4a'
import { hash } from '../../base/crypto.js'
import type { IdentityKey, PeerKey } from '../../base/ids.js'
import { Recent } from '../../base/recent.js'
import { SharedBucket } from '../../base/shared-bucket.js'
import type { Millis } from '../../base/time.js'
import { type Answer, admissionTopic, decideAdmission } from '../../protocol/access/admission.js'
import { admittersOf, inOrder, type PresentDevice } from '../../protocol/access/admitters.js'
import type { ToldInvitation } from '../../protocol/access/told-invitations.js'
import { systemClock } from '../clock.js'
import type { RoomKeys } from '../keys.js'
import type { Desk } from './desk.js'
import type { InvitingRoom } from './inviting-room.js'

/** Invitations of others by which somebody is let in at once. Guess: nobody needs more. */
const MAX_AT_ONCE = 64
/**
 * Uses that we tell of. Guess: a meeting comes in at once. Who has a link can be any number of people: without a bound they
 * would have us say more than members take of one author.
 */
const USES_RATE = { perSecond: 2, burst: 32 } as const
/** The same of each invitation once that is used up: whoever spreads one keeps nobody out who was given another. Guess: a handful come in a minute or two. */
const OWN_USES_RATE = { perSecond: 1 / 30, burst: 2 } as const
/** None counts for longer, whatever it says. Guess: who means well gives a new one then. */
const MAX_SPAN_MILLIS: Millis = 366 * 86_400_000

/** The invitations that the members of a room have told each other of, by which any of them lets in. */
export class ToldDesks {
  readonly #keys: RoomKeys
  readonly #room: InvitingRoom
  /** Nobody knows it: so nobody can make invitations that come before those of others. */
  readonly #salt = randomBytes(16)
  readonly #uses = SharedBucket.of(USES_RATE, OWN_USES_RATE)
  /** What stands for each invitation there. */
  // BOUNDED: four times those that we let in by at once.
  readonly #users = new Recent<string, object>(4 * MAX_AT_ONCE)

  constructor(keys: RoomKeys, room: InvitingRoom) {
    this.#keys = keys
    this.#room = room
  }

  /** Those by which this device lets in: see {@link admittersOf}. However many others tell of, our own are among them. */
  desks(): Desk[] {
    const { identity, own } = this.#room
    const { device, parts } = own()
    const all = parts.machine.invitations().filter(counts)
    const isOwn = ({ author }: ToldInvitation) => author === identity
    const others = all.filter(each => !isOwn(each))
    const told = [...all.filter(isOwn), ...fairly(others, this.#salt)]
    if (told.length === 0) return []
    const present = inOrder([...parts.machine.signs(), { device, identity }])
    return told
      .filter(each => isOurs(each, device, present))
      .map(each => ({ ticket: each.ticket, decide: newcomer => this.#decide(each, newcomer) }))
  }

  // As the room knows it now. Told and written first: whoever has the secret is known to have come.
  async #decide(asked: ToldInvitation, newcomer: IdentityKey): Promise<Answer | undefined> {
    const { history, own } = this.#room
    const told = own().parts.machine.invitations()
    const invitation = told.find(each => isSame(each, asked))
    // It was lost here: others may know it.
    if (invitation === undefined) return undefined
    const verdict = decideAdmission(invitation, newcomer, systemClock.wall())
    if (verdict !== 'granted') return { verdict }
    if (!invitation.newcomers.includes(newcomer)) {
      if (!this.#mayTell(invitation)) return undefined
      const used = invitation.used + 1
      own().feed({ type: 'admit', invitation: invitation.id, newcomer, used })
      await history?.written()
    }
    return { verdict, secret: this.#keys.secret }
  }

  #mayTell({ author, ticket }: ToldInvitation): boolean {
    const key = `${author} ${b4a.toString(ticket, 'hex')}`
    const user = this.#users.get(key) ?? {}
    this.#users.set(key, user)
    const now = performance.now()
    if (!this.#uses.has(user, now)) return false
    this.#uses.charge(user, now, 1)
    return true
  }
}

/** True for the same invitation, which may have been told again. */
function isSame(a: ToldInvitation, b: ToldInvitation): boolean {
  return a.author === b.author && b4a.equals(a.ticket, b.ticket)
}

function isOurs(
  { author, ticket }: ToldInvitation,
  self: PeerKey,
  present: readonly PresentDevice[]
): boolean {
  return admittersOf(admissionTopic(ticket), author, present).includes(self)
}

function counts({ anyone, expires }: ToldInvitation): boolean {
  const now = systemClock.wall()
  return anyone && now < expires && expires <= now + MAX_SPAN_MILLIS
}

interface Ranked {
  readonly invitation: ToldInvitation
  /** Those that come first count before those with a higher number. */
  readonly turn: readonly number[]
  readonly lot: Uint8Array
}

/**
 * At most {@link MAX_AT_ONCE}: of what counts, first that of authors who have been here for a while; of those every author's newest,
 * then every author's second, and so on. Whose turn it is among equals is drawn by lot, so that nobody can always be pushed out.
 */
function fairly(told: readonly ToldInvitation[], salt: Uint8Array): ToldInvitation[] {
  const newestFirst = [...told].sort((a, b) => b.clock - a.clock)
  // BOUNDED: by those that were told.
  const taken = new Map<string, number>()
  const ranked = newestFirst.map((invitation): Ranked => {
    const { author, isRevoked, isSettled, ticket } = invitation
    const key = `${author} ${isRevoked}`
    const place = taken.get(key) ?? 0
    taken.set(key, place + 1)
    const turn = [Number(isRevoked), Number(!isSettled), place]
    return { invitation, turn, lot: hash([salt], ticket) }
  })
  const chosen = ranked.sort(compareRanks).slice(0, MAX_AT_ONCE)
  return chosen.map(({ invitation }) => invitation)
}

function compareRanks(a: Ranked, b: Ranked): number {
  for (const [n, turn] of a.turn.entries()) {
    const difference = turn - (b.turn[n] ?? 0)
    if (difference !== 0) return difference
  }
  return b4a.compare(a.lot, b.lot)
}
