import { once } from 'node:events'
import IRC from 'irc-framework'
import { afterEach, beforeEach, describe, expect } from 'vitest'
import { freePort } from '../support/free-port.js'
import { Ngircd } from '../support/ngircd.js'
import { testWith } from '../support/programs.js'
import { until } from '../support/until.js'
import { useCli } from '../support/use-cli.js'
import { BotWorld, hears, knows } from './bot-world.js'

interface Heard {
  readonly nick: string
  readonly message: string
}

const world = useCli(new BotWorld())
let server: Ngircd
let port: number
beforeEach(async () => {
  port = await freePort()
  server = new Ngircd(port)
  await server.start()
})
afterEach(() => server.kill())

/** Somebody on IRC who is in the channel, and what they hear there. */
async function ircPerson(nick: string) {
  const client = new IRC.Client()
  const heard: Heard[] = []
  client.on('privmsg', (event: Heard) => {
    heard.push(event)
    client.emit('heard')
  })
  client.connect({ host: '127.0.0.1', port, nick, auto_reconnect: false })
  await once(client, 'registered')
  client.join('#test')
  await once(client, 'join')
  const hearsText = (text: string) =>
    until([client], 'heard', () => heard.find(({ message }) => message === text))
  return { client, heard, hearsText }
}

describe('irc-bridge', () => {
  testWith('ngircd')(
    'passes on both ways, without echoes, over a restart of the server',
    async () => {
      const env = { IRC_PORT: String(port), IRC_CHANNEL: '#test', IRC_NICK: 'bridge' }
      const [bot, ana] = [
        await world.bot(['lobby', 'examples/irc-bridge.ts'], env),
        await world.person('ana')
      ]
      await bot.error(/"joined"/)
      await knows(ana, 'irc-bridge')
      const ivo = await ircPerson('ivo')
      ana.say('hello from the room')
      await ivo.hearsText('<ana> hello from the room')
      ivo.client.say('#test', 'hello from \x02IRC\x02')
      await hears(ana, /^<ivo> hello from IRC$/)
      ivo.client.action('#test', 'waves')
      await hears(ana, /^\* ivo waves$/)
      ana.say('two\nlines, and 700 characters: '.concat('é'.repeat(700)))
      await until([ivo.client], 'heard', () =>
        ivo.heard
          .map(({ message }) => message)
          .join('')
          .includes('é'.repeat(700))
      )

      await server.kill()
      await bot.error(/IRC is down/)
      ana.say('said while IRC was down')
      await server.start()
      await until(
        [bot],
        'update',
        () => bot.errors.filter(line => /"joined"/.test(line)).length === 2
      )
      const eva = await ircPerson('eva')
      ana.say('back again')
      await eva.hearsText('<ana> back again')
      eva.client.say('#test', 'welcome back')
      await hears(ana, /^<eva> welcome back$/)

      const texts = ana.texts()
      expect(texts).toHaveLength(new Set(texts).size)
      expect(texts.filter(text => /^<(bridge|ana)/.test(String(text)))).toEqual([])
      expect(eva.heard.filter(({ message }) => message.includes('eva'))).toEqual([])
      eva.client.quit()
    }
  )
})
