import { string } from '@oclif/core/args'
import { Settings } from '../../home/settings.js'
import { BaseCommand } from '../common/base.js'
import { roomFlag, sectionOf } from './room-flag.js'

export default class ConfigSet extends BaseCommand {
  static override summary = 'Set something, in general or for one room.'

  static override examples = [
    '<%= config.bin %> config set nick ada',
    '<%= config.bin %> config set bell all --room builds'
  ]

  static override args = {
    key: string({ required: true, description: 'name of the setting' }),
    value: string({ required: true, description: 'what it is from now on' })
  }

  static override flags = roomFlag

  async run(): Promise<void> {
    const { args, flags } = await this.parse(ConfigSet)
    new Settings().set(args.key, args.value, sectionOf(flags.room))
  }
}
