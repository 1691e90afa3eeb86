import { boolean } from '@oclif/core/flags'
import { standardStreams } from '../cli/streams.js'
import { safeJson } from '../ndjson/codec.js'
import { createRoom } from '../room/admission/private-rooms.js'
import { BaseCommand } from './common/base.js'
import { unlocking } from './common/passphrase.js'
import { asInvited, privateFromNowOn } from './common/private-room.js'
import { roomArgument, roomNamed } from './flags/room-argument.js'

export default class Create extends BaseCommand {
  static override summary = 'Make a private room, which only an invitation leads to.'

  static override description =
    `The room has a random secret, which is kept in your home (mode 0600): from now on its name means this room for every command,
here. Strangers who know the name, or see what is announced, can neither come in nor read.`

  static override examples = [
    '<%= config.bin %> create team',
    '<%= config.bin %> create team && <%= config.bin %> invite team',
    '<%= config.bin %> join team'
  ]

  static override args = roomArgument

  static override flags = {
    json: boolean({ description: 'print its name and topic as a JSON object' })
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Create)
    const given = await roomNamed(args.room, this.interrupted)
    const { name, topic } = await unlocking(this.interrupted, () => createRoom(given))
    if (flags.json) return this.log(safeJson({ type: 'created', room: name, topic }))
    standardStreams.tell(privateFromNowOn(name))
    this.log(`Invite others: swarmchat invite ${asInvited(name)}`)
  }
}
