import b4a from 'b4a'
import type { IdentityKey, PeerKey } from '../base/ids.js'
import type { Millis } from '../base/time.js'
import { TokenBucket } from '../base/token-bucket.js'
import { type Answer, admissionTopic, decideAdmission } from '../protocol/access/admission.js'
import { admittersOf, inOrder, type PresentDevice } from '../protocol/access/admitters.js'
import type { ToldInvitation } from '../protocol/access/told-invitations.js'
import type { Inviting } from '../protocol/events.js'
import type { RoomMachine } from '../protocol/machine/room-machine.js'
import { systemClock } from './clock.js'
import type { Desk } from './desk.js'
import type { RoomKeys } from './keys.js'

/** Our device in a room, as it is now. */
interface OwnDevice {
  readonly device: PeerKey
  readonly parts: { readonly machine: Pick<RoomMachine, 'invitations' | 'signs'> }
  feed(inviting: Inviting): unknown
}

/** What letting in needs of a room that is open. */
export interface InvitingRoom {
  readonly identity: IdentityKey
  readonly own: () => OwnDevice
  /** Where what is told is written; undefined: nowhere. */
  readonly history: { written(): Promise<void> } | undefined
}

/** Invitations of others by which somebody is let in at once; of whoever has most, the oldest are left out. Guess: nobody needs more. */
const MAX_AT_ONCE = 64
/**
 * Uses that we tell of. Guess: a meeting comes in at once. Who has a link can be any number of people: without a bound they
 * would have us say more than members take of one author.
 */
const USES_RATE = { perSecond: 2, burst: 32 } as const
/** None counts for longer, whatever it says. Guess: who means well gives a new one then. */
const MAX_SPAN_MILLIS: Millis = 366 * 86_400_000

/** The invitations that the members of a room have told each other of, by which any of them lets in. */
export class ToldDesks {
  readonly #keys: RoomKeys
  readonly #room: InvitingRoom
  readonly #uses = new TokenBucket(USES_RATE, performance.now())

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
    const told = [...all.filter(isOwn), ...fairly(all.filter(each => !isOwn(each)))]
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
    if (invitation === undefined) return { verdict: 'expired' }
    const verdict = decideAdmission(invitation, newcomer, systemClock.wall())
    if (verdict !== 'granted') return { verdict }
    if (!invitation.newcomers.includes(newcomer)) {
      if (!this.#uses.take(performance.now())) return undefined
      own().feed({ type: 'admit', invitation: invitation.id, newcomer })
      await history?.written()
    }
    return { verdict, secret: this.#keys.secret }
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

/** At most {@link MAX_AT_ONCE}: every author's first choice, then every author's second, and so on; what was revoked comes last. */
function fairly(told: readonly ToldInvitation[]): ToldInvitation[] {
  const sorted = [...told].sort(
    (a, b) => Number(a.isRevoked) - Number(b.isRevoked) || b.clock - a.clock
  )
  // BOUNDED: by those that were told.
  const taken = new Map<IdentityKey, number>()
  const ranked = sorted.map(invitation => {
    const rank = taken.get(invitation.author) ?? 0
    taken.set(invitation.author, rank + 1)
    return { invitation, rank }
  })
  const chosen = ranked.sort((a, b) => a.rank - b.rank).slice(0, MAX_AT_ONCE)
  return chosen.map(({ invitation }) => invitation)
}
