import { expect, test } from 'vitest'
import type { Bot } from '../../src/bot/index.js'
import { createTestRoom, type TestRoomOptions } from '../../src/testing/index.js'

const echo = (bot: Bot) => void bot.on('message', ctx => ctx.reply(ctx.message.text))

test('the same seed gives the same run, on lossy links too', async () => {
  const run = async (options: TestRoomOptions) => {
    const room = await createTestRoom({ members: ['ana', 'ben'], bots: { echo }, ...options })
    for (let i = 0; i < 5; i += 1) await room.say('ana', `line ${i}`)
    return room.messages().map(({ id, text, time }) => `${id} ${time} ${text}`)
  }
  const lossy = { seed: 3, delay: [5, 80], loss: 0.02 } as const
  expect(await run(lossy)).toEqual(await run(lossy))
  expect(await run(lossy)).not.toEqual(await run({ ...lossy, seed: 4 }))
})

test('what got lost comes with history', async () => {
  const room = await createTestRoom({ members: ['ana', 'ben'], bots: { echo }, loss: 0.2, seed: 5 })
  for (let i = 0; i < 5; i += 1) await room.say('ana', `line ${i}`)
  room.links({ loss: 0 })
  await room.advance('1m')
  for (const nick of ['ana', 'ben'])
    expect(room.transcript(nick).filter(line => line.startsWith('ana:'))).toHaveLength(5)
})

test('slow links: what is said arrives later', async () => {
  const room = await createTestRoom({ members: ['ana'], bots: { echo }, delay: 400 })
  const since = room.now
  await room.say('ana', 'hi')
  expect(room.transcript()).toEqual(['ana: hi', 'echo: ana: hi'])
  expect(room.now - since).toBeGreaterThan(800)
})

test('a cut room: nobody hears the other side until it is mended', async () => {
  const room = await createTestRoom({ members: ['ana', 'ben'], bots: { echo } })
  room.partition(['ana'], ['ben', 'echo'])
  await room.say('ana', 'anybody?')
  await room.say('ben', 'hello')
  expect(room.transcript('ana')).toEqual(['ana: anybody?'])
  expect(room.transcript('ben')).toEqual(['ben: hello', 'echo: ben: hello'])
  await room.advance('30s')
  room.heal()
  await room.advance('1m')
  expect(room.transcript('ana')).toContain('ben: hello')
  expect(room.transcript('ben')).toContain('ana: anybody?')
})

test('a recording is replayed against a bot: its own words are left out, times are kept', async () => {
  const [me, ana, ben] = ['a', 'b', 'c'].map(digit => digit.repeat(64))
  const recording = [
    { type: 'ready', room: 'lobby', topic: me, identity: me, device: me },
    { type: 'join', identity: ana, nick: 'ana' },
    { type: 'message', id: me, from: ana, nick: 'ana', text: 'first', time: 1_000, history: false },
    {
      type: 'message',
      id: me,
      from: me,
      nick: 'echo',
      text: 'ana: first',
      time: 1_100,
      history: false
    },
    {
      type: 'message',
      id: me,
      from: ben,
      nick: 'ben',
      text: 'second',
      time: 3_601_000,
      history: false
    },
    { type: 'rename', identity: ana, nick: 'anna', previous: 'ana' },
    { type: 'leave', identity: ben, nick: 'ben' }
  ]
  const room = await createTestRoom({ bots: { echo } })
  await room.replay(recording.map(line => JSON.stringify(line)).join('\n'))
  expect(room.transcript('echo')).toEqual([
    'ana: first',
    'echo: ana: first',
    'ben: second',
    'echo: ben: second'
  ])
  const [first, , second] = room.messages('echo')
  expect((second?.time ?? 0) - (first?.time ?? 0)).toBeGreaterThanOrEqual(3_600_000)
  expect([room.has('ana'), room.has('ben')]).toEqual([true, false])
})

test('a bot is tested in milliseconds', async () => {
  await createTestRoom({ members: ['ana'], bots: { echo } })
  const since = performance.now()
  const room = await createTestRoom({ members: ['ana', 'ben'], bots: { echo } })
  await room.say('ana', 'hi')
  await room.advance('10m')
  const millis = performance.now() - since
  expect(room.transcript()).toHaveLength(2)
  // Tens of milliseconds; the bound is for a machine that does other things as well.
  expect(millis).toBeLessThan(1_000)
})

test('a bot answers, edits, takes back and reacts, and hears when others do', async () => {
  const heard: string[] = []
  const room = await createTestRoom({
    members: ['ana'],
    bots: {
      clerk: (bot: Bot) => {
        bot.on('reaction', ({ author, update }) => heard.push(`${author.nick} ${update.emoji}`))
        bot.on('edit', ({ update }) => heard.push(update.text))
        bot.on('delete', ({ update }) => heard.push(`gone ${update.id}`))
        bot.command('poll', async ctx => {
          ctx.react('👍')
          const id = await ctx.reply('one', { quote: true }).id
          ctx.edit(id, 'two')
        })
        bot.command('oops', async ctx => ctx.delete(await ctx.say('no').id))
      }
    }
  })
  const id = await room.say('ana', '/poll')
  await room.react('ana', id, '👎')
  await room.edit('ana', id, '/poll again')
  await room.delete('ana', id)
  await room.say('ana', '/oops')
  await room.advance('5s')
  expect(heard).toEqual(['ana 👎', '/poll again', `gone ${id}`])
  const told = room.heard('ana').flatMap(update => {
    if (update.type === 'message')
      return [`said ${update.message.text} ${update.message.replyTo === id}`]
    if (update.type === 'edit') return [`edited ${update.text}`]
    if (update.type === 'reaction') return [`put ${update.emoji}`]
    return update.type === 'delete' ? ['deleted'] : []
  })
  expect(told).toEqual(
    expect.arrayContaining(['put 👍', 'said one true', 'edited two', 'said no false', 'deleted'])
  )
  await expect(room.edit('ana', id, 'x')).rejects.toMatchObject({ code: 'NO_SUCH_MESSAGE' })
})

test('a bot hears what the room is about, and says so itself', async () => {
  const keeper = (bot: Bot) => {
    bot.on('subject', ctx => ctx.say(`${ctx.author.nick}: ${ctx.update.subject}`))
    bot.command('topic', ctx => ctx.setSubject(ctx.rest))
  }
  const room = await createTestRoom({ members: ['ana'], bots: { keeper } })
  await room.setSubject('ana', 'lunch')
  expect(room.transcript().at(-1)).toBe('keeper: ana: lunch')
  await room.say('ana', '!topic dinner')
  expect(room.heard('ana').findLast(({ type }) => type === 'subject')).toMatchObject({
    subject: 'dinner',
    nick: 'keeper'
  })
})

test('a bot hears what the room is, and gives it a card itself', async () => {
  const keeper = (bot: Bot) => {
    bot.on('card', ctx => {
      const { description, rules, title } = ctx.update
      return ctx.say(`${ctx.author.nick}: ${title}/${description}/${rules}`)
    })
    bot.command('title', ctx => ctx.setCard({ title: ctx.rest, rules: 'Be kind.' }))
    bot.command('long', ctx => ctx.setCard({ title: 'x'.repeat(65) }))
    bot.catch((error, ctx) => ctx.say(error instanceof Error ? error.message : ''))
  }
  const room = await createTestRoom({ members: ['ana'], bots: { keeper } })
  await room.setCard('ana', { title: 'Lobby', description: 'For all.' })
  expect(room.transcript().at(-1)).toBe('keeper: ana: Lobby/For all./')
  await room.say('ana', '!title Harbour')
  expect(room.heard('ana').findLast(({ type }) => type === 'card')).toMatchObject({
    title: 'Harbour',
    description: '',
    rules: 'Be kind.',
    nick: 'keeper'
  })
  expect(room.transcript()).not.toContain('keeper: keeper: Harbour//Be kind.')
  await room.say('ana', '!long')
  expect(room.transcript().at(-1)).toContain("a card's title has at most 64 bytes")
})

test('a bot that wants history hears of the card that was there before it', async () => {
  const heard: string[] = []
  const room = await createTestRoom({ members: ['ana'] })
  await room.setCard('ana', { title: 'Lobby' })
  await room.addBot('keeper', bot => {
    bot.on('card', { history: true }, ctx =>
      heard.push(`${ctx.update.title} ${ctx.update.history}`)
    )
  })
  await room.meet()
  await room.advance('10s')
  expect(heard).toEqual(['Lobby true'])
})
