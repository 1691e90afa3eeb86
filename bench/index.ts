// Swarm and Room side by side with Hyperswarm: `npm run bench [-- section ...] [options]`.
//   --pairs n     interleaved runs of each side, fewer where the five minutes do not suffice; default 10
//   --patience s  how long peers that do not meet are waited for; default 10, with --full 30
//   --full        all runs of everything, however long it takes (half an hour)
//   --json        prints JSON, not Markdown
//   --save        also writes the section in docs/measurements.md, and bench/results.json
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { chat } from './sections/chat.js'
import { crowd } from './sections/crowd.js'
import { ghosts } from './sections/ghosts.js'
import { idle } from './sections/idle.js'
import { join } from './sections/join.js'
import { restart } from './sections/restart.js'
import { putSection } from './support/docs.js'
import { describe, load, machine } from './support/machine.js'
import { LEGEND, report } from './support/report.js'
import type { Findings, Scale, Section } from './support/section.js'
import { DHT_NODES, World } from './support/world.js'

const DOCS = fileURLToPath(new URL('../docs/measurements.md', import.meta.url))
const RESULTS = fileURLToPath(new URL('./results.json', import.meta.url))
const HEADING = '## Swarm against Hyperswarm'

/** In the order of the report. Sections in the background begin first. */
const SECTIONS: readonly Section[] = [join, crowd, ghosts, restart, idle, chat]

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    pairs: { type: 'string', default: '10' },
    patience: { type: 'string' },
    full: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    save: { type: 'boolean', default: false }
  }
})
const patience = Number(values.patience ?? (values.full ? 30 : 10))
const chosen = SECTIONS.filter(({ name }) => positionals.length === 0 || positionals.includes(name))

const before = load()
const start = performance.now()
const results = await runAll()
const minutes = (performance.now() - start) / 60_000
const about = { ...machine(), load: [before, load()] }
const command = [
  'npm run bench',
  ...(process.argv.length > 2 ? ['--'] : []),
  ...process.argv.slice(2)
].join(' ')
const json = JSON.stringify({ command, minutes, machine: about, sections: results }, rounded, 1)
const markdown = [
  `\`${command}\`, ${minutes.toFixed(1)} minutes, on ${describe(about)}.`,
  `One DHT of ${DHT_NODES} nodes on loopback in a process of their own, the peers in processes of theirs, the two sides in turns. A delay is put on every datagram of the DHT, of handshakes and of punches; UDX streams are native code and stay undelayed. ${LEGEND}`,
  ...results.map(({ section, findings }) => report(section, findings))
].join('\n\n')
console.log(values.json ? json : markdown)
if (values.save) {
  putSection(DOCS, 'Measurements', HEADING, markdown)
  writeFileSync(RESULTS, `${json}\n`)
}

interface Result {
  readonly section: Section
  readonly findings: Findings
}

async function runAll(): Promise<Result[]> {
  const world = await World.open()
  try {
    const background = chosen.filter(section => section.background === true)
    const waiting = background.map(section => timed(world, section))
    const results: Result[] = []
    for (const section of chosen) {
      if (section.background !== true) results.push(await timed(world, section))
    }
    results.push(...(await Promise.all(waiting)))
    return results.sort((a, b) => chosen.indexOf(a.section) - chosen.indexOf(b.section))
  } finally {
    await world.close()
  }
}

async function timed(world: World, section: Section): Promise<Result> {
  const begun = performance.now()
  const findings = await section.run(world, scaleOf(section))
  console.error(`${section.name}: ${((performance.now() - begun) / 1_000).toFixed(0)} s`)
  return { section, findings }
}

function scaleOf({ seconds }: Section): Scale {
  return {
    pairs: Number(values.pairs),
    patience: patience * 1_000,
    full: values.full,
    seconds: values.full ? Number.POSITIVE_INFINITY : seconds
  }
}

function rounded(_key: string, value: unknown): unknown {
  return typeof value === 'number' ? Number(value.toPrecision(5)) : value
}
