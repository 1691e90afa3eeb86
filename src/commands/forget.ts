import { boolean } from '@oclif/core/flags'
import { checkForgettable, forgetHereOrThere } from '../room/kept/forget-room.js'
import { openRoomKeys, type RoomKeys } from '../room/keys.js'
import { BaseCommand } from './common/base.js'
import { confirmed, notConfirmed } from './common/confirm.js'
import { roomArgument } from './flags/room-argument.js'
import { roomFlags, roomGiven } from './flags/room-flags.js'

export default class Forget extends BaseCommand {
  static override summary = 'Delete what is kept of a room on this machine.'

  static override description =
    `Messages, the room's name, the members that were met and this device's key for it are deleted here. Others keep what they
have: whoever joins the room again gets it from them. A program of yours that is in the room deletes its messages, does not
fetch them again while it runs, and keeps the rest until it leaves. Of a private room the secret is deleted too: only an
invitation leads back.`

  static override examples = [
    '<%= config.bin %> forget lobby',
    '<%= config.bin %> forget lobby --yes'
  ]

  static override args = roomArgument

  static override flags = { yes: boolean({ description: 'do not ask' }), ...roomFlags }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Forget)
    const keys = await openRoomKeys(await roomGiven(args.room, flags, this.interrupted))
    if (!flags.yes) await checkForgettable(keys)
    const isSure = flags.yes || (await confirmed(questionAbout(keys), this.interrupted))
    if (!isSure) throw notConfirmed()
    const there = await forgetHereOrThere(keys)
    if (there !== undefined) this.log(deletedThere(there, keys))
  }
}

function deletedThere(count: number, { access }: RoomKeys): string {
  const what = count === 1 ? 'a message' : `${count} messages`
  const rest = access === 'private' ? 'its name, its secret' : 'its name'
  return `A program of yours is in the room. It has deleted ${what}, and keeps what is said from now on. ${rest[0]?.toUpperCase()}${rest.slice(1)} and this device's key are still here: leave the room, and run this again to delete them.`
}

function questionAbout({ access }: RoomKeys): string {
  const secret = access === 'private' ? ', and its secret: only an invitation leads back' : ''
  return `Delete what is kept of this room here${secret}? It cannot be undone.`
}
