import { expect, test } from 'vitest'
import type { Bot, Context } from '../../src/bot/index.js'
import { createTestRoom } from '../../src/testing/index.js'

const lines = (transcript: string[], nick: string) =>
  transcript.filter(line => line.startsWith(`${nick}:`))

test('a bot answers commands, patterns, newcomers and schedules', async () => {
  const dice = (bot: Bot) => {
    bot.command('roll', { args: '<dice>', help: 'rolls dice' }, ctx =>
      ctx.reply(`4 of ${ctx.rest}`)
    )
    bot.hears(/^good (morning|night)/i, ctx => ctx.say(`good ${ctx.match[1]} to you`))
    bot.every('10m', ctx => ctx.say('ten minutes'))
    bot.cron('0 9 * * 1', ctx => ctx.say('Monday, nine'), { timezone: 'UTC' })
    bot.on('join', ctx => ctx.say(`welcome ${ctx.author.nick}`))
    bot.on('leave', ctx => ctx.say(`bye ${ctx.author.nick}`))
    bot.on('rename', ctx => ctx.say(`${ctx.update.previous} is ${ctx.author.nick}`))
  }
  const room = await createTestRoom({ members: ['ana', 'ben'], bots: { dice }, seed: 7 })
  for (const text of [
    '/roll 2d6',
    '!roll 3d6',
    '/roll@dice d4',
    'dice: /roll d8',
    '/roll@other d6',
    '/roll',
    'Good night'
  ])
    await room.say('ana', text)
  await room.say('ben', '/help')
  await room.join('cleo')
  await room.rename('cleo', 'cleopatra')
  await room.leave('cleo')
  expect(lines(room.transcript(), 'dice')).toEqual([
    'dice: ana: 4 of 2d6',
    'dice: ana: 4 of 3d6',
    'dice: ana: 4 of d4',
    'dice: ana: 4 of d8',
    'dice: ana: usage: /roll <dice>',
    'dice: good night to you',
    'dice: /roll <dice>: rolls dice',
    'dice: welcome cleo',
    'dice: cleo is cleopatra',
    'dice: bye cleopatra'
  ])
  await room.advance('10m')
  expect(room.transcript().at(-1)).toBe('dice: ten minutes')
  await room.advance('1d')
  expect(lines(room.transcript('ben'), 'dice: ten minutes').length).toBe(0)
  expect(room.transcript('ben').filter(line => line === 'dice: ten minutes')).toHaveLength(145)
  expect(room.transcript().filter(line => line === 'dice: Monday, nine')).toHaveLength(1)
})

test('a week on the virtual clock: the cron comes once', async () => {
  const bot = (b: Bot) => void b.cron('0 9 * * 1', ctx => ctx.say('standup'), { timezone: 'UTC' })
  const room = await createTestRoom({
    members: ['ana'],
    bots: { bot },
    start: Date.UTC(2024, 0, 3)
  })
  const since = performance.now()
  await room.advance('7d')
  expect(performance.now() - since).toBeLessThan(1_000)
  expect(room.transcript()).toEqual(['bot: standup'])
})

test('a handler that throws reaches catch with its context, and never ends the bot', async () => {
  const caught: string[] = []
  const bot = (b: Bot) => {
    b.command('sync', () => {
      throw new Error('one')
    })
    b.command('async', async () => Promise.reject(new Error('two')))
    b.catch((error, ctx) => {
      caught.push(`${(error as Error).message} in ${ctx.room} about ${ctx.update.type}`)
      throw new Error('catch fails too')
    })
  }
  const room = await createTestRoom({ members: ['ana'], bots: { bot } })
  await room.say('ana', '/sync')
  await room.say('ana', '/async')
  expect(caught).toEqual(['one in test about message', 'two in test about message'])
  expect(room.log.map(({ message }) => message)).toEqual(['bot.catch failed', 'bot.catch failed'])
})

test('a slow handler is given up, its signal fires, and the next update is handled', async () => {
  const seen: unknown[] = []
  let signal: AbortSignal | undefined
  const bot = (b: Bot) => {
    b.configure({ timeout: '5s' })
    b.command('hang', ctx => {
      signal = ctx.signal
      return new Promise(() => {})
    })
    b.command('sleep', async ctx => {
      await ctx.sleep('2s')
      ctx.say('slept')
    })
    b.command('next', ctx => ctx.say('next'))
    b.catch(error => seen.push((error as { code?: string }).code))
  }
  const room = await createTestRoom({ members: ['ana'], bots: { bot }, patience: 20 })
  await room.say('ana', '/hang')
  await room.say('ana', '/next')
  expect(lines(room.transcript(), 'bot')).toEqual([])
  await room.advance('5s')
  expect(seen).toEqual(['HANDLER_TIMEOUT'])
  expect(signal?.aborted).toBe(true)
  expect(lines(room.transcript(), 'bot')).toEqual(['bot: next'])
  await room.say('ana', '/sleep')
  await room.advance('3s')
  expect(room.transcript().at(-1)).toBe('bot: slept')
})

test('it ignores itself, history, and bots unless asked or addressed', async () => {
  const heard: string[] = []
  const speaker = (b: Bot) => void b.command('speak', ctx => ctx.say(ctx.rest))
  const deaf = (b: Bot) => void b.on('message', ctx => void heard.push(`deaf ${ctx.message.text}`))
  const open = (b: Bot) => {
    b.on(
      'message',
      { bots: true },
      ctx => void heard.push(`open ${ctx.message.text} ${ctx.author.isBot}`)
    )
  }
  const room = await createTestRoom({ members: ['ana'], bots: { speaker } })
  await room.say('ana', 'said before')
  await room.addBot('deaf', deaf)
  await room.addBot('open', open)
  await room.meet()
  await room.say('ana', '/speak one')
  await room.say('ana', '/speak deaf: two')
  await room.say('ana', '/speak hello @deaf')
  expect(heard.filter(line => line.startsWith('deaf'))).toEqual([
    'deaf /speak one',
    'deaf /speak deaf: two',
    'deaf deaf: two',
    'deaf /speak hello @deaf',
    'deaf hello @deaf'
  ])
  expect(heard).toContain('open one true')
  expect(heard.join()).not.toContain('said before')
})

test('only those on the allow-list command it', async () => {
  const room = await createTestRoom({ members: ['ana', 'ben'] })
  const ana = room.heard('ben').find(update => update.type === 'join' && update.nick === 'ana')
  const identity = ana?.type === 'join' ? ana.identity : ''
  await room.addBot('bot', b => {
    b.configure({ allow: [identity] })
    b.command('go', ctx => ctx.say(`yes ${ctx.author.nick}`))
    b.command('open', { allow: [] }, ctx => ctx.say('nobody'))
    b.on('message', () => {})
  })
  await room.meet()
  await room.say('ben', '/go')
  await room.say('ana', '/go')
  await room.say('ana', '/open')
  expect(lines(room.transcript(), 'bot')).toEqual(['bot: yes ana'])
})

test('middleware runs in order, and the first handler that fits is the last unless it calls next', async () => {
  const order: string[] = []
  const bot = (b: Bot) => {
    b.use(async (_, next) => {
      order.push('in')
      await next()
      order.push('out')
    })
    b.hears(/x/, (_, next) => {
      order.push('first')
      return next()
    })
    b.hears(/x/, () => void order.push('second'))
    b.on('message', () => void order.push('third'))
  }
  const room = await createTestRoom({ members: ['ana'], bots: { bot } })
  order.length = 0
  await room.say('ana', 'x')
  expect(order).toEqual(['in', 'first', 'second', 'out'])
})

test('two echo bots that answer bots stay under 1 message a second each; people are answered at once', async () => {
  const echo = (b: Bot) => {
    b.command('ping', { help: 'answers' }, ctx => ctx.say('pong'))
    b.on('message', { bots: true }, ctx => ctx.say(`echo ${ctx.message.text}`.slice(0, 100)))
  }
  const room = await createTestRoom({ members: ['ana'], bots: { one: echo, two: echo } })
  await room.say('ana', 'hello')
  for (let second = 0; second < 60; second += 10) {
    await room.advance('10s')
    const asked = room.now
    await room.say('ana', '/ping')
    const pongs = room.messages().filter(({ text, time }) => text === 'pong' && time >= asked)
    expect(pongs).toHaveLength(2)
    for (const { time } of pongs) expect(time - asked).toBeLessThan(1_000)
  }
  for (const nick of ['one', 'two']) {
    const echoes = room.messages().filter(m => m.nick === nick && m.text.startsWith('echo echo'))
    expect(echoes.length).toBeGreaterThan(10)
    expect(echoes.length).toBeLessThan(60)
    const pauses = echoes.slice(1).map((m, i) => m.time - (echoes[i]?.time ?? 0))
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(1_000)
  }
})

test('state lasts over a restart, and start and stop are told', async () => {
  const told: string[] = []
  const bot = (b: Bot) => {
    b.on('start', (ctx: Context) => void told.push(`start ${ctx.state.get('n', 0)}`))
    b.on('stop', () => void told.push('stop'))
    b.command('up', ctx => ctx.state.update('n', 0, n => n + 1))
  }
  const room = await createTestRoom({ members: ['ana'], bots: { bot } })
  await room.say('ana', '/up')
  await room.restart('bot')
  await room.close()
  expect(told).toEqual(['start 0', 'stop', 'start 1', 'stop'])
})

test('help: short where many are asked, whole where one is, and of a command only by its bot', async () => {
  const poll = (b: Bot) => {
    b.command('poll', { args: '<question>', help: 'asks' }, () => {})
    b.command('close', { help: 'ends it' }, () => {})
  }
  const dice = (b: Bot) => void b.command('roll', { help: 'rolls' }, () => {})
  const silent = (b: Bot) => void b.on('message', (_, next) => next())
  const room = await createTestRoom({ members: ['ana'], bots: { poll, dice, silent } })
  const whole = 'poll: /poll <question>: asks\n/close: ends it'
  for (const [asked, answers] of [
    ['/help', ['poll: /poll <question>, /close (more: /help poll)', 'dice: /roll: rolls']],
    ['/help poll', [whole]],
    ['/help@poll', [whole]],
    ['poll: /help', [whole]],
    ['/help /close', ['poll: /close: ends it']],
    ['/help nothing', []],
    ['dice: /help nothing', ['dice: There is no /nothing.']]
  ] as const) {
    const before = room.transcript().length
    await room.say('ana', asked)
    expect(
      room
        .transcript()
        .slice(before + 1)
        .sort(),
      asked
    ).toEqual([...answers].sort())
  }
})

test('members see what a bot obeys, in every version of it', async () => {
  const named = (name: string) => (b: Bot) => void b.command(name, () => {})
  const room = await createTestRoom({
    members: ['ana', 'ben'],
    bots: { dice: (b: Bot) => b.command('stats', () => {}).command('roll', () => {}) }
  })
  expect(room.commands('dice')).toEqual(['stats', 'roll'])
  expect(room.commands('ana', 'dice')).toEqual([])
  await room.restart('dice', named('throw'))
  await room.advance('1s')
  expect(room.commands('dice', 'ben')).toEqual(['throw'])
})

test('a bad declaration is refused where it stands', async () => {
  const attempt = (script: (b: Bot) => unknown) => createTestRoom({ bots: { script } })
  await expect(attempt(b => b.command('no way', () => {}))).rejects.toMatchObject({
    code: 'BAD_COMMAND'
  })
  await expect(attempt(b => b.command('a', () => {}).command('a', () => {}))).rejects.toMatchObject(
    { code: 'BAD_COMMAND' }
  )
  await expect(attempt(b => b.configure({ allow: ['ana'] }))).rejects.toMatchObject({
    code: 'NOT_AN_IDENTITY'
  })
  await expect(attempt(b => b.command('go', { allow: ['ana'] }, () => {}))).rejects.toMatchObject({
    code: 'NOT_AN_IDENTITY'
  })
  await expect(attempt(b => b.every('soon', () => {}))).rejects.toMatchObject({
    code: 'BAD_DURATION'
  })
  await expect(attempt(b => b.cron('61 * * * *', () => {}))).rejects.toMatchObject({
    code: 'BAD_CRON'
  })
  await expect(attempt(b => b.cron('0 0 30 2 *', () => {}))).rejects.toMatchObject({
    code: 'BAD_CRON'
  })
})

test('what is said to the bot alone is no message, and is answered alone, whoever asks', async () => {
  const room = await createTestRoom({
    members: ['ana', 'ben', 'cyn'],
    bots: {
      dice: bot =>
        void bot
          .on('message', ctx => ctx.reply('before all'))
          .on('direct', ctx => ctx.reply(`${ctx.author.nick}, ${ctx.message.text}?`))
    }
  })
  // Strangers, in the same minute: a person would be asked first.
  for (const nick of ['ana', 'ben']) await room.direct(nick, 'dice', `it is ${nick}`)
  const textsOf = (nick: string) => room.directs(nick).map(({ text }) => text)
  expect(textsOf('ana')).toEqual(['it is ana', 'ana, it is ana?'])
  expect(textsOf('ben')).toEqual(['it is ben', 'ben, it is ben?'])
  expect(textsOf('cyn')).toEqual([])
  for (const nick of ['ana', 'cyn']) expect(room.transcript(nick)).toEqual([])
})

test('more answers alone than a room takes at once wait, and none is lost', async () => {
  const room = await createTestRoom({
    members: ['ana'],
    bots: {
      dice: bot =>
        void bot.on('direct', ctx => {
          for (let n = 0; n < 10; n++) ctx.reply(`${n}`)
        })
    }
  })
  await room.direct('ana', 'dice', 'go')
  await room.advance('10s')
  expect(room.directs('ana').map(({ text }) => text)).toEqual(['go', ...'0123456789'])
})
