import b4a from 'b4a'
import type { IdentityKey, PeerKey } from '../../base/ids.js'
import type { Millis } from '../../base/time.js'
import {
  holdInvitation,
  isHeld,
  isOfHome,
  isOpen,
  type KeptInvitation,
  keepInvitation,
  keptInvitations,
  noteDevice,
  noteUses,
  passInvitation,
  revokeInvitation,
  useInvitation
} from '../../home/invitations.js'
import { type Answer, decideAdmission, ticketId } from '../../protocol/access/admission.js'
import type { ToldInvitation } from '../../protocol/access/told-invitations.js'
import type { Inviting } from '../../protocol/events.js'
import { systemClock } from '../clock.js'
import type { RoomKeys } from '../keys.js'
import type { Desk } from './desk.js'
import type { InvitingRoom } from './inviting-room.js'

/** Uses that are noted at once: each is a file, and a member that means ill tells of thousands. Guess: some 50 ms. */
const MAX_NOTED = 16
/** What the room has lost is told once more, and again after this at the earliest. Guess: seldom enough to be no flood. */
const TELL_AGAIN_MILLIS: Millis = 3_600_000

/** An invitation of ours, as this home has it, and as the room knows it. */
interface Ours {
  readonly kept: KeptInvitation
  readonly known: ToldInvitation | undefined
}

/** The invitations to a room that are somebody's whose home this is. Those of who they were before are no business of theirs. */
export class OwnDesks {
  readonly #home: string
  readonly #keys: RoomKeys
  readonly #self: IdentityKey
  // BOUNDED: by what a home keeps, and three things of each.
  readonly #toldAt = new Map<string, Millis>()

  constructor(home: string, keys: RoomKeys, self: IdentityKey) {
    this.#home = home
    this.#keys = keys
    this.#self = self
  }

  /**
   * Those that are counted, and by which this home lets in now. Who comes by one that was used up or revoked is told so, until it
   * would have expired.
   */
  desks(room: InvitingRoom): Desk[] {
    return this.#kept()
      .filter(kept => !kept.anyone && isHeld(kept))
      .map(({ ticket }) => ({
        ticket,
        decide: newcomer => this.#decide(ticket, newcomer, room)
      }))
  }

  /** What the room is yet to be told: what was made, used or revoked here. */
  news(told: readonly ToldInvitation[], device: PeerKey): Inviting[] {
    return this.#all(told).flatMap(ours =>
      newsOf(ours, device).filter(each => this.#isDue(each, ours))
    )
  }

  /** Notes what the room was told of ours: who has come, some now and more the next time, and what was revoked. Throws NO_HOME. */
  noteUses(told: readonly ToldInvitation[]): void {
    let left = MAX_NOTED
    for (const { kept, known } of this.#all(told)) {
      left -= noteUses(this.#home, kept, known?.newcomers ?? [], left)
      if (known?.isRevoked && !kept.isRevoked) revokeInvitation(this.#home, kept)
    }
  }

  /** Keeps what other devices of ours have made, and takes over what they hand on to this one. Throws NO_HOME, OPEN_HOME. */
  take(told: readonly ToldInvitation[], device: PeerKey): void {
    const kept = this.#kept()
    for (const known of told) {
      if (known.author !== this.#self || known.expires <= systemClock.wall()) continue
      const ours = kept.find(one => b4a.equals(one.ticket, known.ticket))
      if (ours !== undefined) this.#hold(ours, known, device)
      // What is over would have to make place for what is, on and on.
      else if (isOpen(known, systemClock.wall())) this.#keep(known)
    }
  }

  /** Hands on what this home lets in by: to another device of ours. What the room is to be told of that. Throws NO_HOME. */
  pass(told: readonly ToldInvitation[], to: PeerKey): Inviting[] {
    if (isOfHome(this.#home, to)) return []
    const now = systemClock.wall()
    return this.#all(told).flatMap(({ kept, known }) => {
      if (kept.anyone || !isHeld(kept) || !isOpen(kept, now)) return []
      const used = usedOf(kept, known)
      if (!passInvitation(this.#home, kept, { device: to, used })) return []
      const turn = (kept.held ?? 0) + 1
      return inviteOf(kept, { device: to, turn, used })
    })
  }

  /** True for a device of this home, also one of before: whichever program is there has what it had. */
  has(device: PeerKey): boolean {
    return isOfHome(this.#home, device)
  }

  /** A program of this home is in the room with this device. Never throws. */
  note(device: PeerKey): void {
    try {
      noteDevice(this.#home, device)
    } catch {
      // It cannot be written now: then it counts as another home's.
    }
  }

  #keep({ anyone, expires, ticket, uses }: ToldInvitation): void {
    const { name: room, topic } = this.#keys
    const terms = { anyone, expires, uses, held: undefined }
    try {
      const kept = { ...terms, ticket, inviter: this.#self, room, topic }
      keepInvitation(this.#home, kept, systemClock.wall())
    } catch {
      // There are enough, or it cannot be written now.
    }
  }

  #hold(kept: KeptInvitation, { holder }: ToldInvitation, device: PeerKey): void {
    if (holder === undefined || !(holder.device === device || this.has(holder.device))) return
    const last = Math.max(kept.held ?? -1, kept.passed ?? -1)
    if (holder.turn > last) holdInvitation(this.#home, kept, holder)
  }

  #all(told: readonly ToldInvitation[]): Ours[] {
    const ours = told.filter(({ author }) => author === this.#self)
    return this.#kept().map(kept => ({
      kept,
      known: ours.find(({ ticket }) => b4a.equals(ticket, kept.ticket))
    }))
  }

  // Nothing of it waits before the use is stored and told: two at once are one after the other.
  async #decide(
    ticket: Uint8Array,
    newcomer: IdentityKey,
    { history, own }: InvitingRoom
  ): Promise<Answer | undefined> {
    const room = own()
    const ours = this.#all(room.parts.machine.invitations())
    // As another program of ours may have left it just now.
    const found = ours.find(({ kept }) => b4a.equals(kept.ticket, ticket))
    if (found === undefined) return { verdict: 'expired' }
    const { kept, known } = found
    if (!isHeld(kept)) return undefined
    const verdict = decideAdmission(stateOf(found), newcomer, systemClock.wall())
    if (verdict !== 'granted') return { verdict }
    if (known?.newcomers.includes(newcomer) !== true) {
      const before = usedOf(kept, known)
      const mine = { ...kept, used: before }
      if (!useInvitation(this.#home, mine, newcomer)) return { verdict: 'used-up' }
      const used = before + 1
      room.feed({ type: 'admit', invitation: ticketId(ticket), newcomer, used })
    }
    await history?.written()
    return { verdict, secret: this.#keys.secret }
  }

  #isDue(news: Inviting, { kept }: Ours): boolean {
    const key = `${news.type} ${ticketId(kept.ticket)}`
    const last = this.#toldAt.get(key) ?? Number.NEGATIVE_INFINITY
    const now = performance.now()
    if (now - last < TELL_AGAIN_MILLIS) return false
    this.#toldAt.set(key, now)
    return true
  }

  #kept(): KeptInvitation[] {
    try {
      return keptInvitations(this.#home).filter(kept => this.#counts(kept))
    } catch {
      // The disk cannot be read now: nobody comes in.
      return []
    }
  }

  #counts({ expires, inviter, topic }: KeptInvitation): boolean {
    return inviter === this.#self && topic === this.#keys.topic && systemClock.wall() < expires
  }
}

function usedOf(kept: KeptInvitation, known: ToldInvitation | undefined): number {
  return Math.max(kept.used, known?.used ?? 0)
}

/** What this home and the room know of it, together. */
function stateOf({ kept, known }: Ours) {
  const newcomers = [...new Set([...kept.newcomers, ...(known?.newcomers ?? [])])]
  const isRevoked = kept.isRevoked || known?.isRevoked === true
  return { ...kept, isRevoked, newcomers, used: usedOf(kept, known) }
}

function inviteOf(kept: KeptInvitation, holder: ToldInvitation['holder']): Inviting {
  const { anyone, expires, ticket, uses } = kept
  return { type: 'invite', ticket, expires, uses, anyone, holder: anyone ? undefined : holder }
}

function newsOf({ kept, known }: Ours, device: PeerKey): Inviting[] {
  const { held = 0, isRevoked, newcomers, passed, passedTo, ticket } = kept
  const invitation = ticketId(ticket)
  const isCounting = isOpen(kept, systemClock.wall())
  const used = usedOf(kept, known)
  // As we may have ended before anybody heard of it.
  const isHandedOn = passed !== undefined && passed >= (known?.holder?.turn ?? 0) && !isHeld(kept)
  if (isCounting && isHandedOn && passedTo !== undefined)
    return [inviteOf(kept, { device: passedTo, turn: passed + 1, used })]
  if (known === undefined)
    return isCounting && (kept.anyone || isHeld(kept))
      ? [inviteOf(kept, { device, turn: held, used })]
      : []
  if (isRevoked && !known.isRevoked) return [{ type: 'revoke', invitation }]
  const newcomer = newcomers.at(-1)
  const isUntold = newcomer !== undefined && used > known.used
  return isUntold ? [{ type: 'admit', invitation, newcomer, used }] : []
}
