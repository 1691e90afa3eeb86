import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { fitsWindow, page } from '../../src/cli/pager.js'

const root = mkdtempSync(join(tmpdir(), 'swarmchat-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

describe.skipIf(process.platform === 'win32')('a pager', () => {
  test('is what PAGER says, a command line of a shell', async () => {
    const file = join(root, 'shown')
    const env = { ...process.env, PAGER: `cat > '${file}'` }
    expect(await page('one\ntwo\n', { env })).toBe(true)
    expect(readFileSync(file, 'utf8')).toBe('one\ntwo\n')
  })

  test('may end before it has read everything', async () => {
    const env = { ...process.env, PAGER: 'true' }
    expect(await page('a line\n'.repeat(100_000), { env })).toBe(true)
  })

  test.each([
    ['is none', { PAGER: '' }],
    ['only copies', { PAGER: 'cat' }],
    ['is not there', { PAGER: 'no-such-pager-here 2>/dev/null' }],
    ['is less, and that is not there', { PAGER: undefined, PATH: root }]
  ])('that %s shows nothing', async (_, env) => {
    expect(await page('one\n', { env: { ...process.env, ...env } })).toBe(false)
  })

  test('has Ctrl-C for itself as long as it runs', async () => {
    let interrupted = 0
    const listener = () => {
      interrupted += 1
    }
    process.on('SIGINT', listener)
    const env = { ...process.env, PAGER: `kill -INT ${process.pid}; sleep 0.1` }
    expect(await page('one\n', { env })).toBe(true)
    expect(interrupted).toBe(0)
    expect(process.listeners('SIGINT')).toContain(listener)
    process.off('SIGINT', listener)
  })
})

test('a window shows at once what has fewer rows than it, wrapped lines included', () => {
  const window = { columns: 10, rows: 4 }
  expect(fitsWindow(['a', '', 'b'], window)).toBe(true)
  expect(fitsWindow(['a', '', 'b', 'c'], window)).toBe(false)
  expect(fitsWindow(['a', 'more than ten'], window)).toBe(true)
  expect(fitsWindow(['a', 'more than ten', 'b'], window)).toBe(false)
})
