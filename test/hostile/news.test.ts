import { expect, test } from 'vitest'
import { type Peer, World } from '../support/harness.js'

/** Ids of messages that a member has announced to another, from that frame on. */
function announced(by: Peer, to: Peer, from: number): number {
  const frames = by.sent.slice(from).filter(sent => sent.to === to.device)
  return frames.reduce(
    (sum, { frame }) => sum + (frame.type === 'ihave' ? frame.entries.length : 0),
    0
  )
}

// The attacker spends 3,000 messages of 300 bytes over one link, all of just now. Whom it links to suffers: it announced all of them, could not
// send them, and whoever is asked for what it announced and does not send it is soon asked for nothing more. Now it announces 128.
test('a neighbour with much history of just now has nobody announce more than it can send', () => {
  const world = new World()
  const [ann, ben] = world.joinAll('ann', 'ben') as [Peer, Peer]
  const eve = world.join('eve')
  world.run(20_000)
  for (let n = 0; n < 3_000; n++) eve.say(`spam ${n} `.padEnd(300, '.'))
  const from = ann.sent.length
  world.introduce(eve, ann)
  world.run(3_000)
  expect(ann.texts().length).toBeGreaterThan(2_000)
  expect(announced(ann, ben, from)).toBeLessThan(300)
  world.run(60_000)
  expect(ben.texts().length).toBe(ann.texts().length)
})
