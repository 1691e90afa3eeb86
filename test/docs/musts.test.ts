import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const page = readFileSync(`${ROOT}/docs/protocol.md`, 'utf8')

/** What a rule is called, in the page and in the titles of tests. */
const NAME = /\[(M\d+)\]/g
/** A text in quotes, on one line: titles are such. */
const QUOTED = /(['"`])((?:(?!\1)[^\\\n]|\\.)*)\1/g

const namesIn = (text: string) => [...text.matchAll(NAME)].map(([, name = '']) => name)

/** The code of every test, without what is said about it. */
const code = readdirSync(`${ROOT}/test`, { recursive: true, encoding: 'utf8' })
  .filter(name => /\.test\.tsx?$/.test(name) && !name.endsWith('musts.test.ts'))
  .map(name => readFileSync(`${ROOT}/test/${name}`, 'utf8').replace(/^\s*(\/\/|\*|\/\*).*$/gm, ''))

const tested = new Set(
  code.flatMap(text => [...text.matchAll(QUOTED)].flatMap(([, , quoted = '']) => namesIn(quoted)))
)
const rules = [...page.matchAll(/\bMUST(?: NOT)?\s+\[(M\d+)\]/g)].map(([, name = '']) => name)

describe('docs/protocol.md', () => {
  test('has a name for every rule that says MUST, and no name twice', () => {
    const nameless = [...page.matchAll(/\bMUST\b(?: NOT)?(?!,)(?!\s+NOT)(?!\s+\[M\d+\])[^\n]*/g)]
    expect(nameless.map(([text]) => text)).toEqual([])
    expect(rules.length).toBeGreaterThan(50)
    expect(rules).toEqual([...new Set(rules)])
  })

  test('has a test for every one of them, which names it', () => {
    expect(rules.filter(name => !tested.has(name))).toEqual([])
  })

  test('has every rule that a test names', () => {
    expect([...tested].filter(name => !rules.includes(name))).toEqual([])
  })
})
