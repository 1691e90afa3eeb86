import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { type Cli, newHome } from '../support/cli.js'
import { gone } from '../support/processes.js'
import { until } from '../support/until.js'
import { useCli } from '../support/use-cli.js'
import { BotWorld, scriptFile } from './bot-world.js'

const world = useCli(new BotWorld())

/** How often the bot is killed. */
const KILLS = 4
const LINES_PER_LIFE = 10

/** Writes `p pid` to a file when it is loaded, `> text` when a handler begins, `< text` when it returns; says what it has handled. */
const SCRIPT = `import { appendFileSync } from 'node:fs'
const file = new URL('handled', import.meta.url)
appendFileSync(file, 'p ' + process.pid + '\\n')
export default bot => {
  bot.configure({ missed: true })
  bot.on('message', async ({ log, message, missed }) => {
    appendFileSync(file, '> ' + message.text + '\\n')
    await new Promise(setImmediate)
    appendFileSync(file, '< ' + message.text + '\\n')
    log.info(missed ? 'missed' : 'heard', { text: message.text })
  })
}
`

const linesOf = (file: string, mark: string) =>
  existsSync(file)
    ? readFileSync(file, 'utf8')
        .split('\n')
        .flatMap(line => (line.startsWith(mark) ? line.slice(2) : []))
    : []

/** Lines that come a second time. */
function repeated(lines: readonly string[]): string[] {
  const seen = new Set<string>()
  return lines.filter(line => seen.has(line) || !seen.add(line))
}

async function logged(bot: Cli, text: string): Promise<void> {
  await until([bot], 'update', () => bot.errors.some(line => line.includes(`"text":"${text}"`)))
}

test('a script that is killed again and again handles everything, and twice only what was under way', {
  timeout: 180_000
}, async () => {
  const home = newHome()
  const script = scriptFile(SCRIPT)
  const file = join(dirname(script), 'handled')
  const ana = await world.person('ana')
  ana.say('before it ever came')
  for (let life = 0; life <= KILLS; life += 1) {
    const bot = await world.bot(['lobby', script], {}, home)
    // What was said while it was dead, what it dies of, and what it is killed in the middle of.
    for (let n = 0; n < LINES_PER_LIFE; n += 1) ana.say(`${life} ${n}`)
    if (life === KILLS) await logged(bot, `${life} ${LINES_PER_LIFE - 1}`)
    else await logged(bot, `${life} ${life}`)
    await bot.kill()
    // The script has a process of its own, which goes on for a moment.
    await gone(Number(linesOf(file, 'p ').at(-1)))
    appendFileSync(file, '---\n')
    if (life < KILLS) ana.say(`dead ${life}`)
  }
  const said = Array.from({ length: KILLS + 1 }, (_, life) => [
    ...Array.from({ length: LINES_PER_LIFE }, (_, n) => `${life} ${n}`),
    ...(life < KILLS ? [`dead ${life}`] : [])
  ]).flat()
  const begun = linesOf(file, '> ')
  expect([...new Set(begun)]).toEqual(said)
  expect(new Set(linesOf(file, '< '))).toEqual(new Set(said))
  const lives = readFileSync(file, 'utf8').split('---\n')
  const underWay = lives.map(life => life.trim().split('\n').at(-1)?.slice(2))
  for (const line of repeated(begun)) expect(underWay).toContain(line)
})

test('a program is told what it missed with --missed, once; and nothing of it without', {
  timeout: 60_000
}, async () => {
  const home = newHome()
  const program = [
    'python3',
    scriptFile(
      `import sys
for line in sys.stdin: print(line, end='', file=sys.stderr, flush=True)
`,
      'bot.py'
    )
  ]
  const run = (...flags: string[]) => world.bot(['lobby', ...flags, '--', ...program], {}, home)
  const read = async (bot: Cli, last: string) => {
    await until([bot], 'update', () => bot.errors.some(line => line.includes(last)))
    const texts = bot.errors.flatMap(line => /\\"text\\":\\"([^"\\]*)/.exec(line)?.[1] ?? [])
    const missed = bot.errors.filter(line => line.includes('\\"missed\\":true')).length
    await bot.kill()
    return { texts, missed }
  }
  const ana = await world.person('ana')
  const first = await run('--missed')
  ana.say('one')
  expect(await read(first, 'one')).toEqual({ texts: ['one'], missed: 0 })
  ana.say('two')
  await ana.object('message', ({ text }) => text === 'two')
  const second = await run('--missed')
  ana.say('three')
  expect(await read(second, 'three')).toEqual({ texts: ['two', 'three'], missed: 1 })
  ana.say('four')
  await ana.object('message', ({ text }) => text === 'four')
  const third = await run()
  ana.say('five')
  expect(await read(third, 'five')).toEqual({ texts: ['five'], missed: 0 })
})
