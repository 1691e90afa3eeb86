import { describe, expect, test } from 'vitest'
import { stripMessage, type VerifiedMessage } from '../../src/protocol/wire/message.js'
import { idsOf, type Peer, World } from '../support/harness.js'

const HOUR = 3_600_000

/** What somebody has said elsewhere: the newest takes back the second. */
function saidElsewhere(): VerifiedMessage[] {
  const world = new World(7)
  const eve = world.join('eve')
  for (const text of ['one', 'two', 'three']) eve.say(text)
  const id = eve.of('message')[1]?.message.id
  if (id !== undefined) eve.feed({ type: 'delete', id })
  return eve.stored
}

const storedBy = ({ bare, stored }: Peer) => [...stored, ...bare].map(({ id }) => id).sort()

/** Two members who have each other's lines, an hour after those of {@link saidElsewhere}. */
function room() {
  const world = new World()
  world.run(HOUR)
  const [ann, ben] = world.joinAll('ann', 'ben')
  world.run(5_000)
  ann?.say('hello')
  world.run(5_000)
  if (ann === undefined || ben === undefined) throw new Error('both are there')
  return { world, ann, ben }
}

describe('a transcript that is merged into a room', () => {
  test('is stored, and told as history; once more changes nothing, and neighbours get it', () => {
    const { ann, ben, world } = room()
    const messages = saidElsewhere()
    ann.feed({ type: 'merge', messages })
    const told = ann.of('message').map(({ message: { history, text } }) => [text, history])
    expect(told.slice(1)).toEqual([
      ['one', true],
      ['two', true],
      ['three', true]
    ])
    expect(idsOf(ann)?.slice(0, messages.length)).toEqual(messages.map(({ id }) => id))
    const before = storedBy(ann)
    ann.feed({ type: 'merge', messages })
    expect(storedBy(ann)).toEqual(before)
    world.run(15 * 60_000)
    expect(idsOf(ben)).toEqual(idsOf(ann))
  })

  test('gives no message without its body whose author has not taken it back', () => {
    const { ann } = room()
    const [one, two, three, deletion] = saidElsewhere()
    if (!one || !two || !three || !deletion) expect.fail('four were said')
    ann.feed({ type: 'merge', messages: [stripMessage(one), deletion, stripMessage(two)] })
    expect(ann.machine.has(one.id)).toBe(false)
    expect(ann.bare.map(({ id }) => id)).toEqual([two.id])
  })

  test('gives nothing that is older than what is kept', () => {
    const world = new World()
    world.run(HOUR)
    const ann = world.join('ann', { keep: { maxAgeMillis: HOUR / 2 } })
    ann.feed({ type: 'merge', messages: saidElsewhere() })
    expect(ann.stored.filter(({ author }) => author !== ann.identity)).toEqual([])
  })
})

describe('a room whose history is deleted here', () => {
  test('has none of it, does not fetch it from others, and goes on', () => {
    const { ann, ben, world } = room()
    ben.say('to be forgotten')
    ben.feed({ type: 'subject', subject: 'secret plans' })
    world.run(5_000)
    const kept = idsOf(ann)
    expect(kept?.length).toBeGreaterThanOrEqual(2)
    ann.feed({ type: 'forget-all' })
    expect(ann.forgotten.toSorted()).toEqual(kept?.toSorted())
    expect(ann.machine.search({ text: 'forgotten' }, 10)).toEqual([])
    expect(ann.machine.subject()).toBeUndefined()
    world.run(HOUR)
    expect(idsOf(ann)).toEqual([])
    ben.say('afterwards')
    world.run(5_000)
    ann.say('me, too')
    world.run(5_000)
    expect(ann.texts().slice(-2)).toEqual(['afterwards', 'me, too'])
    expect(idsOf(ann)).toHaveLength(2)
    expect(ben.texts().at(-1)).toBe('me, too')
  })

  test('keeps those that are to stay, as if nothing had happened', () => {
    const { ann, ben, world } = room()
    ben.say('to be forgotten')
    ben.say('to stay')
    world.run(5_000)
    const stays = new Set(ann.machine.search({ text: 'stay' }, 10).map(({ id }) => id))
    expect(stays.size).toBe(1)
    ann.feed({ type: 'forget-all', stays })
    expect(idsOf(ann)).toEqual([...stays])
    ann.feed({ type: 'forget-all', stays: new Set() })
    expect(idsOf(ann)).toEqual([])
    world.run(HOUR)
    expect(idsOf(ann)).toEqual([])
  })
})
