import { expect, test } from 'vitest'
import type { Bot } from '../../src/bot/index.js'
import { createTestRoom } from '../../src/testing/index.js'

const dice = (bot: Bot) => {
  bot.command('roll', { args: '<dice>', help: 'rolls dice' }, ctx => ctx.reply(`4 of ${ctx.rest}`))
  bot.hears(/^good (morning|night)/i, ctx => ctx.say(`good ${ctx.match[1]} to you`))
  bot.every('10m', ctx => ctx.say('ten minutes'))
  bot.on('join', ctx => ctx.say(`welcome ${ctx.author.nick}`))
}

test('a bot answers commands, patterns, schedules and newcomers', async () => {
  const t = performance.now()
  const room = await createTestRoom({ members: ['ana', 'ben'], bots: { dice }, seed: 7 })
  console.log('setup', performance.now() - t)
  await room.say('ana', '/roll 2d6')
  await room.say('ana', '/roll')
  await room.say('ben', 'Good night')
  await room.say('ben', '/help')
  await room.join('cleo')
  expect(room.transcript()).toEqual([
    'ana: /roll 2d6',
    'dice: ana: 4 of 2d6',
    'ana: /roll',
    'dice: ana: usage: /roll <dice>',
    'ben: Good night',
    'dice: good night to you',
    'ben: /help',
    'dice: /roll <dice>: rolls dice',
    'dice: welcome cleo'
  ])
  await room.advance('10m')
  expect(room.transcript().at(-1)).toBe('dice: ten minutes')
  const before = performance.now()
  await room.advance('1d')
  console.log('a day', performance.now() - before)
  expect(room.transcript('ben').filter(line => line === 'dice: ten minutes')).toHaveLength(145)
  console.log('total', performance.now() - t)
})
