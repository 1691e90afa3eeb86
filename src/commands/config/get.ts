import { string } from '@oclif/core/args'
import { safeText } from '../../base/safe-text.js'
import { SETTING_KEYS, type SettingKey } from '../../home/setting-kinds.js'
import { Settings } from '../../home/settings.js'
import { BaseCommand } from '../common/base.js'
import { roomFlag, sectionOf } from './room-flag.js'

export default class ConfigGet extends BaseCommand {
  static override summary = 'Print what a setting is now.'

  static override examples = [
    '<%= config.bin %> config get nick',
    '<%= config.bin %> config get bell --room builds'
  ]

  static override args = {
    key: string({ required: true, options: SETTING_KEYS, description: 'name of the setting' })
  }

  static override flags = roomFlag

  async run(): Promise<void> {
    const { args, flags } = await this.parse(ConfigGet)
    const { value } = new Settings().get(args.key as SettingKey, sectionOf(flags.room))
    this.log(value === undefined ? '' : safeText(`${value}`))
  }
}
