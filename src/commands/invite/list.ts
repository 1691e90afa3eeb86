import { boolean } from '@oclif/core/flags'
import { safeJson } from '../../ndjson/codec.js'
import { ticketsMade } from '../../room/admission/tickets.js'
import { ticketLine } from '../../ui/tickets.js'
import { BaseCommand } from '../common/base.js'

export default class InviteList extends BaseCommand {
  static override summary =
    'List the invitations that end: those with --uses, --expires or --anyone.'

  static override description =
    `Yours, by room and end: those that were made on this device, and those that it has heard of from your other devices in the room. Where
any member lets in, members who do not hear of each other may let in more than it was made for: used 4 of 3. A link without --uses, --expires and --anyone is nowhere kept.`

  static override examples = ['<%= config.bin %> invite list']

  static override flags = { json: boolean({ description: 'one JSON object per line' }) }

  async run(): Promise<void> {
    const { flags } = await this.parse(InviteList)
    for (const ticket of ticketsMade())
      this.log(flags.json ? safeJson({ type: 'invitation', ...ticket }) : ticketLine(ticket))
  }
}
