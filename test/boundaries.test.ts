import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const SRC = fileURLToPath(new URL('../src', import.meta.url))

/** Which folders of src/ each folder may import from: docs/architecture.md. */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  protocol: [],
  // Ids, key pairs and milliseconds; what a room is stays unknown to it.
  swarm: ['protocol'],
  room: ['protocol', 'swarm'],
  ui: ['protocol', 'room'],
  // The runner speaks `join --json` to its child and shows logs on a terminal.
  bot: ['protocol', 'room', 'ui'],
  testing: ['protocol', 'room', 'bot'],
  commands: ['room', 'swarm', 'ui', 'bot']
}

/** What swarm/ may know of protocol/: vocabulary. */
const VOCABULARY = ['config.ts', 'crypto.ts', 'ids.ts']

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
  readonly imports: readonly string[]
}

const sources: Source[] = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter(name => name.endsWith('.ts') || name.endsWith('.tsx'))
  .map(read)

function read(name: string): Source {
  const text = readFileSync(join(SRC, name), 'utf8')
  const code = text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '')
  const imports = [...code.matchAll(/(?:from|import) '([^']+)'/g)].map(([, from = '']) => from)
  return { path: name, folder: name.split('/')[0] ?? '', code, imports }
}

function target({ path }: Source, from: string): string {
  return relative(SRC, resolve(SRC, dirname(path), from)).replace(/\.js$/, '.ts')
}

describe('the arrows of docs/architecture.md', () => {
  it.each(Object.entries(ARROWS))('%s imports only what it may', (folder, allowed) => {
    const wrong = sources
      .filter(source => source.folder === folder)
      .flatMap(source =>
        source.imports
          .filter(from => from.startsWith('.'))
          .map(from => target(source, from))
          .filter(to => to.includes('/') && ![folder, ...allowed].includes(to.split('/')[0] ?? ''))
          .map(to => `${source.path} imports ${to}`)
      )
    expect(wrong).toEqual([])
  })

  it('swarm knows the vocabulary of protocol and nothing else of it', () => {
    const known = sources
      .filter(source => source.folder === 'swarm')
      .flatMap(source => source.imports.map(from => target(source, from)))
      .filter(to => to.startsWith('protocol/'))
    expect(known.filter(to => !VOCABULARY.includes(to.slice('protocol/'.length)))).toEqual([])
  })

  it('only swarm/hyperdht.ts imports hyperdht', () => {
    const importers = sources.filter(source => source.imports.includes('hyperdht'))
    expect(importers.map(source => source.path)).toEqual(['swarm/hyperdht.ts'])
  })

  it('protocol is pure', () => {
    const impure = sources
      .filter(source => source.folder === 'protocol')
      .flatMap(source => IMPURE.filter(p => p.test(source.code)).map(p => `${source.path}: ${p}`))
    expect(impure).toEqual([])
  })
})
