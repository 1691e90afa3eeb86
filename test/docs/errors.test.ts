import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { badRoomName, nobodyGotIt, offlineEverywhere, openIdentity } from '../../src/base/errors.js'
import { outputLost } from '../../src/cli/streams.js'
import { badKey } from '../../src/pipe/key.js'
import { errorRows, errorTable } from '../support/error-table.js'

const PAGE = fileURLToPath(new URL('../../docs/errors.md', import.meta.url))
const TABLE = /(<!-- errors:[^\n]*-->\n)[\s\S]*(<!-- \/errors -->)/

test('docs/errors.md has every error of the sources: code, sentence, hint, exit code', () => {
  const page = readFileSync(PAGE, 'utf8')
  const wanted = page.replace(TABLE, (_, begin, end) => `${begin}\n${errorTable()}\n\n${end}`)
  if (process.env.UPDATE_DOCS === '1') writeFileSync(PAGE, wanted)
  else expect(page).toBe(wanted)
  expect(wanted).toContain(errorTable())
})

test('each is a sentence, and says what to do', () => {
  const rows = errorRows()
  expect(rows.length).toBeGreaterThan(40)
  for (const { code, sentences } of rows)
    expect(sentences.length, `${code}: a sentence, or a doc comment`).toBeGreaterThan(0)
  // Its hint is how the command in question is typed.
  const withoutHint = rows.filter(({ hints }) => hints.length === 0).map(({ code }) => code)
  expect(withoutHint).toEqual(['BAD_ARGUMENTS'])
})

test('what the table says is what the errors are', () => {
  const made = [
    badKey('it is short'),
    badRoomName('it is empty'),
    nobodyGotIt({ have: 0, wanted: 1, kept: true }, 2, 'public'),
    offlineEverywhere(),
    openIdentity('/x', 0o644),
    outputLost(new Error('x'))
  ]
  const rows = errorRows()
  for (const { code, exitCode, hint } of made) {
    const row = rows.find(one => one.code === code)
    expect(row?.exitCode, code).toBe(exitCode)
    const fits = (pattern: string) => new RegExp(`^${pattern.split('…').map(escaped).join('.*')}$`)
    expect(
      row?.hints.some(text => fits(text).test(hint)),
      `${code}: ${hint}`
    ).toBe(true)
  }
})

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
