import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const SRC = fileURLToPath(new URL('../src', import.meta.url))

/** Which folders of src/ each folder may import from: docs/architecture.md. */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  base: [],
  async: ['base'],
  protocol: ['base'],
  home: ['base', 'protocol'],
  store: ['base', 'async', 'protocol'],
  swarm: ['base', 'async', 'protocol', 'home'],
  pipe: ['base', 'async', 'swarm'],
  services: ['base', 'async', 'swarm', 'home'],
  room: ['base', 'async', 'protocol', 'swarm', 'home', 'store'],
  doctor: ['base', 'async', 'protocol', 'swarm', 'home', 'store', 'room'],
  ndjson: ['base', 'protocol', 'room'],
  // The runner speaks `join --json` to its child.
  bot: ['base', 'async', 'room', 'home', 'ndjson'],
  // What is kept of how somebody chats: contacts, how far they read.
  ui: ['base', 'protocol', 'home', 'room', 'doctor', 'ndjson'],
  testing: ['base', 'protocol', 'room', 'bot'],
  cli: ['base', 'async', 'home'],
  commands: [
    'base',
    'async',
    'cli',
    'home',
    'swarm',
    'pipe',
    'services',
    'room',
    'doctor',
    'ndjson',
    'bot',
    'ui'
  ]
}

const MAX_LINES = 300

const IMPURE = [
  /from 'node:/,
  /\bset(Timeout|Interval|Immediate)\b/,
  /\bDate\b/,
  /\bMath\.random\b/,
  /\bprocess\./,
  /\bperformance\b/,
  /\basync\b/,
  /\bawait\b/
]

interface Source {
  readonly path: string
  readonly folder: string
  readonly code: string
  readonly lines: number
  readonly imports: readonly string[]
}

const sources: Source[] = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter(name => name.endsWith('.ts') || name.endsWith('.tsx'))
  .map(read)

const byPath = new Map(sources.map(source => [source.path, source]))

function read(name: string): Source {
  const text = readFileSync(join(SRC, name), 'utf8')
  const code = text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '')
  const imports = [...code.matchAll(/(?:from |import |import\()'([^']+)'/g)].map(
    ([, from = '']) => from
  )
  return {
    path: name,
    folder: name.split('/')[0] ?? '',
    code,
    lines: text.split('\n').length - 1,
    imports
  }
}

function target({ path }: Source, from: string): string {
  return relative(SRC, resolve(SRC, dirname(path), from)).replace(/\.js$/, '.ts')
}

/** The files that import each other, directly or by way of others: one list per circle of them. */
function circles(): string[][] {
  const ways = new Map(sources.map(source => [source.path, reached(source)]))
  const leadsTo = (from: string, to: string) => ways.get(from)?.has(to) === true
  const inCircles = sources.map(({ path }) => path).filter(path => leadsTo(path, path))
  const found = inCircles.map(path =>
    inCircles.filter(each => leadsTo(path, each) && leadsTo(each, path)).sort()
  )
  return [...new Map(found.map(circle => [circle.join(), circle])).values()]
}

/** All that a file imports, and what that imports. Types count: a circle of types is one to read. */
function reached(source: Source): Set<string> {
  const known = new Set(importsOf(source))
  for (const path of known) {
    for (const to of importsOf(byPath.get(path))) known.add(to)
  }
  return known
}

function importsOf(source: Source | undefined): string[] {
  if (source === undefined) return []
  return source.imports.filter(from => from.startsWith('.')).map(from => target(source, from))
}

describe('the arrows of docs/architecture.md', () => {
  it.each(Object.entries(ARROWS))('%s imports only what it may', (folder, allowed) => {
    const wrong = sources
      .filter(source => source.folder === folder)
      .flatMap(source =>
        importsOf(source)
          .filter(to => to.includes('/') && ![folder, ...allowed].includes(to.split('/')[0] ?? ''))
          .map(to => `${source.path} imports ${to}`)
      )
    expect(wrong).toEqual([])
  })

  it('only one file imports hyperdht', () => {
    const importers = sources.filter(source => source.imports.includes('hyperdht'))
    expect(importers.map(source => source.path)).toEqual(['swarm/dht/nodes.ts'])
  })

  it('room and doctor ask their networks, and do not reach for the DHT node behind them', () => {
    const reaching = sources
      .filter(({ folder }) => ['room', 'doctor'].includes(folder))
      .filter(({ code }) => /\bdht\b/.test(code.replace(/'[^']*'/g, '')))
    expect(reaching.map(({ path }) => path)).toEqual([])
  })

  it('every file is one idea of at most 300 lines', () => {
    const long = sources.filter(({ lines }) => lines > MAX_LINES).map(({ path }) => path)
    expect(long).toEqual([])
  })

  // A span that is measured with it lasts an hour longer when the clock is set back.
  it('only what tells a person the time reads the wall clock', () => {
    const frontEnds = ['commands', 'doctor', 'ui']
    const readers = sources
      .filter(({ folder }) => !frontEnds.includes(folder))
      .filter(source => /\bDate\.now\(/.test(source.code))
    expect(readers.map(source => source.path).sort()).toEqual([
      'room/clock.ts',
      'room/reach/refusals.ts',
      // The time of a deletion is for other programs, of which each has a steady clock of its own.
      'store/deletion.ts',
      // When an author was first heard is for the next run, which has a steady clock of its own.
      'store/kept-index.ts',
      'swarm/dial/dialling.ts',
      // A steady clock may stand still while the machine sleeps, which is what it looks for.
      'swarm/networks/watch.ts'
    ])
  })

  it('base and protocol are pure', () => {
    const impure = sources
      .filter(source => ['base', 'protocol'].includes(source.folder))
      .flatMap(source => IMPURE.filter(p => p.test(source.code)).map(p => `${source.path}: ${p}`))
    expect(impure).toEqual([])
  })

  it('no file imports itself by way of others', () => {
    expect(circles()).toEqual([])
  })
})
