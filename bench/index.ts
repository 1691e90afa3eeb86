// Swarm and Room side by side with Hyperswarm: `npm run bench [-- sections] [--pairs n] [--patience s]`.
import { parseArgs } from 'node:util'
import { chat } from './sections/chat.js'
import { crowd } from './sections/crowd.js'
import { ghosts } from './sections/ghosts.js'
import { idle } from './sections/idle.js'
import { join } from './sections/join.js'
import { restart } from './sections/restart.js'
import { report } from './support/report.js'
import type { Findings, Section } from './support/section.js'
import { World } from './support/world.js'

// What runs in the background comes first.
const SECTIONS: readonly Section[] = [idle, join, crowd, ghosts, restart, chat]

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    pairs: { type: 'string', default: '10' },
    patience: { type: 'string', default: '12' },
    full: { type: 'boolean', default: false }
  }
})
const scale = {
  pairs: Number(values.pairs),
  patience: Number(values.patience) * 1_000,
  full: values.full,
  seconds: Number.POSITIVE_INFINITY
}
const chosen = SECTIONS.filter(({ name }) => positionals.length === 0 || positionals.includes(name))

const world = await World.open()
try {
  const results = new Map<Section, Promise<Findings>>()
  for (const section of chosen) {
    const running = timed(section)
    results.set(section, running)
    if (section.background !== true) await running
  }
  for (const [section, running] of results) console.log(`${report(section, await running)}\n`)
} finally {
  await world.close()
}

async function timed(section: Section): Promise<Findings> {
  const start = performance.now()
  const findings = await section.run(
    world,
    scale.full ? scale : { ...scale, seconds: section.seconds }
  )
  console.error(`${section.name}: ${((performance.now() - start) / 1_000).toFixed(0)} s`)
  return findings
}
