import { string as stringArg } from '@oclif/core/args'
import { createBot } from '../../bot/runner/new-bot.js'
import { BaseCommand } from '../common/base.js'

export default class BotNew extends BaseCommand {
  static override summary = 'Write a small typed bot, with a test.'

  static override description =
    'Makes a directory of that name with the bot, its test, package.json and tsconfig.json. Nothing is overwritten.'

  static override examples = ['<%= config.bin %> bot new dice']

  static override args = {
    name: stringArg({
      required: true,
      ignoreStdin: true,
      description: 'what the bot is called: up to 32 lower-case letters, digits and dashes'
    })
  }

  async run(): Promise<void> {
    const { args } = await this.parse(BotNew)
    for (const file of createBot(args.name, process.cwd(), this.config.root)) this.log(file)
    this.log(`Run it: swarmchat bot lobby ${args.name}/${args.name}.ts --watch`)
    this.log(`Test it: cd ${args.name} && npm install && npm test`)
  }
}
