import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const PAGE = readFileSync(join(ROOT, 'docs/security.md'), 'utf8')

interface Named {
  readonly file: string
  readonly titles: readonly string[]
}

/** The tests that a piece of the page names: a file, and titles in quotation marks after it. */
function testsIn(text: string): Named[] {
  const found = text.matchAll(/`(test\/[\w./-]+\.ts)`((?::|,)?(?:[\s,]*“[^”]+”)*)/g)
  return [...found].map(([, file = '', titles = '']) => ({
    file,
    titles: [...titles.matchAll(/“([^”]+)”/g)].map(([, title = '']) => title.replace(/\s+/g, ' '))
  }))
}

/** The titles that are in a file of tests, as its source has them. */
function titlesOf(file: string): Set<string> {
  const source = existsSync(join(ROOT, file)) ? readFileSync(join(ROOT, file), 'utf8') : ''
  const [single, double] = [/'((?:[^'\\\n]|\\.)+)'/g, /"((?:[^"\\\n]|\\.)+)"/g]
  const all = [...source.matchAll(single), ...source.matchAll(double)]
  return new Set(all.map(([, title = '']) => title))
}

/** The rows of the table of what is protected. */
function claims(): string[] {
  const [, table = ''] = PAGE.split('## What is protected')
  const [rows = ''] = table.split('\n## ')
  return rows.split('\n').filter(line => /^\| [^|-]/.test(line) && !line.startsWith('| |'))
}

const named = testsIn(PAGE)
const scenarios = readdirSync(join(ROOT, 'test/hostile')).map(name => `test/hostile/${name}`)

describe('docs/security.md', () => {
  test('has its claims in a table', () => {
    expect(claims().length).toBeGreaterThan(20)
  })

  test.each(claims())('names a test of: %s', claim => {
    expect(testsIn(claim).flatMap(({ titles }) => titles)).not.toEqual([])
  })

  test.each(named)('names tests that are in $file', ({ file, titles }) => {
    expect(titles).not.toEqual([])
    const there = titlesOf(file)
    // A table of cases puts its first words before the title.
    const isThere = (title: string) => [...there].some(each => each.includes(title))
    expect(titles.filter(title => !isThere(title))).toEqual([])
  })

  test('names every hostile scenario', () => {
    const files = new Set(named.map(({ file }) => file))
    const left = scenarios.filter(file => !files.has(file) && !file.endsWith('.long.test.ts'))
    expect(left).toEqual([])
  })

  test.each(scenarios)('has a scenario that says what it costs whom: %s', file => {
    const source = readFileSync(join(ROOT, file), 'utf8')
    expect(source).toMatch(/\/\/ .*\b(spends|spent)\b/i)
    expect(source).toMatch(/\/\/ .*\b(costs|suffers|suffered)\b/i)
  })
})
