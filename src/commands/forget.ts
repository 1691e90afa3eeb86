import { boolean } from '@oclif/core/flags'
import { SwarmchatError } from '../base/errors.js'
import { readFirstLine } from '../cli/input.js'
import { standardStreams } from '../cli/streams.js'
import { forgetRoom } from '../room/kept-rooms.js'
import { openRoomKeys, type RoomKeys } from '../room/keys.js'
import { BaseCommand } from './base.js'
import { roomArgument } from './room-argument.js'
import { roomFlags, roomGiven } from './room-flags.js'

/** NOT_CONFIRMED: nobody said yes to what cannot be undone. Exit code 1. */
const notConfirmed = () =>
  new SwarmchatError('NOT_CONFIRMED', 'Nothing was deleted.', {
    hint: 'Answer y, or give --yes.',
    exitCode: 1
  })

export default class Forget extends BaseCommand {
  static override summary = 'Delete what is kept of a room on this machine.'

  static override description =
    `Messages, the room's name and this device's key for it are deleted here. Others keep what they have: whoever joins the
room again gets it from them. Of a private room the secret is deleted too: only an invitation leads back.`

  static override examples = [
    '<%= config.bin %> forget lobby',
    '<%= config.bin %> forget lobby --yes'
  ]

  static override args = roomArgument

  static override flags = { yes: boolean({ description: 'do not ask' }), ...roomFlags }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Forget)
    const keys = await openRoomKeys(await roomGiven(args.room, flags, this.interrupted))
    if (!flags.yes && !(await this.#isSure(keys))) throw notConfirmed()
    forgetRoom(keys)
  }

  async #isSure({ access }: RoomKeys): Promise<boolean> {
    const { stderr, stdin } = process
    if (!stdin.isTTY) return false
    standardStreams.ownInput(stdin)
    const secret = access === 'private' ? ', and its secret: only an invitation leads back' : ''
    stderr.write(`Delete what is kept of this room here${secret}? It cannot be undone. [y/N] `)
    return /^y(es)?$/i.test((await readFirstLine(stdin, this.interrupted)).trim())
  }
}
