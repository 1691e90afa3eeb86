import { describe, expect, test } from 'vitest'
import type { IdentityKey, MessageId, PeerKey, Topic } from '../../../src/base/ids.js'
import { ticketId } from '../../../src/protocol/access/admission.js'
import { admittersOf, inOrder } from '../../../src/protocol/access/admitters.js'
import { ToldInvitations } from '../../../src/protocol/access/told-invitations.js'
import {
  encodeInvitationBody,
  encodeInvitationRevocationBody,
  encodeInvitationUseBody
} from '../../../src/protocol/wire/bodies/invitation.js'
import { identityOf } from '../../support/harness.js'

const [ann, bob, eve] = ['ann', 'bob', 'eve'].map(identityOf) as [
  IdentityKey,
  IdentityKey,
  IdentityKey
]
const idOf = (n: number) => `${n}`.padStart(64, '0') as MessageId
const TICKET = new Uint8Array(32).fill(1)
const TERMS = { ticket: TICKET, expires: 9, uses: 3, anyone: true }
const message = (n: number, kind: number, author: IdentityKey, body: Uint8Array) => ({
  id: idOf(n),
  kind,
  author,
  clock: n,
  body
})
const made = message(1, 9, ann, encodeInvitationBody(TERMS))
const invitation = ticketId(TICKET)
const use = (n: number, newcomer: IdentityKey, teller = bob, used = 1) =>
  message(n, 10, teller, encodeInvitationUseBody({ invitation, newcomer, used }))
const revoked = (n: number, author: IdentityKey) =>
  message(n, 11, author, encodeInvitationRevocationBody({ invitation }))

describe('what members know of an invitation', () => {
  const knownBy = (isChecked: (id: MessageId) => boolean) =>
    new ToldInvitations({ isChecked, isSettled: () => true, onchange: () => {} })

  const told = (...messages: Parameters<ToldInvitations['add']>[0][]) => {
    const invitations = knownBy(() => true)
    for (const each of messages) invitations.add(each)
    return invitations
  }

  test('is the same whatever the order in which it comes', () => {
    const all = [made, use(2, eve), use(3, bob), use(4, eve), revoked(5, ann)]
    const known = { ...TERMS, id: invitation, author: ann, clock: 1, isRevoked: true, used: 2 }
    const orders = [all, all.toReversed()].map(order => told(...order).all())
    for (const [one] of orders) expect(one).toMatchObject(known)
    for (const [one] of orders)
      expect([...(one?.newcomers ?? [])].sort()).toEqual([bob, eve].sort())
    expect(orders.every(({ length }) => length === 1)).toBe(true)
  })

  // Whoever has an invitation can ask often, and a member can tell of thousands.
  test('is read anew only when a message of it comes, goes or turns out to be good', () => {
    const checked = new Set<MessageId>([made.id])
    const invitations = knownBy(id => checked.has(id))
    for (const each of [made, use(2, eve)]) invitations.add(each)
    const first = invitations.all()
    expect(invitations.all()).toBe(first)
    expect(first).toMatchObject([{ used: 0 }])
    checked.add(idOf(2))
    expect(invitations.all()).toMatchObject([{ used: 1 }])
    invitations.add(revoked(3, ann))
    expect(invitations.all()).toMatchObject([{ isRevoked: true }])
    invitations.remove({ id: idOf(3) })
    expect(invitations.all()).toMatchObject([{ isRevoked: false }])
  })

  test('is told of an author that is no newcomer any more', () => {
    let isSettled = false
    const parts = { isChecked: () => true, isSettled: () => isSettled, onchange: () => {} }
    const invitations = new ToldInvitations(parts)
    invitations.add(made)
    const [known] = invitations.all()
    isSettled = true
    expect(known?.isSettled).toBe(true)
  })

  test('is that its maker alone revokes it [M91]', () => {
    expect(told(made, revoked(2, eve)).all()).toMatchObject([{ isRevoked: false }])
    expect(told(made, revoked(2, eve), revoked(3, ann)).all()).toMatchObject([{ isRevoked: true }])
  })

  test('is that it is revoked, though that is only at its maker’s word yet, or is lost', () => {
    const unchecked = knownBy(id => id === made.id)
    for (const each of [made, use(2, eve), revoked(3, ann)]) unchecked.add(each)
    expect(unchecked.all()).toMatchObject([{ isRevoked: true, newcomers: [] }])
  })

  test('is one, however often its maker has told of it, and another one of whoever else does', () => {
    const again = { ...made, id: idOf(6), clock: 6 }
    const copied = { ...again, id: idOf(7), author: eve }
    for (const order of [
      [made, again],
      [again, made]
    ]) {
      const [anns, eves] = told(...order, copied, use(2, eve), revoked(5, ann)).all()
      expect(anns).toMatchObject({ author: ann, clock: 6, isRevoked: true, newcomers: [eve] })
      expect(eves).toMatchObject({ author: eve, clock: 6, isRevoked: false, newcomers: [eve] })
    }
  })

  test('is how many came, as its maker counts, of one that its maker’s devices alone let in by', () => {
    const holder = (turn: number, used: number) => ({
      device: idOf(turn) as string as PeerKey,
      turn,
      used
    })
    const counted = (n: number, turn: number, used: number) => {
      const terms = { ...TERMS, anyone: false, holder: holder(turn, used) }
      return message(n, 9, ann, encodeInvitationBody(terms))
    }
    // What others tell of it counts for nothing, nor does a former turn that comes later.
    const all = [counted(1, 1, 1), counted(9, 0, 0), use(2, eve, ann, 2), use(3, bob, bob, 9)]
    for (const order of [all, all.toReversed()])
      expect(told(...order).all()).toMatchObject([
        { used: 2, newcomers: [eve], holder: holder(1, 1) }
      ])
  })

  test('is nothing of what was not checked, cannot be read, or is not here any more', () => {
    const unchecked = knownBy(id => id !== made.id)
    for (const each of [made, use(2, eve)]) unchecked.add(each)
    expect(unchecked.all()).toEqual([])
    const cut = message(1, 9, ann, made.body.subarray(1))
    const other = message(2, 1, ann, made.body)
    const dropped = { ...made, body: undefined }
    expect(told(cut, other, dropped).all()).toEqual([])
    const invitations = told(made, use(2, eve))
    invitations.remove(use(2, eve))
    expect(invitations.all()).toMatchObject([{ newcomers: [] }])
    invitations.remove(made)
    expect(invitations.all()).toEqual([])
  })
})

test('what members know costs as much as was told, though hundreds say that one ticket is theirs', () => {
  const size = 500
  const nameOf = (n: number) => `${n}`.padStart(64, 'a') as IdentityKey
  let looks = 0
  const isChecked = () => {
    looks += 1
    return true
  }
  const invitations = new ToldInvitations({ isChecked, isSettled: () => true, onchange: () => {} })
  for (let n = 0; n < size; n++) {
    invitations.add({ ...made, id: idOf(n), author: nameOf(n) })
    invitations.add(use(size + n, nameOf(size + n), nameOf(n)))
  }
  const all = invitations.all()
  expect(all).toHaveLength(size)
  for (const { newcomers } of all) expect(newcomers).toHaveLength(size)
  expect(looks).toBeLessThanOrEqual(2 * size)
  // One list for all of them: a list each would be a quarter of a million names.
  expect(new Set(all.map(({ newcomers }) => newcomers)).size).toBe(1)
})

describe('who lets in by it', () => {
  const device = (n: number, identity: IdentityKey = eve) => ({
    device: `${n}`.padStart(64, '0') as PeerKey,
    identity
  })
  const topicOf = (n: number) => `${n}`.padStart(64, '0') as Topic
  const numbers = (keys: readonly PeerKey[]) => keys.map(Number)

  test('is three devices at most, the maker’s lowest first, the same for all who see the same', () => {
    const present = [device(9), device(7, ann), device(1), device(5), device(3, ann), device(5)]
    const chosen = [present, present.toReversed()].map(each =>
      numbers(admittersOf(topicOf(4), ann, inOrder(each)))
    )
    expect(chosen).toEqual([
      [3, 5, 7],
      [3, 5, 7]
    ])
    expect(numbers(admittersOf(topicOf(8), bob, inOrder(present)))).toEqual([9, 1, 3])
    expect(numbers(admittersOf(topicOf(9), bob, inOrder(present)))).toEqual([1, 3, 5])
  })

  test('is everybody where there are few, and nobody in an empty room', () => {
    expect(numbers(admittersOf(topicOf(4), ann, [device(2)]))).toEqual([2])
    expect(admittersOf(topicOf(4), ann, [])).toEqual([])
  })
})
