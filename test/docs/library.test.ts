import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, test } from 'vitest'
import { type PublicName, publicNames } from '../support/public-api.js'

// docs/library.md against the sources: each export has a section, or a row in a table; each of its members is in there.

const DOCS = new URL('../../docs/', import.meta.url)
const page = read('library.md')
const codes = new Set(
  [...`${read('errors.md')}${read('networks.md')}`.matchAll(/^\| `([A-Z0-9_]+)`/gm)].map(
    ([, code]) => code
  )
)

let names: PublicName[]
beforeAll(() => {
  names = publicNames('src/index.ts')
})

function read(file: string): string {
  return readFileSync(fileURLToPath(new URL(file, DOCS)), 'utf8')
}

/** The section whose heading is this name; undefined where there is none. */
function section(name: string): string | undefined {
  const [, after] = page.split(`\n### \`${name}\`\n`)
  return after?.split(/\n##+ /)[0]
}

/** What the first cells of a text's tables name, each with its row: `say(text)` and `Room.open(options)` are say and open. */
function rows(text: string): Map<string, string> {
  const found = new Map<string, string>()
  for (const [row, cell = ''] of text.matchAll(/^\| (`[^|]*) \|.*$/gm))
    for (const name of cell.matchAll(/`(?:[A-Z]\w*\.)?([\w-]+)(?:\([^`]*\))?`/g))
      found.set(String(name[1]), row)
  return found
}

const TABLES = page.slice(page.indexOf('\n## Functions\n'))

function described(name: string): string | undefined {
  return section(name) ?? rows(TABLES).get(name)
}

function rowOf(name: string, part: string): string | undefined {
  const own = section(name)
  if (own !== undefined) return rows(own).get(part)
  const row = rows(TABLES).get(name)
  return row?.includes(`\`${part}\``) === true ? row : undefined
}

describe('docs/library.md', () => {
  test('has every name that the package exports', () => {
    expect(names.length).toBeGreaterThan(50)
    expect(names.filter(({ name }) => described(name) === undefined)).toEqual([])
  })

  test('has every member, option, event and value of them', () => {
    const missing = names.flatMap(({ name, parts }) =>
      parts
        .filter(part => !isUsual(part.name) && rowOf(name, part.name) === undefined)
        .map(part => `${name}.${part.name}`)
    )
    expect(missing).toEqual([])
  })

  test('has no member that is gone', () => {
    const stale = names.flatMap(({ name, parts }) => {
      const known = new Set(parts.map(part => part.name))
      const told = [...rows(section(name) ?? '').keys()]
      return told.filter(part => !known.has(part)).map(part => `${name}.${part}`)
    })
    expect(stale).toEqual([])
    const headings = [...page.matchAll(/^### `(\w+)`$/gm)].map(([, name]) => name)
    const exported = names.map(({ name }) => name)
    expect(
      [...headings, ...rows(TABLES).keys()].filter(name => !exported.includes(name ?? ''))
    ).toEqual([])
  })

  test('has the fields of each event of a room', () => {
    const events = names.find(({ name }) => name === 'RoomEvents')?.parts ?? []
    expect(events.length).toBeGreaterThan(10)
    for (const { fields, name } of events)
      for (const field of fields.filter(field => field !== 'type'))
        expect(rowOf('RoomEvents', name) ?? '', name).toContain(`\`${field}\``)
  })

  test('has the errors that each of them throws, and only errors that there are', () => {
    for (const { name, parts, throws } of names) {
      for (const code of throws) expect(described(name) ?? '', name).toContain(code)
      for (const part of parts)
        for (const code of part.throws)
          expect(rowOf(name, part.name) ?? '', part.name).toContain(code)
    }
    const named = page.match(/\b[A-Z]+_[A-Z_]+\b|\bOFFLINE\b/g) ?? []
    expect(named.filter(code => !code.startsWith('SWARMCHAT_') && !codes.has(code))).toEqual([])
  })

  test('has a default, or that there is none, for each option', () => {
    for (const name of ['RoomOptions', 'SwarmOptions', 'JoinOptions', 'LanOptions'])
      for (const [option, row] of rows(section(name) ?? ''))
        expect(row.split('|').map(cell => cell.trim())[2], `${name}.${option}`).not.toBe('')
  })
})

// What every emitter has.
function isUsual(name: string): boolean {
  return name === 'on' || name === 'once' || name === 'off'
}
