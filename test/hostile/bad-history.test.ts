import sodium from 'sodium-universal'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { encodeDeletionBody } from '../../src/protocol/wire/bodies/deletion.js'
import { encodeLineAbout } from '../../src/protocol/wire/bodies/text.js'
import { KIND_DELETION, KIND_EDIT } from '../../src/protocol/wire/kinds.js'
import type { VerifiedMessage } from '../../src/protocol/wire/message.js'
import { EPOCH, idsOf, type Peer, type Puppet, World } from '../support/harness.js'
import { feedPushed, feedStored, member, messageOf, numbered, textOf } from '../support/hostile.js'

const MINUTE = 60_000
const SETTLING = 11 * MINUTE
const KEPT = 330

afterEach(() => void vi.restoreAllMocks())

const checks = () => vi.spyOn(sodium, 'crypto_sign_verify_detached')
/** How many messages its store has. */
const onDisk = ({ forgotten, stored }: Peer) => stored.length - forgotten.length

/** Ann and Bob, who know each other for long and have said something. */
function oldRoom() {
  const world = new World()
  const [ann, bob] = ['ann', 'bob'].map(name => world.join(name, { keep: { maxMessages: KEPT } }))
  if (ann === undefined || bob === undefined) throw new Error('both are there')
  world.introduce(ann, bob)
  world.run(SETTLING)
  for (let n = 0; n < 10; n++) {
    ann.say(`ann ${n}`)
    bob.say(`bob ${n}`)
    world.run(1_000)
  }
  return { world, ann, bob, said: idsOf(ann) ?? [] }
}

describe('very many tiny messages', { timeout: 300_000 }, () => {
  /** Ten times as many as are kept, by so many authors, each as short as can be. */
  const flood = (authors: number): VerifiedMessage[] =>
    Array.from({ length: 10 * KEPT }, (_, n) =>
      messageOf(`eve ${n % authors}`, { clock: EPOCH + SETTLING + n, nonce: numbered(n) })
    )

  // Spends: a signature and some 140 bytes for each. Costs the members: places of newcomers, a check for each that is asked
  // for, once; and none of what they have said.
  test.each([1, 50])(
    'in the history of a member, by %i authors, cost places and checks once',
    authors => {
      const { ann, bob, said, world } = oldRoom()
      const eve = world.join('eve', { keep: { maxMessages: 40 * KEPT } })
      const messages = flood(authors)
      eve.feed({ type: 'restore', messages })
      const verify = checks()
      world.connect(eve, ann)
      world.run(10 * MINUTE)
      for (const each of [ann, bob]) {
        expect(each.machine.snapshot().messages).toBeLessThanOrEqual(KEPT)
        expect(onDisk(each)).toBeLessThanOrEqual(KEPT)
        expect(idsOf(each)).toEqual(expect.arrayContaining(said))
      }
      // Each of both has checked each once; the rest are presences.
      const soFar = verify.mock.calls.length
      expect(soFar).toBeLessThan(2.5 * messages.length)
      world.run(20 * MINUTE)
      // Some are asked for once more: that they had been there was forgotten.
      expect(verify.mock.calls.length - soFar).toBeLessThan(messages.length)
      ann.say('still here')
      world.run(2_000)
      expect(bob.texts().at(-1)).toBe('still here')
    }
  )

  test('that are pushed are dropped unread once their authors have had their share', () => {
    const { ann, said, world } = oldRoom()
    const eve = member(world, ann)
    const verify = checks()
    for (const message of flood(1)) feedPushed(ann, eve, message)
    expect(verify.mock.calls.length).toBeGreaterThan(0)
    expect(verify.mock.calls.length).toBeLessThanOrEqual(2_100)
    expect(onDisk(ann)).toBeLessThanOrEqual(KEPT)
    expect(idsOf(ann)).toEqual(expect.arrayContaining(said))
  })
})

// Spends: a frame each time. Costs the member: a hash each time, until the link has had its share; no check and no place.
test.each([
  ['pushed', feedPushed],
  ['sent as history', feedStored]
] as const)('the same message, endlessly %s, is checked, kept and told once', (_, feed) => {
  const { ann, said, world } = oldRoom()
  const eve = member(world, ann)
  const message = textOf('eve', 'again', EPOCH + SETTLING)
  const verify = checks()
  for (let n = 0; n < 10_000; n++) feed(ann, eve, message)
  expect(verify.mock.calls.length).toBeLessThanOrEqual(1)
  expect(ann.texts().filter(text => text === 'again')).toHaveLength(1)
  expect(ann.stored.filter(({ id }) => id === message.id)).toHaveLength(1)
  expect(idsOf(ann)).toHaveLength(said.length + 1)
})

// Spends: as many edits and deletions as it likes. Costs the members: places of its own.
test('edits and deletions of others’ lines change nobody’s log', () => {
  const { ann, bob, said, world } = oldRoom()
  const before = ann.machine.search({ text: '' }, 200).map(({ id, text }) => [id, text])
  const eves: Puppet[] = [member(world, ann, 'eve'), member(world, bob, 'mallory')]
  for (const [n, id] of said.entries()) {
    const clock = EPOCH + SETTLING + MINUTE + n
    const edit = encodeLineAbout({ target: id, nick: 'ann', text: 'never said' })
    const deletion = encodeDeletionBody({ targets: [id] })
    const changes = [
      messageOf('eve', { kind: KIND_EDIT, clock, body: edit }),
      messageOf('mallory', { kind: KIND_DELETION, clock, body: deletion })
    ]
    // In another order to each.
    for (const message of changes) if (eves[0]) feedPushed(ann, eves[0], message)
    for (const message of changes.reverse()) if (eves[1]) feedPushed(bob, eves[1], message)
  }
  world.run(15 * MINUTE)
  for (const each of [ann, bob]) {
    const shown = each.machine.search({ text: '' }, 200).map(({ id, text }) => [id, text])
    expect(shown).toEqual(before)
    expect([...each.of('edit'), ...each.of('delete')]).toEqual([])
    expect(each.bare).toEqual([])
  }
  expect(idsOf(bob)).toEqual(idsOf(ann))
})
