import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { checkScript, loadScript } from '../../../src/bot/runner/load-script.js'

const directory = () => mkdtempSync(join(tmpdir(), 'swarmchat-'))

test.each([
  ['a.mjs', 'export default bot => {}\n'],
  ['a.js', 'export default bot => {}\n'],
  ['a.cjs', 'module.exports = bot => {}\n'],
  ['a.ts', 'export default (bot: unknown): void => {}\n']
])('%s may begin with a byte order mark', async (name, text) => {
  const script = join(directory(), name)
  writeFileSync(script, `\u{FEFF}${text}`)
  expect(await loadScript(script, directory())).toBeTypeOf('function')
})

test('UTF-16 is told from a syntax error', () => {
  const script = join(directory(), 'a.ts')
  writeFileSync(script, Buffer.from('\u{FEFF}export default () => {}\n', 'utf16le'))
  expect(() => checkScript(script)).toThrow(/^a\.ts is no script: it is UTF-16/)
})

test('a directory is no script', () => {
  const script = join(directory(), 'a.ts')
  mkdirSync(script)
  expect(() => checkScript(script)).toThrow(expect.objectContaining({ code: 'BAD_SCRIPT' }))
})

test('a sentence of a parser gets one full stop', async () => {
  const script = join(directory(), 'a.ts')
  writeFileSync(script, 'export default (bot: any) => {\n  const x = \n  const y = 1\n}\n')
  await expect(loadScript(script, directory())).rejects.toThrow(/^a\.ts:3: .*[^.]\.$/)
  const throws = join(directory(), 'b.mjs')
  writeFileSync(throws, "throw new Error('It is so.')\n")
  await expect(loadScript(throws, directory())).rejects.toThrow(/ It is so\.$/)
})
