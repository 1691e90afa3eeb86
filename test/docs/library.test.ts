import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, test } from 'vitest'
import { type PublicName, publicNames } from '../support/public-api.js'

// The pages about the library against the sources: each export has a section, or a row in a table; each of its members is
// in there.

const DOCS = new URL('../../docs/', import.meta.url)
const codes = new Set(
  [...`${read('errors.md')}${read('networks.md')}`.matchAll(/^\| `([A-Z0-9_]+)`/gm)].map(
    ([, code]) => code
  )
)

function read(file: string): string {
  return readFileSync(fileURLToPath(new URL(file, DOCS)), 'utf8')
}

/** What the first cells of a text's tables name, each with its row: `say(text)` and `Room.open(options)` are say and open. */
function rows(text: string): Map<string, string> {
  const found = new Map<string, string>()
  for (const [row, cell = ''] of text.matchAll(/^\| (`[^|]*) \|.*$/gm))
    for (const name of cell.matchAll(/`(?:[A-Z]\w*\.)?([\w-]+)(?:\([^`]*\))?`/g))
      found.set(String(name[1]), row)
  return found
}

/** A page of reference. */
class ApiPage {
  readonly text: string
  /** The names that have a row instead of a section. */
  readonly short: ReadonlyMap<string, string>

  constructor(file: string) {
    this.text = read(file)
    this.short = rows(this.text.slice(this.text.indexOf('\n## Functions\n')))
  }

  /** The names that have a section. */
  get headings(): string[] {
    return [...this.text.matchAll(/^### `(\w+)`$/gm)].map(([, name = '']) => name)
  }

  /** The section whose heading is this name; empty where there is none. */
  section(name: string): string {
    const [, after = ''] = this.text.split(`\n### \`${name}\`\n`)
    return after.split(/\n##+ /)[0] ?? ''
  }

  /** All that is said of a name; empty where nothing is. */
  about(name: string): string {
    return this.section(name) || (this.short.get(name) ?? '')
  }

  /** The row of a member, which may be in the section of what it extends; empty where there is none. */
  row(name: string, part: string): string {
    const own = this.section(name)
    const [, base = ''] = /^An? `(\w+)`, and what follows/m.exec(own) ?? []
    if (own !== '') return rows(own).get(part) ?? (base && this.row(base, part))
    const row = this.short.get(name) ?? ''
    return row.includes(`\`${part}\``) ? row : ''
  }
}

describe.each([
  ['library.md', ['src/index.ts']],
  ['bot-api.md', ['src/bot/index.ts', 'src/testing/index.ts']]
])('docs/%s', (file, entries) => {
  const page = new ApiPage(file)
  let names: PublicName[]
  beforeAll(() => {
    names = publicNames(entries)
  })

  test('has every name that the package exports', () => {
    expect(names.length).toBeGreaterThan(40)
    const missing = names.filter(({ name }) => page.about(name) === '')
    expect(missing.map(({ name }) => name)).toEqual([])
  })

  test('has every member, option, event and value of them', () => {
    const missing = names.flatMap(({ name, parts }) =>
      parts
        .filter(part => !isUsual(part.name) && page.row(name, part.name) === '')
        .map(part => `${name}.${part.name}`)
    )
    expect(missing).toEqual([])
  })

  test('has nothing that is gone', () => {
    const stale = names.flatMap(({ name, parts }) => {
      const known = new Set(parts.map(part => part.name))
      const told = [...rows(page.section(name)).keys()]
      return told.filter(part => !known.has(part)).map(part => `${name}.${part}`)
    })
    expect(stale).toEqual([])
    const exported = new Set(names.map(({ name }) => name))
    expect([...page.headings, ...page.short.keys()].filter(name => !exported.has(name))).toEqual([])
  })

  test('has the fields of each event of a room', () => {
    const events = names.find(({ name }) => name === 'RoomEvents')?.parts ?? []
    expect(events.length > 10).toBe(file === 'library.md')
    for (const { fields, name } of events)
      for (const field of fields.filter(field => field !== 'type'))
        expect(page.row('RoomEvents', name), name).toContain(`\`${field}\``)
  })

  test('has the errors that each of them throws, and only errors that there are', () => {
    for (const { name, parts, throws } of names) {
      for (const code of throws) expect(page.about(name), name).toContain(code)
      for (const part of parts)
        for (const code of part.throws) expect(page.row(name, part.name), part.name).toContain(code)
    }
    const named = page.text.match(/\b[A-Z]+_[A-Z_]+\b|\bOFFLINE\b/g) ?? []
    expect(named.filter(code => !code.startsWith('SWARMCHAT_') && !codes.has(code))).toEqual([])
  })

  test('has a default, or that there is none, for each option', () => {
    const tables = page.text.match(/^\| option \| default \|.*\n(\|.*\n)+/gm) ?? []
    expect(tables.length).toBeGreaterThan(3)
    for (const [option, row] of tables.flatMap(table => [...rows(table)]))
      expect(row.split('|').map(cell => cell.trim())[2], option).not.toBe('')
  })
})

// What every emitter has.
function isUsual(name: string): boolean {
  return name === 'on' || name === 'once' || name === 'off'
}
