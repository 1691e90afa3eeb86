import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { useCli } from '../support/use-cli.js'
import { BotWorld, hears, knows, scriptFile } from './bot-world.js'

const world = useCli(new BotWorld())

/** The first block of code in the section of that title. */
function codeIn(title: string): string {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
  const section = readme.split(`\n## ${title}\n`)[1] ?? ''
  return /```ts\n([\s\S]*?)```/.exec(section)?.[1] ?? ''
}

test('the bot in the README has ten lines and works as pasted, wherever it lies', async () => {
  const code = codeIn('A bot in ten lines')
  expect(code.trimEnd().split('\n')).toHaveLength(10)
  await world.bot(['lobby', scriptFile(code, 'dice.ts')])
  const ana = await world.person('ana')
  await hears(ana, /^Welcome, ana\.$/)
  await knows(ana, 'dice')
  ana.say('/roll 20')
  const { text } = await hears(ana, /^ana: \d+$/)
  expect(Number(String(text).slice(5))).toBeGreaterThanOrEqual(1)
  expect(Number(String(text).slice(5))).toBeLessThanOrEqual(20)
  ana.say('/help')
  await hears(ana, /^\/roll \[sides\]: rolls a die$/)
})
