import { boolean, integer, string } from '@oclif/core/flags'
import { SwarmchatError } from '../../base/errors.js'
import { safeText } from '../../base/safe-text.js'
import { standardStreams } from '../../cli/streams.js'
import { MAX_USES } from '../../home/invitations.js'
import { writeInvitation } from '../../room/invitation.js'
import { openRoomKeys, type RoomKeys } from '../../room/keys.js'
import { makeTicket, type TicketTerms } from '../../room/tickets.js'
import { qrCode } from '../../ui/qr-code.js'
import { untilText } from '../../ui/tickets.js'
import { BaseCommand } from '../base.js'
import { roomArgument } from '../room-argument.js'
import { roomFlags, roomGiven } from '../room-flags.js'
import { spanOf } from '../since-flag.js'

/** How long an invitation that admits counts unless told otherwise, and at most, in ms. */
const DEFAULT_SPAN = 7 * 86_400_000
const MAX_SPAN = 366 * 86_400_000
/** So long members keep what they were told. */
const MAX_TOLD_SPAN = 90 * 86_400_000

/** NOT_PRIVATE: a public room was asked for an invitation: it has no secret to give. */
const notPrivate = (name: string) =>
  new SwarmchatError('NOT_PRIVATE', `${name} is a public room: its name is its invitation.`, {
    hint: `Tell others to join ${name}. swarmchat create NAME makes a private room.`
  })

/** BAD_EXPIRES: this does not say how long an invitation counts. */
const badExpires = (text: string) =>
  new SwarmchatError('BAD_EXPIRES', `${text} is not how long an invitation can count.`, {
    hint: 'Give a time from now: 30m, 12h, 2d, 4w; at most 366d; 90d if any member lets in.'
  })

export default class Invite extends BaseCommand {
  static override summary = 'Print an invitation to a private room: a link, and a QR code.'

  static override description =
    `Whoever has the link is in the room and reads it, for as long as it exists; nobody can take it back. So hand it over where
nobody else reads along. For a room with a password it carries what the password gives, and not the password.

With --uses or --expires the link carries no secret, ends, and can be revoked. With --uses you let in who comes by it, while a chat
of yours is in the room: the number is certain. Otherwise any member does; --anyone lets them with --uses, too, and makes that a wish.

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
    const counts = spanGiven(flags)
    const keys = await openRoomKeys(await roomGiven(args.room, flags, this.interrupted))
    if (keys.access === 'public') throw notPrivate(safeText(keys.name))
    if (counts === undefined) {
      await this.#show(writeInvitation(keys), flags.link, handOver(safeText(keys.name)))
      return
    }
    const { anyone, uses = 0 } = flags
    const terms = { expires: Date.now() + counts, uses, anyone: anyone || uses === 0 }
    const { id, link } = makeTicket(keys, terms)
    await this.#show(link, flags.link, letIn(keys, { ...terms, id }))
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

function letIn({ name }: RoomKeys, { anyone, expires, id, uses }: TicketTerms & { id: string }) {
  const room = safeText(name)
  const whose = anyone ? 'a member' : 'a chat of yours'
  const hint = `They take it with: swarmchat join. To take it back: swarmchat invite revoke ${id.slice(0, 8)}`
  return {
    message: `It lets in ${whoComes(uses)}, ${untilText(expires)}, while ${whose} is in ${room}.`,
    hint: anyone ? `Members hear of it from a chat of yours: be in the room once. ${hint}` : hint
  }
}

function whoComes(uses: number): string {
  if (uses === 0) return 'whoever has it'
  return uses === 1 ? 'one person' : `${uses.toLocaleString('en')} people`
}

/** How long it counts, in ms; undefined for one that always does. */
function spanGiven({
  anyone,
  expires,
  uses
}: {
  readonly anyone: boolean
  readonly expires: string | undefined
  readonly uses: number | undefined
}): number | undefined {
  if (expires === undefined) return anyone || uses !== undefined ? DEFAULT_SPAN : undefined
  const span = spanOf(expires)
  const most = anyone || uses === undefined ? MAX_TOLD_SPAN : MAX_SPAN
  if (span === undefined || span === 0 || span > most) throw badExpires(expires)
  return span
}
