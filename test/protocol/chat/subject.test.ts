import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { IdentityKey, MessageId } from '../../../src/base/ids.js'
import { type Change, Fold } from '../../../src/protocol/chat/fold.js'
import type { Readable } from '../../../src/protocol/chat/said.js'
import { encodeDeletionBody } from '../../../src/protocol/wire/bodies/deletion.js'
import { encodeRoomCardBody } from '../../../src/protocol/wire/bodies/room-card.js'
import { encodeSubjectBody } from '../../../src/protocol/wire/bodies/subject.js'
import { KIND_DELETION, KIND_ROOM_CARD, KIND_SUBJECT } from '../../../src/protocol/wire/kinds.js'
import { type Peer, World } from '../../support/harness.js'
import { feedPushed, member, messageOf, numbered } from '../../support/hostile.js'

const idOf = (number: number) => number.toString(16).padStart(64, '0') as MessageId
const authorOf = (nick: string) => Buffer.from(nick).toString('hex').padEnd(64, '0') as IdentityKey

function subjectBy(nick: string, number: number, clock: number, subject = `${number}`): Readable {
  const body = encodeSubjectBody({ nick, subject })
  return { id: idOf(number), author: authorOf(nick), clock, kind: KIND_SUBJECT, body }
}

function deletionBy(nick: string, number: number, target: number): Readable {
  const body = encodeDeletionBody({ targets: [idOf(target)] })
  return { id: idOf(number), author: authorOf(nick), clock: number, kind: KIND_DELETION, body }
}

function folded(messages: readonly Readable[]) {
  const kept = new Map(messages.map(message => [message.id, message]))
  const came = new Set<MessageId>()
  const fold = new Fold(id => (came.has(id) ? kept.get(id) : undefined))
  const changes: Change[] = []
  for (const message of messages) {
    came.add(message.id)
    changes.push(...fold.add(message))
  }
  return { fold, changes }
}

const messages = fc
  .array(
    fc.record({
      nick: fc.constantFrom('ann', 'ben'),
      clock: fc.integer({ min: 1, max: 5 }),
      about: fc.option(fc.integer({ min: 0, max: 7 }), { nil: undefined })
    }),
    { maxLength: 12 }
  )
  .map(all =>
    all.map(({ about, clock, nick }, number) =>
      about === undefined ? subjectBy(nick, number, clock) : deletionBy(nick, 100 + number, about)
    )
  )

test('the last in the order of the room counts, whoever put it and whatever came first', () => {
  const shuffled = messages.chain(all =>
    fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))
  )
  fc.assert(
    fc.property(shuffled, ([one, other]) => {
      const [subject] = [folded(one).fold.facts.subject()]
      expect(folded(other).fold.facts.subject()).toEqual(subject)
      const { changes } = folded(other)
      const last = changes.findLast(change => change.type === 'subject')
      expect(last?.type === 'subject' ? last.subject : undefined).toEqual(subject)
    })
  )
})

test('what its author takes back counts no longer, and what others take back does', () => {
  const all = [subjectBy('ann', 1, 1), subjectBy('ben', 2, 2)]
  expect(folded([...all, deletionBy('ann', 9, 2)]).fold.facts.subject()?.subject).toBe('2')
  const { changes, fold } = folded([...all, deletionBy('ben', 9, 2)])
  expect(fold.facts.subject()?.subject).toBe('1')
  expect(changes.at(-1)).toMatchObject({ type: 'subject', subject: { subject: '1' } })
  expect(folded([...all, deletionBy('ben', 9, 2), deletionBy('ann', 8, 1)]).changes.at(-1)).toEqual(
    {
      type: 'subject',
      subject: undefined
    }
  )
})

test('what is not kept any more counts no longer', () => {
  const all = [subjectBy('ann', 1, 1), subjectBy('ben', 2, 2)]
  const { fold } = folded(all)
  for (const message of all.toReversed()) fold.remove(message)
  expect(fold.facts.subject()).toBeUndefined()
})

function told(peer: Peer): string[] {
  return peer.events.flatMap(event =>
    event.type === 'subject'
      ? [`${event.nick}: ${event.subject}${event.history ? ' (old)' : ''}`]
      : []
  )
}

test('everybody hears of it, and whoever comes later', () => {
  const world = new World()
  const [ann, ben] = [world.join('ann'), world.join('ben')]
  world.introduce(ann, ben)
  world.run(5_000)
  ann.feed({ type: 'subject', subject: 'lunch' })
  world.run(1_000)
  ben.feed({ type: 'subject', subject: 'dinner' })
  world.run(1_000)
  expect([told(ann), told(ben)]).toEqual([
    ['ann: lunch', 'ben: dinner'],
    ['ann: lunch', 'ben: dinner']
  ])
  const eve = world.join('eve')
  world.introduce(ann, eve)
  world.run(20_000)
  expect(told(eve).at(-1)).toBe('ben: dinner (old)')
  expect(eve.machine.subject()).toMatchObject({ subject: 'dinner', nick: 'ben' })
  ben.feed({ type: 'subject', subject: '' })
  world.run(1_000)
  expect([told(eve).at(-1), eve.machine.subject()]).toEqual(['ben: ', undefined])
})

test('bodies that are none, and a flood of subjects, cost a share and change nothing else', () => {
  const world = new World()
  const ann = world.join('ann', { keep: { maxMessages: 100 } })
  const eve = member(world, ann)
  ann.feed({ type: 'say', text: 'by ann' })
  const { id } = ann.stored.at(-1) ?? expect.fail()
  const put = (body: Uint8Array, n: number) =>
    feedPushed(
      ann,
      eve,
      messageOf('eve', { kind: KIND_SUBJECT, clock: world.now + n, body, nonce: numbered(n) })
    )
  for (const body of [[], [200], [0, 0xff, 0xfe], [0, ...new Uint8Array(513).fill(0x61)]])
    put(Uint8Array.from(body), 0)
  expect(told(ann)).toEqual([])
  for (let n = 1; n < 1_000; n++) {
    put(encodeSubjectBody({ nick: 'eve', subject: `s${n}` }), n)
    if (n % 40 === 0) world.run(1_000)
  }
  expect(ann.machine.snapshot().messages).toBeLessThanOrEqual(100)
  expect(ann.machine.line(id)?.text).toBe('by ann')
  expect(ann.machine.subject()?.subject).toBe('s999')
})

const cardOf = (title: string) => ({ title, description: 'for all', rules: 'be kind\nno spam' })

function cardBy(nick: string, number: number, clock: number, title = `${number}`): Readable {
  const body = encodeRoomCardBody({ nick, ...cardOf(title) })
  return { id: idOf(number), author: authorOf(nick), clock, kind: KIND_ROOM_CARD, body }
}

test('the last card in the order of the room counts, whoever put it; its author can take it back', () => {
  const all = [
    cardBy('ann', 1, 1),
    subjectBy('ann', 2, 2),
    cardBy('ben', 3, 3),
    cardBy('ann', 4, 2)
  ]
  for (const some of [all, all.toReversed()]) {
    const { facts } = folded(some).fold
    expect(facts.card()).toMatchObject({ nick: 'ben', ...cardOf('3') })
    expect(facts.subject()?.subject).toBe('2')
  }
  expect(folded([...all, deletionBy('ann', 9, 3)]).fold.facts.card()?.title).toBe('3')
  const { changes, fold } = folded([...all, deletionBy('ben', 9, 3)])
  expect(fold.facts.card()?.title).toBe('4')
  expect(changes.at(-1)).toMatchObject({ type: 'card', card: { title: '4', nick: 'ann' } })
})

test('everybody has the card, whoever comes later too, until somebody takes it away', () => {
  const world = new World()
  const [ann, ben] = [world.join('ann'), world.join('ben')]
  world.introduce(ann, ben)
  world.run(5_000)
  ann.feed({ type: 'card', ...cardOf('The lobby') })
  world.run(1_000)
  expect(ben.events).toContainEqual(
    expect.objectContaining({ type: 'card', nick: 'ann', history: false, ...cardOf('The lobby') })
  )
  const eve = world.join('eve')
  world.introduce(ann, eve)
  world.run(20_000)
  expect(eve.machine.card()).toMatchObject(cardOf('The lobby'))
  ben.feed({ type: 'card', title: '', description: '', rules: '' })
  world.run(1_000)
  expect([ann, ben, eve].map(({ machine }) => machine.card())).toEqual([
    undefined,
    undefined,
    undefined
  ])
})

test('a body that is no card changes nothing', () => {
  const world = new World()
  const ann = world.join('ann')
  const eve = member(world, ann)
  const long = [0, 1, 97, 0, 2, 89, ...new Uint8Array(601).fill(0x61)]
  for (const [n, body] of [[], [200], [0, 65], [0, 2, 0xff, 0xfe, 0, 0, 0], long].entries())
    feedPushed(
      ann,
      eve,
      messageOf('eve', {
        kind: KIND_ROOM_CARD,
        clock: world.now + n,
        body: Uint8Array.from(body),
        nonce: numbered(n)
      })
    )
  expect(ann.events.filter(({ type }) => type === 'card')).toEqual([])
  expect(ann.machine.card()).toBeUndefined()
})
