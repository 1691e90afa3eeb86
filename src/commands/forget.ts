import { boolean } from '@oclif/core/flags'
import { forgetRoom } from '../room/kept-rooms.js'
import { openRoomKeys } from '../room/keys.js'
import { BaseCommand } from './base.js'
import { confirmed, notConfirmed } from './confirm.js'
import { passwordFlags, passwordGiven } from './password-flags.js'
import { roomArgument, roomNamed } from './room-argument.js'

const QUESTION = 'Delete what is kept of this room here? It cannot be undone.'

export default class Forget extends BaseCommand {
  static override summary = 'Delete what is kept of a room on this machine.'

  static override description =
    `Messages, the room's name and this device's key for it are deleted here. Others keep what they have: whoever joins the
room again gets it from them.`

  static override examples = [
    '<%= config.bin %> forget lobby',
    '<%= config.bin %> forget lobby --yes'
  ]

  static override args = roomArgument

  static override flags = { yes: boolean({ description: 'do not ask' }), ...passwordFlags }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Forget)
    const name = await roomNamed(args.room, this.interrupted)
    const password = await passwordGiven(flags, this.interrupted)
    const keys = await openRoomKeys({ name, password })
    if (!flags.yes && !(await confirmed(QUESTION, this.interrupted))) throw notConfirmed()
    forgetRoom(keys)
  }
}
