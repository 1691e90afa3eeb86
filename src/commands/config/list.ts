import { boolean } from '@oclif/core/flags'
import { safeText } from '../../base/safe-text.js'
import { SETTING_KEYS, SETTINGS } from '../../home/setting-kinds.js'
import { Settings } from '../../home/settings.js'
import { safeJson } from '../../ndjson/codec.js'
import { BaseCommand } from '../common/base.js'
import { roomFlag, sectionOf } from './room-flag.js'

export default class ConfigList extends BaseCommand {
  static override summary = 'List every setting with what it is, and where that comes from.'

  static override flags = {
    ...roomFlag,
    json: boolean({ description: 'one JSON object per line' })
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(ConfigList)
    const settings = new Settings()
    const room = sectionOf(flags.room)
    for (const key of SETTING_KEYS) {
      const { from, value } = settings.get(key, room)
      const json = { type: 'setting', key, value: value ?? null, from }
      const text = `${key} = ${safeText(`${value ?? ''}`)}`
      this.log(flags.json ? safeJson(json) : `${text.padEnd(24)}  ${from}: ${SETTINGS[key].help}`)
    }
  }
}
