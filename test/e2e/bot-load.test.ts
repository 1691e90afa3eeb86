import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import type { Cli } from '../support/cli.js'
import { until } from '../support/until.js'
import { useCli } from '../support/use-cli.js'
import { BotWorld, hears, knows, scriptFile } from './bot-world.js'

const world = useCli(new BotWorld())

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

test('500 messages a second: none is lost or out of order', async () => {
  const script = `let next = 0, wrong = 0
export default bot => {
  bot.command('n', ctx => { if (Number(ctx.args[0]) !== next++) wrong++ })
  bot.command('report', ctx => ctx.say(JSON.stringify({ next, wrong })))
}
`
  await world.bot(['lobby', scriptFile(script)])
  const ana = await world.person('ana')
  await knows(ana, 'bot')
  // Within an author's burst, 2,000 messages, and half of a send queue, 512 KiB: however long the bot is kept from
  // reading, nothing is dropped to come later with history.
  await talk(ana, 500, n => `/n ${n}`).stopAt(1_500)
  ana.say('/report')
  const { text } = await hears(ana, /wrong/)
  expect(JSON.parse(String(text))).toEqual({ next: 1_500, wrong: 0 })
})

test('25 reloads under load: every message handled once, in order, and nothing leaks', async () => {
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
  let early = usage(bot)
  for (let n = 1; n <= 25; n += 1) {
    version(n)
    await until([bot], 'update', () => reloads() >= n)
    if (n === 10) early = usage(bot)
  }
  const late = usage(bot)
  const said = await talking.stop()
  ana.say('/version')
  await hears(ana, /^version 25$/)
  const handled = readFileSync(log, 'utf8').trim().split('\n').map(Number)
  expect(handled).toEqual(Array.from({ length: said }, (_, n) => n))
  expect(late.children).toBe(1)
  expect(late.threads).toBeLessThanOrEqual(early.threads + 1)
  expect(late.rss).toBeLessThan(early.rss + 60)
  expect(ana.objects.filter(({ type }) => type === 'leave')).toEqual([])
}, 300_000)

/** Resident memory in MiB, threads and children of a program. */
function usage({ child }: Cli) {
  const status = readFileSync(`/proc/${child.pid}/status`, 'utf8')
  const field = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1])
  const children = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8')
  const count = children.split(' ').filter(Boolean).length
  return { children: count, rss: Math.round(field('VmRSS') / 1024), threads: field('Threads') }
}
