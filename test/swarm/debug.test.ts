import { expect, test, vi } from 'vitest'
import type { TraceEvent } from '../../src/base/trace.js'
import { debugTrace, traceTo } from '../../src/swarm/debug.js'

const steps: TraceEvent[] = (['protocol', 'room', 'swarm'] as const).map(area => ({
  area,
  name: 'step',
  fields: {}
}))

/** The lines that this value prints of a step in each area. */
function printed(value: string | undefined): string[] {
  const lines: string[] = []
  const trace = debugTrace({ SWARMCHAT_DEBUG: value }, line => lines.push(line))
  for (const step of steps) trace?.(step)
  return lines
}

test.each([undefined, '', ' , ', '1'])('%j: nobody listens', value => {
  expect(debugTrace({ SWARMCHAT_DEBUG: value })).toBeUndefined()
})

test.each([
  ['swarm', ['swarm']],
  ['swarm, Room', ['room', 'swarm']],
  ['all', ['protocol', 'room', 'swarm']]
])('%j prints these areas, a line with its time each', (value, areas) => {
  const times = String.raw`^\d{4}-\d\d-\d\dT[\d:.]+Z`
  expect(printed(value)).toEqual(
    areas.map(area => expect.stringMatching(new RegExp(`${times} ${area} step\n$`)))
  )
})

test('a word that is no area is told, once, and acts on no terminal', () => {
  const [line, ...more] = printed('room,sw\u001b[2J')
  expect(line).toBe(
    'SWARMCHAT_DEBUG: nothing is called "sw\\u001b[2j"; there are protocol, room, swarm, all.\n'
  )
  expect(more).toHaveLength(1)
  expect(printed('room,sw\u001b[2J')).toHaveLength(1)
})

test('a listener that throws surfaces, and stops nothing', async () => {
  const surfaced: unknown[] = []
  vi.stubGlobal('queueMicrotask', (run: () => void) => {
    try {
      run()
    } catch (thrown) {
      surfaced.push(thrown)
    }
  })
  const fault = new Error('the owner’s')
  const trace = traceTo(() => {
    throw fault
  }, {})
  for (const step of steps) trace?.(step)
  vi.unstubAllGlobals()
  expect(surfaced).toEqual([fault, fault, fault])
})
