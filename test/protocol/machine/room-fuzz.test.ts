import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeFrame, encodeFrame, type Frame } from '../../../src/protocol/wire/frames.js'
import { frames } from '../../support/arbitrary-frames.js'
import { type Peer, type Puppet, World } from '../../support/harness.js'
import { hello, identify, visit } from '../../support/hostile.js'

/** `FUZZ_RUNS=10000 npx vitest run test/protocol/room-fuzz.test.ts` for the long run. */
const FUZZ_RUNS = Math.min(10_000, Number(process.env.FUZZ_RUNS ?? 50))

function enter(world: World, ann: Peer): Puppet {
  const eve = visit(world, ann)
  eve.send(ann.device, hello(eve))
  eve.send(ann.device, identify(eve, 'eve'))
  eve.send(ann.device, { type: 'neighbor', priority: 'high' })
  return eve
}

const mutated = fc
  .tuple(frames, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 2 }))
  .map(([frame, changes]): Frame | undefined => {
    const bytes = encodeFrame(frame)
    for (const [at, value] of changes) bytes[at % bytes.length] = value
    const decoded = decodeFrame(bytes)
    return decoded.ok ? decoded.frame : undefined
  })

test('whatever a member sends, nothing throws and the others go on', () => {
  fc.assert(
    fc.property(fc.array(mutated, { maxLength: 60 }), fc.boolean(), (inputs, enters) => {
      const world = new World(3)
      const [ann, bob] = [world.join('ann'), world.join('bob')]
      world.introduce(ann, bob)
      world.run(1_000)
      const eve = enters ? enter(world, ann) : world.puppet('eve')
      if (!enters) world.connect(eve, ann)
      world.run(100)
      for (const frame of inputs) {
        if (frame === undefined) ann.feed({ type: 'bad-frame', from: eve.device, detail: 'fuzz' })
        else ann.feed({ type: 'frame', from: eve.device, frame })
      }
      world.run(5_000)
      bob.say('still here')
      world.run(3_000)
      expect(ann.texts()).toContain('still here')
      expect(ann.machine.snapshot().streams).toBeLessThanOrEqual(3)
    }),
    { numRuns: FUZZ_RUNS }
  )
})
