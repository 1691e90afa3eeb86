import { string as stringArg } from '@oclif/core/args'
import { roomTopic } from '../room/keys.js'
import { BaseCommand } from './base.js'

export default class Topic extends BaseCommand {
  static override summary = 'Print the topic of a room: what it is announced under in the DHT.'

  static override description =
    'The topic is 64 hex digits, derived from the name. Knowing it is not enough to join the room.'

  static override examples = ['<%= config.bin %> topic lobby']

  static override args = {
    room: stringArg({
      required: true,
      ignoreStdin: true,
      description: 'name of the room, 1 to 64 characters'
    })
  }

  async run(): Promise<void> {
    const { args } = await this.parse(Topic)
    this.log(roomTopic(args.room))
  }
}
