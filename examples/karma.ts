// Karma: ada++ and ada-- anywhere in a message; /karma ada, /karma
import type { Bot, State } from 'swarmchat/bot'

const CHANGE = /(?:^|\s)@?([\p{L}\p{N}][\p{L}\p{N}_.-]{0,31}?)(\+\+|--)(?=$|[\s.,!?])/gu
const MOST_NAMES = 5_000
const TOP = 5

export default (bot: Bot) => {
  bot.command(
    'karma',
    { args: '[name]', help: 'how much karma somebody has, or who has most' },
    ctx => {
      const [name] = ctx.args
      if (name === undefined) return ctx.say(topList(ctx.state) || 'nobody has any karma yet')
      return ctx.say(`${name}: ${ctx.state.get(keyOf(name), 0)}`)
    }
  )

  bot.on('message', async (ctx, next) => {
    for (const [, name = '', sign] of ctx.message.text.matchAll(CHANGE)) {
      if (keyOf(name) === keyOf(ctx.author.nick)) {
        ctx.reply('not your own')
        continue
      }
      if (!ctx.state.has(keyOf(name)) && ctx.state.keys().length >= MOST_NAMES) continue
      const karma = await ctx.state.update(keyOf(name), 0, old => old + (sign === '++' ? 1 : -1))
      ctx.say(`${name}: ${karma}`)
    }
    return next()
  })
}

const keyOf = (name: string) => `of ${name.normalize('NFKC').toLowerCase()}`

function topList(state: State): string {
  const all = state.keys().map(key => ({ name: key.slice(3), karma: state.get(key, 0) }))
  const best = all.sort((a, b) => b.karma - a.karma).slice(0, TOP)
  return best.map(({ karma, name }) => `${name}: ${karma}`).join(', ')
}
