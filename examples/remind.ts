// Reminders: /remind 10m tea, /remind "0 9 * * 1" standup, /reminders, /forget 3. They survive a restart.
import { type Bot, type Context, millisOf, nextCron, type State } from 'swarmchat/bot'

interface Reminder {
  readonly id: number
  /** Milliseconds since 1970. */
  readonly due: number
  /** For one that comes again and again. */
  readonly cron?: string
  readonly text: string
  readonly owner: string
  readonly nick: string
}

const MOST_REMINDERS = 200
const LONGEST = millisOf('366d')

const all = (state: State) => state.get<Reminder[]>('reminders', [])

export default (bot: Bot) => {
  bot.command('remind', { args: '<10m | "0 9 * * 1"> <text>', help: 'reminds you' }, async ctx => {
    const [when = '', ...words] = ctx.args
    const due = dueTime(when, ctx.now())
    if (due === undefined) return ctx.reply('when? For example 10m, 2h30m, 1d, or "0 9 * * 1"')
    if (all(ctx.state).length >= MOST_REMINDERS) return ctx.reply('I cannot remember any more')
    const id = await ctx.state.update('last', 0, last => last + 1)
    const { identity: owner, nick } = ctx.author
    const repeat = isCron(when) ? { cron: when } : {}
    const reminder: Reminder = { id, due, ...repeat, text: words.join(' '), owner, nick }
    await ctx.state.set('reminders', [...all(ctx.state), reminder])
    return ctx.reply(`reminder ${id} is set for ${new Date(due).toISOString().slice(0, 16)}Z`)
  })

  bot.command('reminders', { help: 'lists yours' }, ctx => {
    const yours = all(ctx.state).filter(({ owner }) => owner === ctx.author.identity)
    return ctx.reply(yours.map(({ id, text }) => `${id}: ${text}`).join(', ') || 'none')
  })

  bot.command('forget', { args: '<number>', help: 'forgets one of yours' }, async ctx => {
    const gone = (reminder: Reminder) =>
      reminder.id === Number(ctx.args[0]) && reminder.owner === ctx.author.identity
    const rest = all(ctx.state).filter(reminder => !gone(reminder))
    if (rest.length === all(ctx.state).length) return ctx.reply('you have no such reminder')
    await ctx.state.set('reminders', rest)
    return ctx.reply('forgotten')
  })

  // What was due while the bot was away is told when it comes back.
  bot.on('start', tellDue)
  bot.cron('* * * * *', tellDue)
}

async function tellDue(ctx: Context): Promise<void> {
  const now = ctx.now()
  const due = all(ctx.state).filter(reminder => reminder.due <= now)
  if (due.length === 0) return
  const later = all(ctx.state).flatMap(reminder => {
    if (reminder.due > now) return [reminder]
    return reminder.cron === undefined ? [] : [{ ...reminder, due: nextCron(reminder.cron, now) }]
  })
  for (const { nick, text } of due) ctx.say(`${nick}: ${text}`)
  await ctx.state.set('reminders', later)
}

const isCron = (when: string) => when.includes(' ')

function dueTime(when: string, now: number): number | undefined {
  try {
    return isCron(when) ? nextCron(when, now) : now + Math.min(millisOf(when), LONGEST)
  } catch {
    return undefined
  }
}
