import { expect, test } from 'vitest'
import { newHome, runCli } from '../support/cli.js'
import { readRun } from '../support/loaded.js'

/** The modules that a command line runs. */
async function run(...words: string[]) {
  const directory = newHome()
  await runCli(words, { NODE_V8_COVERAGE: directory })
  return readRun(directory)
}

test.each(['--version', '--help', ''])('swarmchat %s runs next to nothing', async line => {
  const modules = await run(...line.split(' ').filter(Boolean))
  expect(modules).toContain('src/cli/main.ts')
  expect(modules.length).toBeLessThan(25)
})

test('a command does not run what templates and globs need', async () => {
  const modules = await run('join')
  expect(modules).toContain('node_modules/@oclif/core/lib/parser/index.js')
  const needless = ['ejs', 'tinyglobby', 'minimatch', 'picomatch', 'string-width']
  const libraries = needless.map(name => `node_modules/${name}/`)
  expect(modules.filter(each => libraries.some(name => each.startsWith(name)))).toEqual([])
})

async function help(...words: string[]): Promise<string[]> {
  const { code, stderr, stdout } = await runCli(words)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return stdout.split('\n')
}

test('the help of the program names every command, and how to ask for more', async () => {
  const lines = await help('help')
  expect(await help('-h')).toEqual(lines)
  const listed = lines.flatMap(line => /^ {2}([a-z]+) {2,}[A-Z]/.exec(line)?.[1] ?? [])
  expect(listed).toEqual([
    'bootstrap',
    'bot',
    'card',
    'completion',
    'config',
    'connect',
    'contacts',
    'create',
    'doctor',
    'export',
    'forget',
    'history',
    'identity',
    'import',
    'invite',
    'join',
    'listen',
    'peers',
    'relay',
    'rooms',
    'send',
    'topic',
    'verify',
    'whoami'
  ])
  expect(lines.join('\n')).toMatch(/--version/)
})

test('the help of a command: the same however it is asked for, wrapped once, defaults last', async () => {
  const lines = await help('send', '--help')
  expect(await help('help', 'send')).toEqual(lines)
  expect(Math.max(...lines.map(line => line.length))).toBeLessThanOrEqual(80)
  expect(lines).toContain('  $ swarmchat send <room> [text...] [flags]')
  expect(lines).toContain('  $ git log -1 --format=%B | swarmchat send builds')
  const text = lines.join(' ').replace(/\s+/g, ' ')
  expect(text).toContain('wait until this many members have it [default: 1]')
  expect(text.match(/Say one thing in a room/g)).toHaveLength(1)
  // Words that a second wrapping would leave alone on a line.
  const from = lines.indexOf('DESCRIPTION') + 1
  const paragraphs = lines.slice(from, lines.indexOf('EXAMPLES')).join('\n').split('\n\n')
  for (const paragraph of paragraphs)
    for (const line of paragraph.split('\n').filter(Boolean).slice(0, -1))
      expect(line.length, line).toBeGreaterThan(60)
})

test('the program alone says what to do first, in half a screen', async () => {
  const lines = await help()
  expect(lines.length).toBeLessThan(12)
  expect(Math.max(...lines.map(line => line.length))).toBeLessThanOrEqual(80)
  for (const command of ['swarmchat join lobby', 'swarmchat doctor', 'swarmchat --help'])
    expect(lines.join('\n')).toContain(command)
})
