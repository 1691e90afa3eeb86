import { expect, it } from 'vitest'
import type { Input } from '../../src/protocol/events.js'
import { burst } from './burst.js'
import { Processor } from './processor.js'
import { room } from './settings.js'

const FRAME: Input = { type: 'frame', from: 'peer' as never, frame: { type: 'ping' } }
const TIMER: Input = { type: 'timer', timer: { name: 'graft' } }

/** A processor with a clock of its own, and what it did when. */
function bench(share: number) {
  let now = 0
  const calls: { at: number; call: () => void }[] = []
  const done: [string, number][] = []
  const processor = new Processor(share, {
    now: () => now,
    at: (at, call) => calls.push({ at, call }),
    handle: () => [],
    perform: ({ type }) => done.push([type, now]),
    spent: () => {}
  })
  const run = () => {
    for (let next = calls.shift(); next; next = calls.shift()) {
      now = next.at
      next.call()
    }
  }
  return { done, processor, run }
}

it('an input takes its time, twice as long with half of the share', () => {
  const lasted = [0.2, 0.1].map(share => {
    const { done, processor, run } = bench(share)
    processor.accept(FRAME)
    run()
    return done[0]?.[1] ?? 0
  })
  expect(lasted[0]).toBeGreaterThan(0)
  expect(lasted[1]).toBeCloseTo(2 * (lasted[0] ?? 0))
})

it('what is due comes before what arrived earlier, as in an event loop', () => {
  const { done, processor, run } = bench(0.1)
  for (let frame = 0; frame < 2; frame++) processor.accept(FRAME)
  processor.accept(TIMER)
  run()
  expect(done.map(([type]) => type)).toEqual(['frame', 'timer', 'frame'])
})

it('a run with scarce processors is the same when it is made again', () => {
  const setting = room(6, { messages: 60, world: { cpu: 0.05 } })
  const [first, second] = [burst(setting), burst(setting)]
  expect(second.report.trace).toBe(first.report.trace)
  expect(second.busy).toEqual(first.busy)
  expect(first.report.delivery).toBe(1)
})
