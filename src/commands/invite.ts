import { boolean } from '@oclif/core/flags'
import { SwarmchatError } from '../base/errors.js'
import { safeText } from '../base/safe-text.js'
import { standardStreams } from '../cli/streams.js'
import { writeInvitation } from '../room/invitation.js'
import { openRoomKeys } from '../room/keys.js'
import { qrCode } from '../ui/qr-code.js'
import { BaseCommand } from './base.js'
import { roomArgument } from './room-argument.js'
import { roomFlags, roomGiven } from './room-flags.js'

/** NOT_PRIVATE: a public room was asked for an invitation: it has no secret to give. */
const notPrivate = (name: string) =>
  new SwarmchatError('NOT_PRIVATE', `${name} is a public room: its name is its invitation.`, {
    hint: `Tell others to join ${name}. swarmchat create NAME makes a private room.`
  })

export default class Invite extends BaseCommand {
  static override summary = 'Print the invitation to a private room: a link, and a QR code.'

  static override description =
    `Whoever has the link is in the room and reads it, for as long as it exists; nobody can take it back. So hand it over where
nobody else reads along. For a room with a password it carries what the password gives, and not the password.

Others take it with swarmchat join, which asks for it without showing it.`

  static override examples = [
    '<%= config.bin %> invite team',
    '<%= config.bin %> invite team --link | wl-copy',
    '<%= config.bin %> invite team --password'
  ]

  static override args = roomArgument

  static override flags = {
    link: boolean({ description: 'the link alone, as in a pipe' }),
    ...roomFlags
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Invite)
    const address = await roomGiven(args.room, flags, this.interrupted)
    const { access, name, secret } = await openRoomKeys(address)
    if (access === 'public') throw notPrivate(safeText(name))
    const link = writeInvitation({ name, secret })
    const { stdout } = process
    if (flags.link || !stdout.isTTY) return this.log(link)
    const code = await qrCode(link, stdout.columns)
    if (code !== undefined) this.log(`${code}\n`)
    this.log(`${link}\n`)
    standardStreams.tell(handOver(safeText(name)))
  }
}

const handOver = (name: string) => ({
  message: `Whoever has this can join and read ${name}, and nobody can take it back.`,
  hint: 'Hand it over where nobody else reads along. They take it with: swarmchat join'
})
