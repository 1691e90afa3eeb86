import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { useCli } from '../support/use-cli.js'
import { BotWorld, hears, knows } from './bot-world.js'

const world = useCli(new BotWorld())

const PAGE = readFileSync(new URL('../../docs/bots.md', import.meta.url), 'utf8')
const section = PAGE.split('\n## Any language\n')[1]?.split('\n## ')[0] ?? ''
const code = (language: string) =>
  new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``).exec(section)?.[1] ?? ''

test('the programs in docs/bots.md work as pasted: Python, bash, jq', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'swarmchat-'))
  writeFileSync(join(directory, 'hello.py'), code('python'))
  writeFileSync(join(directory, 'date.sh'), code('bash'))
  const filter = /-- jq -c --unbuffered '([^']+)'/.exec(section)?.[1] ?? ''
  await Promise.all([
    world.bot(['lobby', '--', 'python3', join(directory, 'hello.py')]),
    world.bot(['lobby', '--', 'bash', join(directory, 'date.sh')]),
    world.bot(['lobby', '--nick', 'shout', '--', 'jq', '-c', '--unbuffered', filter])
  ])
  const ana = await world.person('ana')
  await Promise.all(['hello', 'date', 'shout'].map(nick => knows(ana, nick)))
  ana.say('/hello')
  await hears(ana, /^Hello, ana\.$/)
  await hears(ana, /^\/HELLO$/)
  ana.say('/date')
  const { text } = await hears(ana, /^\d{4}-/)
  expect(Number.isNaN(Date.parse(String(text)))).toBe(false)
})
