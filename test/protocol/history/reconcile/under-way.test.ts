import b4a from 'b4a'
import { expect, test } from 'vitest'
import { type Peer, World } from '../../../support/harness.js'

/** Three members that know each other, and have been linked for a while; the clocks of the first and the last are that far off. */
function scene(wallSkew = 0) {
  const world = new World()
  const ann = world.join('ann', {}, wallSkew)
  const ben = world.join('ben')
  const cyd = world.join('cyd', {}, wallSkew)
  world.introduce(ann, ben, cyd)
  world.run(30_000)
  ben.say('long ago')
  world.run(20_000)
  return { world, ann, ben, cyd }
}

/** The first and the last part, somebody says something, and they meet again: what either has sent before that. */
function partAndMeet({ ann, cyd, world }: ReturnType<typeof scene>, speaker: Peer) {
  world.cut(ann, cyd)
  world.run(200)
  speaker.say('just now')
  world.run(300)
  const from = [ann.sent.length, cyd.sent.length] as const
  world.introduce(ann, cyd)
  world.run(3_000)
  return from
}

/** True if an exchange that either opened with the other, from that frame on, names the message that they have stored at that place. */
function names(one: Peer, other: Peer, from: readonly [number, number], place: number): boolean {
  const id = Buffer.from(one.stored[place]?.id ?? '', 'hex')
  const opened = [one.sent.slice(from[0]), other.sent.slice(from[1])]
    .flat()
    .flatMap(({ frame, to }) => {
      const isTheirs = to === one.device || to === other.device
      return isTheirs && frame.type === 'reconcile' && frame.step === 'open' ? [frame.payload] : []
    })
  expect(opened.length).toBeGreaterThan(0)
  return opened.some(payload => b4a.indexOf(payload, id) >= 0)
}

test('where neighbours link up what was just said is under way, and no history', () => {
  const all = scene()
  const { ann, cyd } = all
  const from = partAndMeet(all, ann)
  expect(cyd.texts()).toEqual(['long ago', 'just now'])
  expect(names(ann, cyd, from, 0)).toBe(true)
  expect(names(ann, cyd, from, 1)).toBe(false)
})

test('what somebody whose clock is ahead of theirs said long ago is history', () => {
  const all = scene(-120_000)
  const { ann, cyd } = all
  const from = partAndMeet(all, all.ben)
  expect(names(ann, cyd, from, 0)).toBe(true)
  expect(names(ann, cyd, from, 1)).toBe(false)
})

test('whoever is new is told everything, by whichever side dialled', () => {
  const { ann, world } = scene()
  ann.say('just now')
  world.run(300)
  const dan = world.join('dan')
  const from = [ann.sent.length, dan.sent.length] as const
  world.introduce(ann, dan)
  world.run(1_000)
  expect(dan.texts()).toEqual(['long ago', 'just now'])
  expect(names(ann, dan, from, 1)).toBe(true)
})

test('what was just said and came as history is told to the other neighbours, who may be of another part of the room', () => {
  const world = new World()
  const [ann, amy] = world.joinAll('ann', 'amy') as [Peer, Peer]
  const [ben, bob] = world.joinAll('ben', 'bob') as [Peer, Peer]
  world.run(20_000)
  ann.say('just now')
  world.run(300)
  world.introduce(amy, ben)
  world.run(3_000)
  for (const each of [ben, bob]) expect(each.texts()).toEqual(['just now'])
})
