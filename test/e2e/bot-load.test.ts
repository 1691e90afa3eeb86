import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Cli } from '../support/cli.js'
import { until } from '../support/until.js'
import { BotWorld, hears, knows, scriptFile } from './bot-world.js'

const world = new BotWorld()
beforeEach(() => world.open())
afterEach(() => world.close())

/** Says `text(0)`, `text(1)`, ... so many times a second, until `stop`; resolves with how many. */
function talk(cli: Cli, perSecond: number, text: (n: number) => string) {
  const since = performance.now()
  let said = 0
  let wanted = Number.POSITIVE_INFINITY
  let finish = (_: number) => {}
  const finished = new Promise<number>(resolve => {
    finish = resolve
  })
  const timer = setInterval(() => {
    const due = Math.min(wanted, Math.floor(((performance.now() - since) / 1000) * perSecond))
    while (said < due) cli.say(text(said++))
    if (said < wanted) return
    clearInterval(timer)
    finish(said)
  }, 5)
  const stopAt = (count: number) => {
    wanted = count
    return finished
  }
  const stop = () => stopAt(said)
  return { stop, stopAt }
}

test('500 messages a second: none lost or reordered, handled under 20 ms at the median', async () => {
  const script = `const late = []
let next = 0, wrong = 0
export default bot => {
  bot.command('n', ctx => {
    late.push(Date.now() - Number(ctx.args[1]))
    if (Number(ctx.args[0]) !== next++) wrong++
  })
  bot.command('report', ctx => {
    late.sort((a, b) => a - b)
    ctx.say(JSON.stringify({ next, wrong, median: late[late.length >> 1], p99: late[Math.floor(late.length * 0.99)] }))
  })
}
`
  await world.bot(['lobby', scriptFile(script)])
  const ana = await world.person('ana')
  await knows(ana, 'bot')
  // An author's burst is 2,000 messages.
  await talk(ana, 500, n => `/n ${n} ${Date.now()}`).stopAt(1_900)
  ana.say('/report')
  const { text } = await hears(ana, /median/)
  console.log(text)
  const report = JSON.parse(String(text))
  expect(report).toMatchObject({ next: 1_900, wrong: 0 })
  expect(report.median).toBeLessThan(20)
}, 60_000)

test('50 reloads under load: every message handled once, in order, and nothing leaks', async () => {
  const file = scriptFile('')
  const log = join(dirname(file), 'handled.txt')
  const version = (n: number) =>
    writeFileSync(
      file,
      `import { appendFileSync } from 'node:fs'
export default bot => {
  bot.hears(/^n (\\d+)$/, async ctx => {
    await ctx.sleep(1)
    appendFileSync(${JSON.stringify(log)}, ctx.match[1] + '\\n')
  })
  bot.command('version', ctx => ctx.say('version ${n}'))
}
`
    )
  version(0)
  const bot = await world.bot(['lobby', file, '--watch'])
  const ana = await world.person('ana')
  await knows(ana, 'bot')
  const talking = talk(ana, 60, n => `n ${n}`)
  const reloads = () => bot.errors.filter(line => line.includes('"reloaded"')).length
  let early = { rss: 0, threads: 0 }
  for (let n = 1; n <= 50; n += 1) {
    version(n)
    await until([bot], 'update', () => reloads() >= n)
    if (n === 10) early = usage(bot)
  }
  const late = usage(bot)
  const said = await talking.stop()
  ana.say('/version')
  await hears(ana, /^version 50$/)
  const handled = readFileSync(log, 'utf8').trim().split('\n').map(Number)
  expect(handled).toEqual(Array.from({ length: said }, (_, n) => n))
  console.log({ said, early, late })
  expect(late.threads).toBeLessThanOrEqual(early.threads + 1)
  expect(late.rss).toBeLessThan(early.rss + 60)
  expect(ana.objects.filter(({ type }) => type === 'leave')).toEqual([])
}, 120_000)

/** Resident memory in MiB, and threads, of a program. */
function usage({ child }: Cli) {
  const status = readFileSync(`/proc/${child.pid}/status`, 'utf8')
  const field = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1])
  return { rss: Math.round(field('VmRSS') / 1024), threads: field('Threads') }
}
