// Joins a room and an IRC channel: what people say in one is said in the other. IRC_HOST, IRC_PORT, IRC_TLS=1, IRC_CHANNEL,
// IRC_NICK and IRC_PASSWORD say where (--env-file). What other bots say is not passed on, so that bridges do not loop.
import { type Bot, Names, type Update } from 'swarmchat/bot'
import { IrcClient } from './irc-client.js'

const {
  IRC_CHANNEL = '#swarmchat',
  IRC_HOST = '127.0.0.1',
  IRC_NICK = 'swarm',
  IRC_PASSWORD
} = process.env
const TLS = process.env.IRC_TLS === '1'
const PORT = Number(process.env.IRC_PORT ?? (TLS ? 6697 : 6667))

// Colours and the like, and other control characters; tabs stay.
const COLOUR = '\u0003'
const CONTROLS = new RegExp(`${COLOUR}\\d{0,2}(?:,\\d{1,2})?|(?!\\t)\\p{Cc}`, 'gu')
// What clients say to each other by the way is between two of these.
const MARK = '\u0001'
const ACTION = new RegExp(`^${MARK}ACTION (.*?)${MARK}?$`)

export default (bot: Bot) => {
  bot.configure({ pace: { perSecond: 10, burst: 50, queue: 500 } })
  // BOUNDED: by the rooms that the bot is in.
  const clients = new Map<string, IrcClient>()
  // BOUNDED: by the rooms that the bot is in.
  const rooms = new Map<string, Names>()
  const namesIn = (room: string) => rooms.get(room) ?? new Names()

  bot.use(
    (ctx, next) => {
      if (ctx.update.type === 'start') rooms.set(ctx.room, new Names(ctx.members()))
      follow(namesIn(ctx.room), ctx.update)
      return next()
    },
    { bots: true, history: true }
  )

  bot.on('start', ctx => {
    const irc = new IrcClient({
      host: IRC_HOST,
      port: PORT,
      tls: TLS,
      nick: IRC_NICK,
      channel: IRC_CHANNEL,
      password: IRC_PASSWORD
    })
    clients.set(ctx.room, irc)
    irc.on('joined', () => ctx.log.info('joined', { channel: IRC_CHANNEL, nick: irc.nick }))
    irc.on('down', why => ctx.log.warn('IRC is down', { why }))
    irc.on('line', ({ command, nick, params: [channel = '', text = ''] }) => {
      if (command !== 'PRIVMSG' || channel.toLowerCase() !== IRC_CHANNEL.toLowerCase()) return
      if (nick === irc.nick) return
      const spoken = spokenBy(nick, text)
      if (spoken !== undefined) ctx.say(spoken)
    })
  })

  bot.on('message', (ctx, next) => {
    const name = namesIn(ctx.room).of(ctx.author)
    clients.get(ctx.room)?.say(`<${name}> ${visible(ctx.message.text)}`)
    return next()
  })

  bot.on('stop', ctx => clients.get(ctx.room)?.close())
}

// Nicks are anybody's choice: names have a short key beside those that could be taken for others.
function follow(names: Names, update: Update): void {
  if (update.type === 'join' || update.type === 'rename') names.here(update.author)
  else if (update.type === 'leave') names.gone(update.author.identity)
  else if (update.type === 'message') names.heard(update.message.author)
}

// `undefined` for what is no speech: requests of clients to each other, and nothing.
function spokenBy(nick: string, text: string): string | undefined {
  const action = ACTION.exec(text)?.[1]
  if (action !== undefined) return `* ${visible(nick)} ${visible(action)}`
  if (text.startsWith(MARK) || visible(text).trim() === '') return undefined
  return `<${visible(nick)}> ${visible(text)}`
}

function visible(text: string): string {
  return text.replace(/[\r\n]+/g, ' ⏎ ').replace(CONTROLS, '')
}
