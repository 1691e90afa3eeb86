import { expect, test } from 'vitest'
import { busyMachine } from '../support/busy-machine.js'
import { newHome } from '../support/cli.js'
import { useCli } from '../support/use-cli.js'
import { BotWorld, hears, knows, logOf, scriptFile } from './bot-world.js'

const world = useCli(new BotWorld())

const TYPED = `import type { Bot } from 'swarmchat/bot'

export default (bot: Bot) => {
  bot.command('ping', ctx => ctx.say(\`pong \${ctx.me.nick}\`))
}
`
const PLAIN = TYPED.replace("import type { Bot } from 'swarmchat/bot'\n", '').replace(': Bot', '')

test('eight bots at once on a busy machine start, answer, and stop on one SIGTERM', async () => {
  const rest = busyMachine(4)
  try {
    const home = newHome()
    const files = [1, 2, 3, 4].flatMap(n => [
      scriptFile(TYPED, `typed${n}.ts`),
      scriptFile(PLAIN, `plain${n}.mjs`)
    ])
    const bots = await Promise.all(files.map(file => world.bot(['lobby', file], {}, home)))
    const ana = await world.person('ana')
    const nicks = [1, 2, 3, 4].flatMap(n => [`typed${n}`, `plain${n}`])
    await Promise.all(nicks.map(nick => knows(ana, nick)))
    ana.say('/ping')
    await Promise.all(nicks.map(nick => hears(ana, new RegExp(`^pong ${nick}$`))))
    expect(await Promise.all(bots.map(bot => bot.kill('SIGTERM')))).toEqual(nicks.map(() => 0))
    // Not cut short when the time to leave was up.
    expect(bots.map(bot => logOf(bot).at(-1)?.message)).toEqual(nicks.map(() => 'left'))
  } finally {
    rest()
  }
}, 600_000)
