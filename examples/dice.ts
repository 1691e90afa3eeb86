// Rolls dice: /roll, /roll 2d6, /roll 3d20+1
import { randomInt } from 'node:crypto'
import type { Bot } from 'swarmchat/bot'

const DICE = /^(\d{1,3})?d(\d{1,4})([+-]\d{1,4})?$/i
const MOST_SHOWN = 20

export default (bot: Bot) => {
  bot.command(
    'roll',
    { args: '[2d6+1]', help: 'rolls dice; one with six sides by default' },
    ctx => {
      const [, count = '1', sides = '', bonus = '0'] = DICE.exec(ctx.args[0] ?? 'd6') ?? []
      if (Number(count) < 1 || Number(count) > 100 || Number(sides) < 2)
        return ctx.reply('1 to 100 dice of 2 to 9999 sides, for example: /roll 2d6+1')
      const rolled = Array.from({ length: Number(count) }, () => randomInt(1, Number(sides) + 1))
      const sum = rolled.reduce((total, one) => total + one, Number(bonus))
      const shown =
        rolled.length > 1 && rolled.length <= MOST_SHOWN ? ` (${rolled.join(' + ')})` : ''
      return ctx.reply(`${sum}${shown}`)
    }
  )
}
