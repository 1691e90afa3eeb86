import { boolean } from '@oclif/core/flags'
import { safeJson } from '../ndjson/codec.js'
import { openRoomKeys } from '../room/keys.js'
import { BaseCommand } from './common/base.js'
import { roomArgument } from './flags/room-argument.js'
import { roomFlags, roomGiven } from './flags/room-flags.js'

export default class Topic extends BaseCommand {
  static override summary = 'Print the topic of a room: what it is announced under in the DHT.'

  static override description =
    'The topic is 64 hex digits, derived from the name, or from name and password. Knowing it is not enough to join the room.'

  static override examples = [
    '<%= config.bin %> topic lobby',
    '<%= config.bin %> topic lobby --json | jq -r .topic'
  ]

  static override args = roomArgument

  static override flags = {
    json: boolean({ description: 'print it as a JSON object' }),
    ...roomFlags
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Topic)
    const address = await roomGiven(args.room, flags, this.interrupted)
    const { name, topic } = await openRoomKeys(address)
    this.log(flags.json ? safeJson({ type: 'topic', room: name, topic }) : topic)
  }
}
