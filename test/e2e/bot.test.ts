import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { newHome } from '../support/cli.js'
import { useCli } from '../support/use-cli.js'
import { BotWorld, complaints, hears, knows, logOf, scriptFile } from './bot-world.js'

const world = useCli(new BotWorld())

const ECHO = `export default bot => {
  bot.command('say', { args: '<text>' }, ctx => ctx.say(ctx.rest))
}
`

describe('a script that cannot run', () => {
  test.each([
    [
      'has a syntax error',
      'bad.mjs',
      'export default bot => {\n  const x = ;\n}\n',
      /bad\.mjs:2: .*;/
    ],
    ['has a syntax error', 'bad.js', 'export default bot => {\n\n  if (\n}\n', /bad\.js:\d: /],
    [
      'has a syntax error',
      'bad.ts',
      'export default (bot: X) => {\n  const x: = 3\n}\n',
      /bad\.ts:2: /
    ],
    [
      'has no default export',
      'none.mjs',
      'export const bot = 1\n',
      /none\.mjs:1: .*default export/
    ],
    ['throws at load', 'throws.mjs', '\n\nthrow new Error("no luck")\n', /throws\.mjs:3: no luck/],
    [
      'throws at load',
      'throws.ts',
      'const x: number = 1\n\nthrow new Error("no luck " + x)\n',
      /throws\.ts:3: no luck 1/
    ],
    [
      'throws when set up',
      'up.mjs',
      'export default bot => {\n  bot.cron("61 * * * *", () => {})\n}\n',
      /up\.mjs:2: .*61/
    ],
    [
      'imports what is not there',
      'no.mjs',
      'import "./nothing.mjs"\nexport default () => {}\n',
      /nothing\.mjs/
    ],
    ['is of no kind that runs', 'bot.txt', 'hello\n', /bot\.txt/]
  ])(
    '%s (%s): one message with file and line, exit code 2, no room entered',
    async (_, name, text, message) => {
      const bot = world.start(['bot', 'lobby', scriptFile(text, name)])
      expect(await bot.exited).toBe(2)
      const [sentence, , ...more] = complaints(bot)
      expect(sentence).toMatch(message)
      expect(more).toEqual([])
      expect(bot.lines).toEqual([])
    }
  )

  test('hangs at load: where, after ten seconds of computing, exit code 2', async () => {
    const text = 'let i = 0\nexport default () => {\n  while (true) {\n    i++\n  }\n}\n'
    const bot = world.start(['bot', 'lobby', scriptFile(text, 'hangs.mjs')])
    expect(await bot.exited).toBe(2)
    expect(complaints(bot)[0]).toMatch(
      /hangs\.mjs:[345]: the script did not finish loading: it has not yielded for \d\d s\.$/
    )
    expect(logOf(bot).every(({ message }) => /still loading after/.test(String(message)))).toBe(
      true
    )
  })

  test('is not there, or no room is given: exit code 2', async () => {
    const missing = world.start(['bot', 'lobby', '/nowhere/bot.js'])
    expect(await missing.exited, missing.errors.join('\n')).toBe(2)
    const alone = world.start(['bot', 'bot.js'])
    expect(await alone.exited, alone.errors.join('\n')).toBe(2)
    expect(alone.errors.join(' ')).toMatch(/room and a script/)
  })
})

describe('a script that misbehaves', () => {
  test('throws in a handler: logged with file and line, and it goes on', async () => {
    const script = `export default bot => {
  bot.command('bad', () => {
    throw new Error('oops')
  })
  bot.command('later', () => void Promise.reject(new Error('forgotten')))
  bot.command('good', ctx => ctx.say('fine'))
}
`
    const bot = await world.bot(['lobby', scriptFile(script)])
    const ana = await world.person('ana')
    await knows(ana, 'bot')
    ana.say('/bad')
    await bot.error(/bot\.mjs:3: oops/)
    ana.say('/later')
    await bot.error(/bot\.mjs:5: forgotten/)
    ana.say('/good')
    await hears(ana, /^fine$/)
  })

  test('never yields: where it hangs is told, it starts again, the room does not notice', async () => {
    const script = `export default bot => {
  bot.configure({ timeout: '2s' })
  bot.command('hang', () => {
    for (;;) Math.random()
  })
  bot.command('good', ctx => ctx.say('fine'))
}
`
    const bot = await world.bot(['lobby', scriptFile(script)])
    const ana = await world.person('ana')
    await knows(ana, 'bot')
    ana.say('/hang')
    await bot.error(/crashed: bot\.mjs:4: the script has not yielded/)
    ana.say('/good')
    await hears(ana, /^fine$/)
    expect(ana.objects.filter(({ type }) => type === 'leave')).toEqual([])
  })

  test('ends its process, or throws out of a timer: it starts again', async () => {
    const script = `export default bot => {
  bot.command('exit', () => process.exit(3))
  bot.command('timer', () => setTimeout(() => { throw new Error('late') }))
  bot.command('good', ctx => ctx.say('fine'))
}
`
    const bot = await world.bot(['lobby', scriptFile(script)])
    const ana = await world.person('ana')
    await knows(ana, 'bot')
    ana.say('/exit')
    await bot.error(/crashed: bot\.mjs ended its process/)
    ana.say('/timer')
    await bot.error(/crashed: bot\.mjs:3: late/)
    ana.say('/good')
    await hears(ana, /^fine$/)
    expect(bot.errors.filter(line => /starting again in/.test(line))).toHaveLength(2)
  })

  test('floods: paced, and told of once', async () => {
    const script = `export default bot => {
  bot.command('flood', ctx => { for (let i = 0; i < 5000; i++) ctx.say('spam ' + i) })
}
`
    const bot = await world.bot(['lobby', scriptFile(script)])
    const ana = await world.person('ana')
    await knows(ana, 'bot')
    ana.say('/flood')
    await hears(ana, /^spam 10$/)
    expect(ana.texts().filter(text => /^spam/.test(String(text))).length).toBeLessThan(14)
    expect(bot.errors.filter(line => /says too much/.test(line))).toHaveLength(1)
  })
})

describe('the runner', () => {
  test('serves several rooms, with an identity of its own that lasts', async () => {
    const home = newHome()
    const bot = await world.bot(['lobby', 'attic', scriptFile(ECHO, 'echo.mjs')], {}, home)
    await bot.error(/attic.*in the room/)
    const [ana, ben] = [await world.person('ana'), await world.person('ben', 'attic')]
    const first = await knows(ana, 'echo')
    expect((await knows(ben, 'echo')).identity).toBe(first.identity)
    ana.say('/say in the lobby')
    ben.say('/say in the attic')
    await hears(ana, /^in the lobby$/)
    await hears(ben, /^in the attic$/)
    expect(await bot.kill('SIGTERM')).toBe(0)
    const file = join(home, 'bots', 'echo', 'identity')
    expect(statSync(file).mode & 0o777).toBe(0o600)
    const cli = await world.bot(
      ['attic', scriptFile(ECHO, 'other.mjs'), '--identity', file],
      {},
      home
    )
    expect(logOf(cli).at(-1)?.identity).toBe(first.identity)
  })

  test('refuses to run a bot twice', async () => {
    const home = newHome()
    const script = scriptFile(ECHO)
    await world.bot(['lobby', script], {}, home)
    const second = world.start(['bot', 'lobby', script], {}, home)
    expect(await second.exited).toBe(2)
    expect(complaints(second)[0]).toMatch(/running already/)
  })

  test('lets a handler finish when it stops, and says what it says', async () => {
    const script = `export default bot => {
  bot.command('slow', async ctx => { ctx.say('begun'); await ctx.sleep('3s'); ctx.say('done') })
  bot.on('stop', ctx => ctx.log.info('stopping'))
}
`
    const bot = await world.bot(['lobby', scriptFile(script)])
    const ana = await world.person('ana')
    await knows(ana, 'bot')
    ana.say('/slow')
    await hears(ana, /^begun$/)
    expect(await bot.kill('SIGTERM')).toBe(0)
    await hears(ana, /^done$/)
    expect(bot.errors.some(line => /stopping/.test(line))).toBe(true)
  })

  test('reads an environment file, which does not override what is set', async () => {
    const script = `export default bot => {
  bot.command('env', ctx => ctx.say(process.env.GREETING + ' ' + process.env.SECOND))
}
`
    const file = scriptFile(script)
    writeFileSync(join(dirname(file), 'env'), 'GREETING="hello"\nSECOND=file\n')
    await world.bot(['lobby', file, '--env-file', join(dirname(file), 'env')], { SECOND: 'set' })
    const ana = await world.person('ana')
    await knows(ana, 'bot')
    ana.say('/env')
    await hears(ana, /^hello set$/)
  })

  test('--watch reloads the script, and goes on with the old one where the new one is broken', async () => {
    const version = (n: number) => `export default bot => {
  bot.command('version', ctx => ctx.say('version ${n}'))
}
`
    const file = scriptFile(version(1))
    const bot = await world.bot(['lobby', file, '--watch'])
    const ana = await world.person('ana')
    await knows(ana, 'bot')
    ana.say('/version')
    await hears(ana, /^version 1$/)
    writeFileSync(file, version(2))
    await bot.error(/reloaded/)
    ana.say('/version')
    await hears(ana, /^version 2$/)
    writeFileSync(file, 'export default bot => {\n  (\n}\n')
    await bot.error(/the old one goes on: bot\.mjs:\d/)
    ana.say('/version')
    await hears(ana, /^version 2$/)
    expect(ana.objects.filter(({ type }) => type === 'leave')).toEqual([])
  })

  test("keeps state over a restart, in a file that is its owner's alone", async () => {
    const script = `export default bot => {
  bot.command('count', async ctx => ctx.say('count ' + await ctx.state.update('n', 0, n => n + 1)))
}
`
    const [home, file] = [newHome(), scriptFile(script)]
    const bot = await world.bot(['lobby', file], {}, home)
    const ana = await world.person('ana')
    await knows(ana, 'bot')
    ana.say('/count')
    await hears(ana, /^count 1$/)
    await bot.kill('SIGKILL')
    await world.bot(['lobby', file], {}, home)
    ana.say('/count')
    await hears(ana, /^count 2$/)
    const { topic } = await ana.object('ready')
    const state = join(home, 'bots', 'bot', 'state', `${topic}.json`)
    expect(statSync(state).mode & 0o777).toBe(0o600)
    expect(JSON.parse(readFileSync(state, 'utf8'))).toEqual({ n: 2 })
  })
})

test('--allow takes identities only', async () => {
  const bot = world.start(['bot', 'lobby', '--allow', 'ana', '--', 'cat'])
  expect(await bot.exited).toBe(2)
  expect(complaints(bot)[0]).toBe('swarmchat: "ana" is not an identity.')
})
