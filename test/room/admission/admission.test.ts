import { randomBytes } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test, vi } from 'vitest'
import { deferred } from '../../../src/async/deferred.js'
import { keyPairFromSeed } from '../../../src/base/crypto.js'
import { type IdentityKey, idToBytes, type MessageId, type PeerKey } from '../../../src/base/ids.js'
import { changeIdentity } from '../../../src/home/change-identity.js'
import { freshIdentity, loadIdentity } from '../../../src/home/identity.js'
import {
  isHeld,
  keepInvitation,
  keptInvitations,
  type NewInvitation,
  revokeInvitation,
  useInvitation
} from '../../../src/home/invitations.js'
import { admissionTopic, ticketId, ticketOf } from '../../../src/protocol/access/admission.js'
import { targetOfCard } from '../../../src/protocol/access/card-record.js'
import type { Ticket } from '../../../src/protocol/access/invitation-link.js'
import {
  type ToldInvitation,
  ToldInvitations
} from '../../../src/protocol/access/told-invitations.js'
import { draftOf } from '../../../src/protocol/chat/draft.js'
import type { Inviting } from '../../../src/protocol/events.js'
import type { Sign } from '../../../src/protocol/presence/device.js'
import { Admitting, admittingOn } from '../../../src/room/admission/admitting.js'
import { redeem, redeemInvitation } from '../../../src/room/admission/ask-admission.js'
import { ticketIn, writeInvitation } from '../../../src/room/admission/invitation.js'
import { OwnDesks } from '../../../src/room/admission/own-desks.js'
import { makeTicket, revokeTicket, ticketsMade } from '../../../src/room/admission/tickets.js'
import { ToldDesks } from '../../../src/room/admission/told-desks.js'
import { privateRoomKeys } from '../../../src/room/keys.js'
import { leaseOf } from '../../../src/room/network-lease.js'
import { Swarm } from '../../../src/swarm/swarm.js'
import { useRooms, type Visit } from '../../support/rooms.js'

const { enter, testnet } = useRooms()
const root = mkdtempSync(join(tmpdir(), 'swarmchat-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

const HOUR = 3_600_000
const SECRET = new Uint8Array(32).fill(13)
const ROOM = { name: 'team', secret: SECRET }
const KEYS = privateRoomKeys('team', SECRET)
const PATIENCE = { timeout: 30_000, interval: 50 }

/** An invitation as a home keeps it. */
const KEPT = {
  topic: KEYS.topic,
  room: 'team',
  uses: 1,
  anyone: false,
  inviter: freshIdentity().key,
  held: 0
}

/** A home with an invitation to the room, and what its link says. */
function withInvitation(terms: Partial<NewInvitation> = {}): { home: string; ticket: Ticket } {
  const home = mkdtempSync(join(root, 'home-'))
  const seed = randomBytes(16)
  const expires = Date.now() + HOUR
  const inviter = loadIdentity(home).key
  const invitation = {
    ticket: ticketOf(seed).publicKey,
    inviter,
    held: 0,
    topic: KEYS.topic,
    room: 'team',
    expires,
    uses: 1,
    anyone: false,
    ...terms
  }
  keepInvitation(home, invitation, Date.now())
  return { home, ticket: { name: 'team', seed, inviter, expires: invitation.expires } }
}

const maker = (home: string) =>
  enter('ann', { name: 'team', secret: SECRET, home, identity: undefined })

/** What a room knows of the only invitation that these messages of its maker tell of. */
function toldBy(messages: readonly Inviting[], author: IdentityKey): ToldInvitation {
  const about = { isChecked: () => true, isSettled: () => true, onchange: () => {} }
  const invitations = new ToldInvitations(about)
  for (const [clock, message] of messages.entries()) {
    const { body, kind } = draftOf('ann', message, () => [])
    invitations.add({ id: `${clock}` as MessageId, kind, author, clock, body })
  }
  return invitations.all()[0] as ToldInvitation
}

/** Asks to be let in, as a new identity unless told otherwise. */
function ask(ticket: Ticket, { identity = freshIdentity(), timeout = 30_000 } = {}) {
  const networks = { mode: 'isolated', bootstrap: testnet().bootstrap } as const
  return redeem(ticket, { identity, networks, timeout, signal: new AbortController().signal })
}

/** What an invitation says that was made in this home, and any member lets in by. */
function madeForAnyone(home: string, terms: { readonly uses: number }): Ticket {
  const { link } = makeTicket(KEYS, { ...terms, expires: Date.now() + HOUR, anyone: true }, home)
  const ticket = ticketIn(link)
  if (ticket === undefined) throw new Error('no invitation was made')
  return ticket
}

/** Resolves when a member has heard this of the only invitation. What is not shown is no event. */
const knows = ({ room }: Visit, what: object) =>
  vi.waitFor(() => expect(room.invitations()).toMatchObject([what]), PATIENCE)

const usesOf = (home: string) => keptInvitations(home)[0]?.newcomers

describe('an invitation that admits', () => {
  test('leads into the room once, and is refused to the second; the first may ask again', async () => {
    const { home, ticket } = withInvitation()
    const ann = await maker(home)
    const bob = freshIdentity()
    const invitation = await ask(ticket, { identity: bob })
    expect(invitation).toEqual({ name: 'team', secret: SECRET })
    expect(usesOf(home)).toEqual([bob.key])
    await expect(ask(ticket)).rejects.toMatchObject({
      code: 'NOT_ADMITTED',
      facts: { verdict: 'used-up' }
    })
    expect(await ask(ticket, { identity: bob })).toEqual(invitation)
    expect(usesOf(home)).toEqual([bob.key])
    await enter('bob', { ...invitation, identity: bob })
    await ann.meets('bob')
  })

  test('that was revoked lets nobody in, also who was invited before; expired ones are not asked for', async () => {
    const { home, ticket } = withInvitation({ uses: 3 })
    await maker(home)
    const bob = freshIdentity()
    await ask(ticket, { identity: bob })
    const [kept] = keptInvitations(home)
    if (kept === undefined) throw new Error('no invitation was kept')
    revokeInvitation(home, kept)
    for (const identity of [bob, freshIdentity()])
      await expect(ask(ticket, { identity })).rejects.toMatchObject({
        facts: { verdict: 'revoked' }
      })
    const expired = { ...ticket, expires: Date.now() - 1 }
    await expect(ask(expired)).rejects.toMatchObject({ facts: { verdict: 'expired' } })
    expect(usesOf(home)).toEqual([bob.key])
  })

  test('by which any member lets in is told to the room, used without its maker, and counted at home', async () => {
    const home = mkdtempSync(join(root, 'home-'))
    const ticket = madeForAnyone(home, { uses: 1 })
    const ann = await maker(home)
    const bob = await enter('bob', { name: 'team', secret: SECRET })
    await knows(bob, { isRevoked: false, newcomers: [] })
    await ann.room.leave()
    const cid = freshIdentity()
    expect(await ask(ticket, { identity: cid })).toEqual({ name: 'team', secret: SECRET })
    await knows(bob, { newcomers: [cid.key] })
    await expect(ask(ticket)).rejects.toMatchObject({ facts: { verdict: 'used-up' } })
    expect(ticketsMade(home)).toMatchObject([{ used: 0, anyone: true }])
    // Whoever made it hears of that, and revokes it.
    const again = await maker(home)
    await vi.waitFor(() => expect(ticketsMade(home)).toMatchObject([{ used: 1 }]), PATIENCE)
    revokeTicket(ticketsMade(home)[0]?.id ?? '', home)
    await knows(bob, { isRevoked: true })
    await again.room.leave()
    await expect(ask(ticket, { identity: cid })).rejects.toMatchObject({
      facts: { verdict: 'revoked' }
    })
  })

  test('that was revoked is refused by every member that heard of it after a partition, and the count is a wish', async () => {
    const home = mkdtempSync(join(root, 'home-'))
    const ticket = madeForAnyone(home, { uses: 1 })
    const [ann, bobsHome] = [await maker(home), mkdtempSync(join(root, 'home-'))]
    const enterBob = () => enter('bob', { ...ROOM, home: bobsHome, identity: undefined })
    const bob = await enterBob()
    await knows(bob, { newcomers: [] })
    await bob.room.leave()
    // Each lets in one, and knows nothing of the other.
    await ask(ticket)
    await ann.room.leave()
    const apart = await enterBob()
    await ask(ticket)
    const both = await maker(home)
    await vi.waitFor(
      () => expect(ticketsMade(home)).toMatchObject([{ used: 2, uses: 1 }]),
      PATIENCE
    )
    await apart.room.leave()
    revokeTicket(ticketsMade(home)[0]?.id ?? '', home)
    await knows(both, { isRevoked: true })
    const back = await enterBob()
    await knows(back, { isRevoked: true })
    await both.room.leave()
    await expect(ask(ticket)).rejects.toMatchObject({ facts: { verdict: 'revoked' } })
  })

  test('that is counted is let in by another device of its maker’s after the first has left, and never once too often', async () => {
    const { home, ticket } = withInvitation({ uses: 2 })
    const there = mkdtempSync(join(root, 'home-'))
    changeIdentity(there, loadIdentity(home).keyPair)
    const [here, other] = [await maker(home), await maker(there)]
    // It keeps nothing, and so can take nothing over.
    const passing = await enter('ann', { ...ROOM, identity: loadIdentity(home), ephemeral: true })
    const all = ({ room }: Visit) =>
      vi.waitFor(() => expect(room.member(room.identity)?.devices).toHaveLength(3), PATIENCE)
    for (const each of [here, other, passing]) await all(each)
    await knows(other, { used: 0, holder: { turn: 0, device: here.room.device } })
    const first = freshIdentity()
    await ask(ticket, { identity: first })
    await knows(other, { used: 1 })
    await here.room.leave()
    await knows(other, { holder: { turn: 1, device: other.room.device } })
    await ask(ticket)
    const refused = { facts: { verdict: 'used-up' } }
    await expect(ask(ticket)).rejects.toMatchObject(refused)
    // Whoever made it lets in by it no more until it is handed back, though nobody else is there.
    await other.room.leave()
    await maker(home)
    await expect(ask(ticket, { timeout: 1_500 })).rejects.toMatchObject({
      code: 'NOBODY_ADMITS',
      hint: expect.stringMatching(
        /^Whoever invited you must be in the room .* on the device of theirs/
      )
    })
    // It is that one's turn still when it is back.
    await maker(there)
    expect(await ask(ticket, { identity: first })).toMatchObject(ROOM)
    await expect(ask(ticket)).rejects.toMatchObject(refused)
  })

  test('is asked for elsewhere if whoever is found says nothing: they keep no place', async () => {
    const { ticket } = withInvitation()
    const lease = leaseOf({ mode: 'isolated', bootstrap: testnet().bootstrap })
    const silent = new Swarm({ networks: lease.networks, keepNetworks: true })
    const given = deferred()
    silent.on('connection', stream => stream.once('close', () => given.resolve()))
    const topic = idToBytes(admissionTopic(ticketOf(ticket.seed).publicKey))
    silent.join(topic, { server: true, client: false })
    const over = new AbortController()
    const asking = redeem(ticket, {
      identity: freshIdentity(),
      networks: { mode: 'isolated', bootstrap: testnet().bootstrap },
      timeout: 30_000,
      answerMillis: 50,
      signal: over.signal
    })
    await given.promise
    over.abort()
    await expect(asking).rejects.toThrow()
    await silent.destroy()
    await lease.release()
  })

  test('of another room, or of somebody else, leads nowhere', async () => {
    const { home, ticket } = withInvitation({
      topic: privateRoomKeys('x', new Uint8Array(32)).topic
    })
    await maker(home)
    const other = withInvitation()
    await maker(other.home)
    const forged = { ...other.ticket, inviter: freshIdentity().key }
    const asking = [ask(ticket, { timeout: 1_500 }), ask(forged, { timeout: 1_500 })]
    for (const refused of await Promise.allSettled(asking))
      expect(refused).toMatchObject({ reason: { code: 'NOBODY_ADMITS' } })
  })

  test('is listed with how it is, and revoked by its first digits', () => {
    const home = mkdtempSync(join(root, 'home-'))
    const { id, link } = makeTicket(KEYS, { expires: Date.now() + HOUR, uses: 2 }, home)
    const past = { ...KEPT, ticket: randomBytes(32), room: 'past', expires: 1, uses: 2 }
    keepInvitation(home, past, 0)
    expect(ticketIn(link)).toMatchObject({ name: 'team', inviter: loadIdentity(home).key })
    const listed = { id, room: 'team', uses: 2, used: 0, state: 'open' }
    expect(ticketsMade(home)).toMatchObject([{ room: 'past', state: 'expired' }, listed])
    const [kept] = keptInvitations(home).filter(({ room }) => room === 'team')
    if (kept === undefined) throw new Error('no invitation was kept')
    useInvitation(home, kept, freshIdentity().key)
    expect(ticketsMade(home)[1]).toMatchObject({ used: 1, state: 'open' })
    expect(() => revokeTicket('', home)).toThrow(expect.objectContaining({ code: 'NO_INVITATION' }))
    expect(() => revokeTicket('xyz', home)).toThrow(
      expect.objectContaining({ code: 'NO_INVITATION' })
    )
    expect(revokeTicket(id.slice(0, 8), home)).toMatchObject({ id, state: 'revoked' })
    expect(ticketsMade(home)[1]).toMatchObject({ id, state: 'revoked' })
  })

  test('has its seed in the link alone: nothing in the home lets anybody in', () => {
    const home = mkdtempSync(join(root, 'home-'))
    const { link } = makeTicket(KEYS, { uses: 1 }, home)
    const seed = Buffer.from(ticketIn(link)?.seed ?? [])
    const files = readdirSync(home, { recursive: true, withFileTypes: true })
    const all = files.flatMap(file =>
      file.isFile() ? readFileSync(join(file.parentPath, file.name)) : []
    )
    expect(seed).toHaveLength(16)
    expect(all.length).toBeGreaterThan(1)
    for (const encoding of ['hex', 'base64', 'base64url'] as const)
      expect(all.join('\n')).not.toContain(seed.toString(encoding).replace(/=+$/, ''))
    expect(all.some(bytes => bytes.includes(seed))).toBe(false)
  })

  test('is made in a room, for a while and so often as it can be, and redeemed as it was pasted', async () => {
    const home = mkdtempSync(join(root, 'home-'))
    const ann = await maker(home)
    for (const wrong of [{ expires: Date.now() - 1 }, { expires: Date.now() + 367 * 24 * HOUR }])
      expect(() => ann.room.invite(wrong)).toThrow(expect.objectContaining({ code: 'BAD_EXPIRES' }))
    for (const uses of [0, 1.5, 1_001])
      expect(() => ann.room.invite({ uses })).toThrow(expect.objectContaining({ code: 'BAD_USES' }))
    const { anyone, link } = ann.room.invite({ uses: 1 })
    expect(anyone).toBe(false)
    const networks = { mode: 'isolated', bootstrap: testnet().bootstrap } as const
    const options = { identity: freshIdentity(), networks }
    expect(await redeemInvitation(`Come in: <${link}>. See you`, options)).toEqual(ROOM)
    expect(await redeemInvitation(writeInvitation(ROOM), options)).toEqual(ROOM)
    const card = { title: 'The team', description: '', rules: '' }
    ann.room.setCard(card)
    const named = await redeemInvitation(ann.room.invite({ uses: 1 }).link, options)
    expect(named).toEqual({ ...ROOM, card: Uint8Array.from(targetOfCard(card, SECRET)) })
    const apart = await enter('bob', ROOM)
    expect(() => apart.room.invite()).toThrow(expect.objectContaining({ code: 'NOTHING_KEPT' }))
    const lobby = await enter('bob')
    expect(() => lobby.room.invite()).toThrow(expect.objectContaining({ code: 'NOT_PRIVATE' }))
  })

  test('cannot be used more often by programs that let in at the same time', () => {
    const { home } = withInvitation({ uses: 2 })
    const [before] = keptInvitations(home)
    if (before === undefined) throw new Error('no invitation was kept')
    const comers = [1, 2, 3].map(() => freshIdentity().key)
    // Each has looked before any of the others has stored a use.
    expect(comers.map(comer => useInvitation(home, before, comer))).toEqual([true, true, false])
    expect(usesOf(home)).toEqual(comers.slice(0, 2))
  })

  test('makes place when it is over, and 64 that count leave none', () => {
    const home = mkdtempSync(join(root, 'home-'))
    const now = Date.now()
    const keep = (n: number, expires: number) =>
      keepInvitation(home, { ...KEPT, ticket: new Uint8Array(32).fill(n), expires }, now)
    keep(0, now - 1)
    for (let n = 1; n < 64; n++) keep(n, now + HOUR)
    keep(64, now + HOUR)
    expect(readdirSync(join(home, 'invitations'))).toHaveLength(64)
    expect(() => keep(65, now + HOUR)).toThrow(
      expect.objectContaining({ code: 'TOO_MANY_INVITATIONS' })
    )
  })

  test('that was revoked stays until it ends, if another one is past', () => {
    const home = mkdtempSync(join(root, 'home-'))
    const now = Date.now()
    const keep = (n: number, expires: number) => {
      const ticket = new Uint8Array(32).fill(n)
      keepInvitation(home, { ...KEPT, ticket, expires, anyone: true }, now)
    }
    for (let n = 0; n < 63; n++) keep(n, now + HOUR)
    for (const kept of keptInvitations(home)) revokeInvitation(home, kept)
    keep(63, now - 1)
    keep(64, now + HOUR)
    expect(keptInvitations(home).filter(({ isRevoked }) => isRevoked)).toHaveLength(63)
  })
})

describe('an invitation that a home tells the room of', () => {
  /** What the room was told of the only one of this home. */
  function told(home: string, more: Partial<ToldInvitation> = {}): ToldInvitation {
    const [kept] = keptInvitations(home)
    if (kept === undefined) throw new Error('no invitation was kept')
    const { anyone, expires, ticket, uses } = kept
    const terms = { ticket, expires, uses, anyone, isRevoked: false, isSettled: true }
    const said = { id: ticketId(ticket), author: loadIdentity(home).key, clock: 1 }
    const used = more.newcomers?.length ?? 0
    return { ...terms, ...said, newcomers: [], used, ...more }
  }

  const DEVICE = '1' as PeerKey
  /** A room in which nothing was told yet. */
  const roomOf = (home: string) => {
    const machine = { invitations: () => [], signs: () => [] }
    const own = () => ({ device: DEVICE, parts: { machine }, feed: () => {} })
    return { identity: loadIdentity(home).key, own, history: undefined }
  }
  const desksOf = (home: string) => new OwnDesks(home, KEYS, loadIdentity(home).key)
  const homeWith = (terms: { readonly uses: number }) => {
    const home = mkdtempSync(join(root, 'home-'))
    madeForAnyone(home, terms)
    return home
  }

  test('has few of its uses noted at once, however many a member tells of', () => {
    const home = homeWith({ uses: 1 })
    const newcomers = Array.from({ length: 40 }, () => freshIdentity().key)
    const counts = [1, 2, 3].map(() => {
      desksOf(home).noteUses([told(home, { newcomers })])
      return usesOf(home)?.length
    })
    expect(counts).toEqual([16, 32, 40])
    expect(usesOf(home)).toEqual(newcomers)
  })

  test('is revoked once more if the room has not heard of that', () => {
    const home = homeWith({ uses: 1 })
    revokeTicket(ticketsMade(home)[0]?.id ?? '', home)
    const news = (isRevoked: boolean) => desksOf(home).news([told(home, { isRevoked })], DEVICE)
    expect(news(false)).toEqual([{ type: 'revoke', invitation: told(home).id }])
    expect(news(true)).toEqual([])
  })

  test('is told of once more if the room has it no longer, but not once it was used up', () => {
    const home = homeWith({ uses: 1 })
    expect(desksOf(home).news([], DEVICE)).toMatchObject([{ type: 'invite', uses: 1 }])
    desksOf(home).noteUses([told(home, { newcomers: [freshIdentity().key] })])
    expect(desksOf(home).news([], DEVICE)).toEqual([])
  })

  test('has its uses told no faster than members take them, however many come by it', async () => {
    const home = homeWith({ uses: 1_000 })
    const fed: unknown[] = []
    const all = [told(home)]
    const machine = { invitations: () => all, signs: () => [] }
    const feed = (input: unknown) => fed.push(input)
    const own = () => ({ device: '1' as PeerKey, parts: { machine }, feed })
    const room = { identity: loadIdentity(home).key, own, history: undefined }
    const [desk] = new ToldDesks(KEYS, room).desks()
    vi.useFakeTimers({ toFake: ['performance'] })
    const come = () => desk?.decide(freshIdentity().key)
    const answers = await Promise.all(Array.from({ length: 40 }, come))
    vi.useRealTimers()
    expect(answers.filter(answer => answer?.verdict === 'granted')).toHaveLength(34)
    expect(fed).toHaveLength(34)
  })

  test('is used however many come by another one all the time', async () => {
    const home = homeWith({ uses: 1_000 })
    const ticket = randomBytes(32)
    const honest = told(home, { ticket, author: freshIdentity().key, id: ticketId(ticket) })
    const all = [told(home), honest]
    const machine = { invitations: () => all, signs: () => [] }
    const own = () => ({ device: DEVICE, parts: { machine }, feed: () => {} })
    const room = { identity: loadIdentity(home).key, own, history: undefined }
    const desks = new ToldDesks(KEYS, room)
    const deskOf = (sought: Uint8Array) =>
      desks.desks().find(desk => Buffer.from(desk.ticket).equals(sought))
    const flood = () => deskOf(told(home).ticket)?.decide(freshIdentity().key)
    vi.useFakeTimers({ toFake: ['performance'] })
    for (let second = 0; second < 60; second++) {
      for (let n = 0; n < 40; n++) await flood()
      vi.advanceTimersByTime(1_000)
    }
    for (let n = 0; n < 40; n++) await flood()
    const answer = await deskOf(ticket)?.decide(freshIdentity().key)
    vi.useRealTimers()
    expect(answer?.verdict).toBe('granted')
  })

  test('is told and written before the secret is handed over', async () => {
    const home = homeWith({ uses: 2 })
    const here = mkdtempSync(join(root, 'home-'))
    makeTicket(KEYS, { uses: 2 }, here)
    for (const by of ['told', 'own'] as const) {
      const fed: unknown[] = []
      const machine = { invitations: () => (by === 'told' ? [told(home)] : []), signs: () => [] }
      const own = () => ({
        device: DEVICE,
        parts: { machine },
        feed: (use: unknown) => fed.push(use)
      })
      const written = deferred()
      const history = { written: () => written.promise }
      const identity = loadIdentity(by === 'told' ? home : here).key
      const room = { identity, own, history }
      const [desk] = by === 'told' ? new ToldDesks(KEYS, room).desks() : desksOf(here).desks(room)
      let isAnswered = false
      const answer = desk?.decide(freshIdentity().key).finally(() => {
        isAnswered = true
      })
      await new Promise(setImmediate)
      expect([fed.length, isAnswered]).toEqual([1, false])
      if (by === 'own') expect(usesOf(here)).toHaveLength(1)
      written.resolve()
      expect(await answer).toMatchObject({ verdict: 'granted' })
    }
  })

  test('is counted by one device of its maker’s: what that hands on it lets in by no more, and the other does', async () => {
    const [one, other] = [1, 2].map(n => `${n}`.repeat(64) as PeerKey) as [PeerKey, PeerKey]
    const home = mkdtempSync(join(root, 'home-'))
    makeTicket(KEYS, { uses: 3, expires: Date.now() + HOUR }, home)
    const self = loadIdentity(home).key
    const [there, messages] = [mkdtempSync(join(root, 'home-')), [] as Inviting[]]
    // Both homes are of one identity, and hear of all that the other tells.
    const known = () => (messages.length === 0 ? [] : [toldBy(messages, self)])
    const at = (device: PeerKey) => {
      const machine = { invitations: known, signs: () => [] }
      const feed = (each: Inviting) => messages.push(each)
      return {
        identity: self,
        own: () => ({ device, parts: { machine }, feed }),
        history: undefined
      }
    }
    const [here, elsewhere] = [home, there].map(each => new OwnDesks(each, KEYS, self)) as [
      OwnDesks,
      OwnDesks
    ]
    messages.push(...here.news(known(), one))
    elsewhere.take(known(), other)
    const [ours] = here.desks(at(one))
    expect(elsewhere.desks(at(other))).toEqual([])
    const comers = [1, 2, 3, 4].map(() => freshIdentity().key)
    expect(await ours?.decide(comers[0] as IdentityKey)).toMatchObject({ verdict: 'granted' })
    messages.push(...here.pass(known(), other))
    expect([here.desks(at(one)), await ours?.decide(comers[1] as IdentityKey)]).toEqual([
      [],
      undefined
    ])
    // It has not noted what was used before: the room has told.
    for (const _ of [1, 2]) elsewhere.take(known(), other)
    const [theirs] = elsewhere.desks(at(other))
    expect(await theirs?.decide(comers[1] as IdentityKey)).toMatchObject({ verdict: 'granted' })
    // What is told twice, or came late, is no other turn.
    messages.push(...elsewhere.pass(known(), one))
    elsewhere.take(known(), other)
    expect(elsewhere.desks(at(other))).toEqual([])
    here.take(known(), one)
    const answers = []
    for (const comer of comers.slice(2)) answers.push(await here.desks(at(one))[0]?.decide(comer))
    expect(answers).toMatchObject([{ verdict: 'granted' }, { verdict: 'used-up' }])
  })

  test('is not handed to another program of the same home: that lets in by it as well', () => {
    const home = mkdtempSync(join(root, 'home-'))
    makeTicket(KEYS, { uses: 1 }, home)
    const second = '2'.repeat(64) as PeerKey
    desksOf(home).note(second)
    expect([desksOf(home).pass([], second), keptInvitations(home).map(isHeld)]).toEqual([
      [],
      [true]
    ])
    expect(desksOf(home).pass([], '3'.repeat(64) as PeerKey)).toHaveLength(1)
  })

  test('is handed on once more, to the same device, if the room has not heard of that', () => {
    const home = mkdtempSync(join(root, 'home-'))
    makeTicket(KEYS, { uses: 3 }, home)
    const next = '2'.repeat(64) as PeerKey
    const before = told(home, { used: 1, holder: { device: DEVICE, turn: 0, used: 1 } })
    const passed = desksOf(home).pass([before], next)
    expect(passed).toMatchObject([{ holder: { device: next, turn: 1, used: 1 } }])
    for (const known of [[], [before]]) expect(desksOf(home).news(known, DEVICE)).toEqual(passed)
    const after = told(home, { used: 1, holder: { device: next, turn: 1, used: 1 } })
    expect(desksOf(home).news([after], DEVICE)).toEqual([])
  })

  test('is taken over by whichever program of the home is there, and counted though the room has lost all of it', async () => {
    const [home, there] = [mkdtempSync(join(root, 'home-')), mkdtempSync(join(root, 'home-'))]
    makeTicket(KEYS, { uses: 3 }, home)
    const self = loadIdentity(home).key
    const [gone, here] = ['2', '3'].map(digit => digit.repeat(64) as PeerKey) as [PeerKey, PeerKey]
    const known = told(home, { used: 2, holder: { device: gone, turn: 1, used: 2 } })
    const elsewhere = new OwnDesks(there, KEYS, self)
    elsewhere.note(gone)
    for (const _ of [1, 2]) elsewhere.take([known], here)
    const machine = { invitations: () => [], signs: () => [] }
    const own = () => ({ device: here, parts: { machine }, feed: () => {} })
    const desks = [1, 2].map(() => {
      return new OwnDesks(there, KEYS, self).desks({ identity: self, own, history: undefined })[0]
    })
    // Two programs of that home, of which neither has heard of what the other did.
    const answers = []
    for (const desk of desks) answers.push(await desk?.decide(freshIdentity().key))
    expect(answers).toEqual([{ verdict: 'granted', secret: SECRET }, { verdict: 'used-up' }])
    expect(ticketsMade(there)).toMatchObject([{ used: 3, state: 'used-up' }])
  })

  test('is not kept anew once it is over: another has its place', () => {
    const home = mkdtempSync(join(root, 'home-'))
    const self = loadIdentity(home).key
    makeTicket(KEYS, { uses: 1 }, home)
    const over = told(home, { newcomers: [freshIdentity().key] })
    const revoked = told(home, { isRevoked: true })
    const there = mkdtempSync(join(root, 'home-'))
    for (const known of [over, revoked]) new OwnDesks(there, KEYS, self).take([known], DEVICE)
    expect(keptInvitations(there)).toEqual([])
  })

  test('is handed to the device of its maker’s with the lowest key that keeps something, and is surely there, once it was for a while', async () => {
    const home = mkdtempSync(join(root, 'home-'))
    makeTicket(KEYS, { uses: 1 }, home)
    const identity = loadIdentity(home)
    const fed: Inviting[] = []
    const present = [
      { device: '0'.repeat(64), identity: identity.key, keeps: false, isDoubted: false },
      { device: '1'.repeat(64), identity: identity.key, keeps: true, isDoubted: true },
      { device: '2'.repeat(64), identity: identity.key, keeps: true, isDoubted: false },
      { device: '5'.repeat(64), identity: freshIdentity().key, keeps: true, isDoubted: false }
    ]
    let signs: unknown[] = []
    const known = () => (fed.length === 0 ? [] : [toldBy(fed, identity.key)])
    const machine = { invitations: known, signs: () => signs as Sign[] }
    const feed = (each: Inviting) => fed.push(each)
    const own = () => ({ device: '9'.repeat(64) as PeerKey, parts: { machine }, feed })
    const lease = leaseOf({ mode: 'isolated', bootstrap: testnet().bootstrap })
    vi.useFakeTimers({ toFake: ['setInterval', 'setTimeout', 'setImmediate'] })
    const admitting = new Admitting({ home, keys: KEYS, identity, networks: lease.networks })
    admitting.attach(identity.key, own, undefined)
    vi.advanceTimersByTime(1_000)
    signs = present
    vi.advanceTimersByTime(20_000)
    expect(fed).toMatchObject([{ type: 'invite', holder: { turn: 0, device: '9'.repeat(64) } }])
    vi.advanceTimersByTime(30_000)
    expect(fed[1]).toMatchObject({ type: 'invite', holder: { turn: 1, device: '2'.repeat(64) } })
    vi.advanceTimersByTime(90_000)
    expect(fed).toHaveLength(2)
    vi.useRealTimers()
    expect(keptInvitations(home).map(isHeld)).toEqual([false])
    await admittingOn(lease, admitting).release()
  })

  // Spends: a message that tells of an invitation every 50 ms, where there are thousands of them.
  // Costs the member: a twentieth of a core.
  test('is looked at more seldom the longer that takes, however often members tell of theirs', async () => {
    const home = mkdtempSync(join(root, 'home-'))
    let now = 0
    const slowly = () => {
      now += 100
      return []
    }
    const machine = { invitations: slowly, signs: () => [] }
    const own = () => ({ device: DEVICE, parts: { machine }, feed: () => {} })
    const lease = leaseOf({ mode: 'isolated', bootstrap: testnet().bootstrap })
    const identity = loadIdentity(home)
    const options = { home: undefined, keys: KEYS, identity, networks: lease.networks }
    vi.useFakeTimers({ toFake: ['setInterval', 'setTimeout', 'setImmediate'] })
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => now)
    const admitting = new Admitting(options)
    admitting.attach(identity.key, own, undefined)
    for (let step = 0; step < 200; step++) {
      vi.advanceTimersByTime(50)
      admitting.changed()
    }
    clock.mockRestore()
    vi.useRealTimers()
    await admittingOn(lease, admitting).release()
    // Of ten seconds, and the look that comes every ten seconds anyway.
    expect(now).toBeLessThan(1_000)
  })

  test('is not pushed out by those of others who came just now, or tell of many', () => {
    const home = homeWith({ uses: 1 })
    const of = (author: IdentityKey, isSettled: boolean, clock: number) => {
      const ticket = randomBytes(32)
      return told(home, { ticket, author, isSettled, clock, id: ticketId(ticket) })
    }
    const newcomers = Array.from({ length: 200 }, (_, n) => of(freshIdentity().key, false, 100 + n))
    const many = freshIdentity().key
    const settled = Array.from({ length: 64 }, (_, n) => of(many, true, 1_000 + n))
    const honest = of(freshIdentity().key, true, 1)
    const all = [...newcomers, ...settled, honest]
    const machine = { invitations: () => all, signs: () => [] }
    const own = () => ({ device: DEVICE, parts: { machine }, feed: () => {} })
    const room = { identity: loadIdentity(home).key, own, history: undefined }
    const desks = new ToldDesks(KEYS, room).desks()
    expect(desks).toHaveLength(64)
    expect(desks.map(({ ticket }) => ticket)).toContainEqual(honest.ticket)
  })

  test('is one that its maker lets in by, however many others tell of theirs', () => {
    const home = homeWith({ uses: 1 })
    const strangers = Array.from({ length: 70 }, () => {
      const ticket = randomBytes(32)
      const id = ticketId(ticket)
      return told(home, { ticket, author: freshIdentity().key, clock: 2, id })
    })
    const all = [...strangers, told(home)]
    const machine = { invitations: () => all, signs: () => [] }
    const own = () => ({ device: '1' as PeerKey, parts: { machine }, feed: () => {} })
    const room = { identity: loadIdentity(home).key, own, history: undefined }
    const desks = new ToldDesks(KEYS, room).desks()
    expect(desks.map(({ ticket }) => ticket)).toContainEqual(told(home).ticket)
    expect(desks).toHaveLength(65)
  })

  test('is nothing to whom the home is afterwards: nobody is to see that both are one', () => {
    const home = homeWith({ uses: 1 })
    makeTicket(KEYS, { uses: 1 }, home)
    const before = desksOf(home)
    changeIdentity(home, keyPairFromSeed(randomBytes(32)))
    expect([before.news([], DEVICE).length, before.desks(roomOf(home)).length]).toEqual([2, 1])
    const after = desksOf(home)
    expect([after.news([], DEVICE), after.desks(roomOf(home))]).toEqual([[], []])
  })
})
