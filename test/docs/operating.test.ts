import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { TRACE_AREAS } from '../../src/base/trace.js'
import { RoomCounters } from '../../src/room/counters.js'
import { roomMetrics } from '../../src/room/metrics.js'
import { relayMetrics } from '../../src/services/relay.js'
import { swarmMetrics } from '../../src/swarm/metrics.js'
import { emptyStats } from '../../src/swarm/swarm-options.js'

const page = readFileSync(
  fileURLToPath(new URL('../../docs/operating.md', import.meta.url)),
  'utf8'
)
const named = [...page.matchAll(/`(swarmchat_(?:room|swarm|relay)_[a-z_]+)(?:\{(\w+)\})?`/g)].map(
  ([, name = '', label]) => [name, label]
)

function figures() {
  const counters = new RoomCounters()
  counters.framesReceived.set('ping', 1)
  counters.framesSent.set('ping', 1)
  counters.linksClosed.set('silent', 1)
  const snapshot = { members: 1, links: 0, streams: 0, messages: 0 }
  const load = { links: 0, closing: 0, timers: 0 }
  const network = { name: 'public', state: 'online' } as const
  const swarm = { connections: 0, dials: 0, peers: 0, stats: emptyStats() }
  return [
    ...roomMetrics({ snapshot, load, counters, faults: 0 }),
    ...swarmMetrics({ ...swarm, networks: [network] }),
    ...relayMetrics([])
  ]
}

test('the page lists every figure with its label, and no other', () => {
  const known = new Map(figures().map(({ labels = {}, name }) => [name, Object.keys(labels)[0]]))
  expect(new Map(named as [string, string | undefined][])).toEqual(known)
})

test('and every area of a trace', () => {
  for (const area of TRACE_AREAS) expect(page).toContain(`| \`${area}\` |`)
})
