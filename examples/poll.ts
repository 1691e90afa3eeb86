// Polls: /poll "Pizza?" yes no, /vote 1, /results, /close. One at a time per room; it survives a restart.
import type { Bot, CommandContext, State } from 'swarmchat/bot'

interface Poll {
  readonly question: string
  readonly options: readonly string[]
  /** Who asked: only they may close it. */
  readonly owner: string
  /** Index of an option by identity: one vote each, and the last one counts. */
  readonly votes: Readonly<Record<string, number>>
  /** The message that asked, and how many members have it. */
  readonly message?: string
  readonly seen?: string
}

const MOST_OPTIONS = 10
const MOST_VOTERS = 1_000

const openPoll = (state: State) => state.get<Poll>('poll')

export default (bot: Bot) => {
  bot.command(
    'poll',
    { args: '<"question"> <option> <option>', help: 'asks the room' },
    async ctx => {
      if (openPoll(ctx.state)) return ctx.reply('there is a poll already; /results shows it')
      const [question = '', ...options] = ctx.args
      if (options.length > MOST_OPTIONS) return ctx.reply(`${MOST_OPTIONS} options at most`)
      const poll: Poll = { question, options, owner: ctx.author.identity, votes: {} }
      await ctx.state.set('poll', poll)
      const choices = options.map((option, index) => `${index + 1}: ${option}`)
      const asked = ctx.say(
        [`${ctx.author.nick} asks: ${question}`, ...choices, 'Answer with /vote 1'].join('\n')
      )
      return ctx.state.set('poll', { ...poll, message: await asked.id })
    }
  )

  bot.command(
    'vote',
    { args: '<number>', help: 'votes in the poll; your last vote counts' },
    async ctx => {
      const poll = openPoll(ctx.state)
      const choice = Number(ctx.args[0]) - 1
      const option = poll?.options[choice]
      if (poll === undefined || option === undefined)
        return ctx.reply(poll ? 'no such option' : 'no poll')
      const votes = { ...poll.votes, [ctx.author.identity]: choice }
      if (Object.keys(votes).length > MOST_VOTERS) return ctx.reply('the poll is full')
      await ctx.state.set('poll', { ...poll, votes })
      return ctx.reply(`your vote: ${option}`)
    }
  )

  bot.command('results', { help: 'shows the poll' }, ctx => showResults(ctx))

  bot.command('close', { help: 'ends your poll' }, ctx => {
    const poll = openPoll(ctx.state)
    if (poll?.owner !== ctx.author.identity) return ctx.reply('only who asked may close the poll')
    showResults(ctx)
    return ctx.state.delete('poll')
  })

  bot.on('receipt', ctx => {
    const poll = openPoll(ctx.state)
    if (poll?.message !== ctx.update.id) return
    return ctx.state.set('poll', { ...poll, seen: `${ctx.update.have} of ${ctx.update.members}` })
  })
}

function showResults(ctx: CommandContext) {
  const poll = openPoll(ctx.state)
  if (poll === undefined) return ctx.reply('no poll')
  const votes = Object.values(poll.votes)
  const count = (index: number) => votes.filter(vote => vote === index).length
  const lines = poll.options.map((option, index) => `${option}: ${count(index)}`)
  const reach = poll.seen === undefined ? '' : ` (seen by ${poll.seen})`
  return ctx.say([`${poll.question}${reach}`, ...lines].join('\n'))
}
