import { boolean } from '@oclif/core/flags'
import { safeText } from '../base/safe-text.js'
import { homeDirectory } from '../home/directory.js'
import { safeJson } from '../ndjson/codec.js'
import { roomNames } from '../room/admission/private-rooms.js'
import { keptRooms } from '../room/kept/kept-rooms.js'
import { roomLine } from '../ui/kept.js'
import { BaseCommand } from './common/base.js'
import { tellUnreadable } from './common/private-room.js'

export default class RoomsCommand extends BaseCommand {
  static override summary = 'List the rooms that are kept here.'

  static override examples = [
    '<%= config.bin %> rooms',
    '<%= config.bin %> rooms --names',
    `<%= config.bin %> rooms --json | jq -r .room`
  ]

  static override flags = {
    json: boolean({ description: 'one JSON object per line' }),
    names: boolean({
      exclusive: ['json'],
      description: 'names alone, one a line, each once: nothing that is kept is opened'
    })
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(RoomsCommand)
    if (flags.names) {
      for (const name of roomNames()) this.log(safeText(name))
      return
    }
    for (const room of await keptRooms()) {
      const { access, isLocked: locked, last, messages, name } = room
      const json = { type: 'room', room: name, access, locked, messages, last }
      this.log(flags.json ? safeJson(json) : roomLine(room))
    }
    tellUnreadable(homeDirectory())
  }
}
