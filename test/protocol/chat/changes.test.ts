import { expect, test } from 'vitest'
import type { MessageId } from '../../../src/base/ids.js'
import type { Saying } from '../../../src/protocol/events.js'
import { encodeDeletionBody } from '../../../src/protocol/wire/bodies/deletion.js'
import { encodeReactionBody } from '../../../src/protocol/wire/bodies/reaction.js'
import { encodeLineAbout } from '../../../src/protocol/wire/bodies/text.js'
import { KIND_DELETION, KIND_EDIT, KIND_REACTION } from '../../../src/protocol/wire/kinds.js'
import { type Peer, World } from '../../support/harness.js'
import { feedPushed, member, messageOf, numbered, textOf } from '../../support/hostile.js'

/** Two members that have met. */
function pair() {
  const world = new World()
  const [ann, ben] = [world.join('ann'), world.join('ben')]
  world.introduce(ann, ben)
  world.run(5_000)
  return { world, ann, ben }
}

function say(peer: Peer, saying: Saying): MessageId {
  peer.feed(saying)
  const { id } = peer.stored.at(-1) ?? expect.fail('nothing was said')
  return id
}

function told(peer: Peer) {
  return peer.events.flatMap(event => {
    switch (event.type) {
      case 'message':
        return [`said ${event.message.text}${event.message.replyTo ? ' in reply' : ''}`]
      case 'edit':
        return [`edited ${event.text}`]
      case 'delete':
        return ['deleted']
      case 'reaction':
        return [`${event.removed ? 'removed' : 'put'} ${event.emoji}`]
      default:
        return []
    }
  })
}

test('everybody hears of replies, edits, reactions and deletions', () => {
  const { ann, ben, world } = pair()
  const id = say(ann, { type: 'say', text: 'helo' })
  world.run(1_000)
  say(ben, { type: 'say', text: 'what?', replyTo: id })
  say(ann, { type: 'edit', id, text: 'hello' })
  say(ben, { type: 'react', id, emoji: '👍', removed: false })
  world.run(1_000)
  say(ben, { type: 'react', id, emoji: '👍', removed: true })
  world.run(1_000)
  say(ann, { type: 'delete', id })
  world.run(1_000)
  for (const peer of [ann, ben]) {
    expect(told(peer).toSorted()).toEqual(
      [
        'said helo',
        'said what? in reply',
        'edited hello',
        'put 👍',
        'removed 👍',
        'deleted'
      ].toSorted()
    )
    expect(peer.machine.line(id)).toBeUndefined()
  }
})

test('whoever comes later sees lines as they read now, and none that was deleted', () => {
  const { ann, world } = pair()
  const id = say(ann, { type: 'say', text: 'helo' })
  const gone = say(ann, { type: 'say', text: 'secret' })
  say(ann, { type: 'edit', id, text: 'hello' })
  say(ann, { type: 'delete', id: gone })
  world.run(1_000)
  const eve = world.join('eve')
  world.introduce(ann, eve)
  world.run(20_000)
  const lines = eve.machine.history().flatMap(({ id }) => eve.machine.line(id)?.text ?? [])
  expect(lines).toEqual(['hello'])
  expect(eve.machine.line(gone)).toBeUndefined()
})

test('nobody edits, deletes, answers or reacts to what is not there, nor changes what is not theirs', () => {
  const { ann, ben, world } = pair()
  const id = say(ann, { type: 'say', text: 'mine' })
  world.run(1_000)
  const before = ben.stored.length
  ben.feed({ type: 'edit', id, text: 'yours' })
  ben.feed({ type: 'delete', id })
  ben.feed({ type: 'react', id: 'f'.repeat(64) as MessageId, emoji: 'x', removed: false })
  ben.feed({ type: 'say', text: 'hm', replyTo: 'f'.repeat(64) as MessageId })
  expect(ben.stored).toHaveLength(before)
})

test('the changes of a stranger count for its own lines alone, whatever comes first', () => {
  const world = new World()
  const ann = world.join('ann')
  const eve = member(world, ann)
  const anns = say(ann, { type: 'say', text: 'by ann' })
  const eves = textOf('eve', 'by eve', world.now)
  const edit = (target: MessageId, text: string, clock = world.now + 1) =>
    messageOf('eve', {
      kind: KIND_EDIT,
      clock,
      body: encodeLineAbout({ nick: 'eve', target, text })
    })
  const deletion = messageOf('eve', {
    kind: KIND_DELETION,
    clock: world.now + 2,
    body: encodeDeletionBody({ targets: [anns] })
  })
  const sign = messageOf('eve', {
    kind: KIND_REACTION,
    clock: world.now + 3,
    body: encodeReactionBody({ target: eves.id, sign: '\u001b[2Jx', removed: false })
  })
  const hourAhead = edit(eves.id, 'from the future', world.now + 3_600_000)
  for (const one of [
    edit(eves.id, 'edited'),
    edit(anns, 'not hers'),
    deletion,
    sign,
    hourAhead,
    eves
  ])
    feedPushed(ann, eve, one)
  expect(told(ann)).toEqual(['said by ann', 'said edited', 'put \u001b[2Jx'])
  expect(ann.machine.line(anns)?.text).toBe('by ann')
})

test('thousands of reactions of one author take no more than its share, and nobody else loses a line', () => {
  const world = new World()
  const ann = world.join('ann', { maxMessages: 100 })
  const eve = member(world, ann)
  const id = say(ann, { type: 'say', text: 'by ann' })
  for (let n = 0; n < 2_000; n++) {
    const body = encodeReactionBody({ target: id, sign: `s${n}`, removed: false })
    const clock = world.now + n
    feedPushed(ann, eve, messageOf('eve', { kind: KIND_REACTION, clock, body, nonce: numbered(n) }))
    if (n % 40 === 0) world.run(1_000)
  }
  expect(ann.machine.snapshot().messages).toBeLessThanOrEqual(100)
  expect(ann.machine.line(id)?.text).toBe('by ann')
})

test('what was taken back leaves its body behind everywhere, and late comers get it without', () => {
  const { ann, ben, world } = pair()
  const id = say(ann, { type: 'say', text: 'secret' })
  const edit = say(ann, { type: 'edit', id, text: 'secret, too' })
  const kept = say(ann, { type: 'say', text: 'kept' })
  world.run(1_000)
  say(ann, { type: 'delete', id })
  world.run(1_000)
  for (const peer of [ann, ben])
    expect(peer.bare.map(({ id }) => id).toSorted()).toEqual([id, edit].toSorted())
  const late = world.join('late')
  world.introduce(ben, late)
  world.run(30_000)
  const history = (peer: Peer) =>
    peer.machine.history().map(({ body, id }) => [id, body === undefined])
  expect(history(late)).toEqual(history(ann))
  expect(new Map(history(late) as [string, boolean][])).toEqual(
    new Map([
      ...late.machine
        .history()
        .map(message => [message.id, [id, edit].includes(message.id)] as const)
    ])
  )
  expect(late.machine.line(kept)?.text).toBe('kept')
  expect(
    [ann, ben, late].flatMap(({ closed }) => closed.filter(({ reason }) => reason !== 'not-needed'))
  ).toEqual([])
})

test('a line that comes after its deletion is not shown, and its body is not kept', () => {
  const world = new World()
  const ann = world.join('ann')
  const eve = member(world, ann)
  const line = textOf('eve', 'secret', world.now)
  const body = encodeDeletionBody({ targets: [line.id] })
  feedPushed(ann, eve, messageOf('eve', { kind: KIND_DELETION, clock: world.now + 1, body }))
  feedPushed(ann, eve, line)
  expect(told(ann)).toEqual([])
  expect(ann.bare.map(({ id }) => id)).toEqual([line.id])
})
