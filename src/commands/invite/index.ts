import { boolean, integer, string } from '@oclif/core/flags'
import { safeText } from '../../base/safe-text.js'
import { spanOf } from '../../base/span.js'
import { standardStreams } from '../../cli/streams.js'
import { homeDirectory } from '../../home/directory.js'
import { MAX_USES } from '../../home/invitations.js'
import { writeInvitation } from '../../room/admission/invitation.js'
import {
  badExpires,
  type MadeTicket,
  makeTicket,
  notPrivate
} from '../../room/admission/tickets.js'
import { openRoomKeys, type RoomKeys } from '../../room/keys.js'
import { keptCardTarget } from '../../room/records/room-cards.js'
import { qrCode } from '../../ui/qr-code.js'
import { letInText } from '../../ui/tickets.js'
import { BaseCommand } from '../common/base.js'
import { roomArgument } from '../flags/room-argument.js'
import { roomFlags, roomGiven } from '../flags/room-flags.js'

export default class Invite extends BaseCommand {
  static override summary = 'Print an invitation to a private room: a link, and a QR code.'

  static override description =
    `Whoever has the link is in the room and reads it, for as long as it exists; nobody can take it back. So hand it over where
nobody else reads along. For a room with a password it carries what the password gives, and not the password.

If the room has a card, and it is kept here, the link leads to it: swarmchat join tells what it says, and swarmchat card shows it without
joining. By a link that carries no secret only who was let in can read it.

With --uses or --expires the link carries no secret, ends, and can be revoked. With --uses one device of yours lets in who comes by
it, while a chat of yours is in the room: the number is certain. Otherwise any member does; --anyone lets them with --uses, too, and makes that a wish.

Others take it with swarmchat join, which asks for it without showing it. For a room called list or revoke, write '#list'.`

  static override examples = [
    '<%= config.bin %> invite team',
    '<%= config.bin %> invite team --link | wl-copy',
    '<%= config.bin %> invite team --uses 1',
    '<%= config.bin %> invite team --expires 2d',
    '<%= config.bin %> invite team --uses 3 --anyone',
    '<%= config.bin %> invite list',
    '<%= config.bin %> invite revoke 4f1c'
  ]

  static override args = roomArgument

  static override flags = {
    link: boolean({ description: 'the link alone, as in a pipe' }),
    uses: integer({
      min: 1,
      max: MAX_USES,
      description: 'so many people can come by it [default: any number]'
    }),
    anyone: boolean({ description: 'any member lets in: needs you no more, and --uses is a wish' }),
    expires: string({
      helpValue: 'TIME',
      description: 'it counts for so long: 12h, 2d [default: with --uses or --anyone 7d]'
    }),
    ...roomFlags
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Invite)
    const { anyone, uses } = flags
    const span = spanGiven(flags.expires)
    const keys = await openRoomKeys(await roomGiven(args.room, flags, this.interrupted))
    if (keys.access === 'public') throw notPrivate(safeText(keys.name))
    const card = await keptCardTarget(keys)
    if (span === undefined && uses === undefined && !anyone) {
      const invitation = card === undefined ? keys : { ...keys, card }
      await this.#show(writeInvitation(invitation), flags.link, handOver(safeText(keys.name)))
      return
    }
    const expires = span === undefined ? undefined : Date.now() + span
    const made = makeTicket(keys, { expires, uses, anyone }, homeDirectory(), card)
    await this.#show(made.link, flags.link, letIn(keys, made))
  }

  async #show(link: string, isBare: boolean, words: Words): Promise<void> {
    const { stdout } = process
    if (isBare || !stdout.isTTY) {
      this.log(link)
      if (isBare) return
    } else {
      const code = await qrCode(link, stdout.columns)
      if (code !== undefined) this.log(`${code}\n`)
      this.log(`${link}\n`)
    }
    standardStreams.tell(words)
  }
}

type Words = Parameters<typeof standardStreams.tell>[0]

const handOver = (name: string): Words => ({
  message: `Whoever has this can join and read ${name}, and nobody can take it back.`,
  hint: 'Hand it over where nobody else reads along. They take it with: swarmchat join'
})

function letIn({ name }: RoomKeys, made: MadeTicket): Words {
  const [message = '', ...hints] = letInText(name, made)
  const hint = `They take it with: swarmchat join. To take it back: swarmchat invite revoke ${made.id.slice(0, 8)}`
  return { message, hint: [...hints, hint].join(' ') }
}

function spanGiven(text: string | undefined): number | undefined {
  const span = text === undefined ? undefined : spanOf(text)
  if (text !== undefined && span === undefined) throw badExpires(text)
  return span
}
