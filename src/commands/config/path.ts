import { settingsFile } from '../../home/settings-file.js'
import { BaseCommand } from '../common/base.js'

export default class ConfigPath extends BaseCommand {
  static override summary = 'Print where the file of settings is, or would be.'

  async run(): Promise<void> {
    await this.parse(ConfigPath)
    this.log(settingsFile())
  }
}
