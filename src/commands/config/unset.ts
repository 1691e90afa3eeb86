import { string } from '@oclif/core/args'
import { Settings } from '../../home/settings.js'
import { BaseCommand } from '../common/base.js'
import { roomFlag, sectionOf } from './room-flag.js'

export default class ConfigUnset extends BaseCommand {
  static override summary = 'Take back what was set, in general or for one room.'

  static override examples = [
    '<%= config.bin %> config unset nick',
    '<%= config.bin %> config unset bell --room builds'
  ]

  static override args = {
    key: string({ required: true, description: 'name of the setting' })
  }

  static override flags = roomFlag

  async run(): Promise<void> {
    const { args, flags } = await this.parse(ConfigUnset)
    new Settings().unset(args.key, sectionOf(flags.room))
  }
}
